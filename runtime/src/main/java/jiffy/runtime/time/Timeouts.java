package jiffy.runtime.time;

import static jiffy.linux.Sched.MAX_SCHEDULE_TIMEOUT;
import static jiffy.linux.Sched.TASK_NORMAL;
import static jiffy.linux.Sched.TASK_RUNNING;

import java.util.Locale;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Splat;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.TaskStruct;
import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/**
 * Sleeping for a time: {@code schedule_timeout} by a timer in the wheel, {@code usleep_range} by
 * the clock. Thread safe; called by the context that is given.
 */
public final class Timeouts {
  private static final TimerFunction PROCESS_TIMEOUT = Timeouts::processTimeout;

  /** What C has on its stack: {@code struct process_timer}. */
  private static final class ProcessTimer extends TimerList {
    final Scheduler scheduler;

    /** Who is woken; null when its sleep was left in an unforeseen way. */
    volatile TaskStruct task;

    /** The callback has done all it does: it need not be waited for. */
    volatile boolean isDone;

    ProcessTimer(Scheduler scheduler, TaskStruct task) {
      this.scheduler = scheduler;
      this.task = task;
    }
  }

  private final Arch arch;
  private final Timekeeping timekeeping;
  private final Scheduler scheduler;
  private final KernelLog log;
  private final Splat splat;
  private volatile Origin origin;

  /**
   * @param log gets the complaints
   * @param splat gets the stacks that go with them
   */
  public Timeouts(
      Arch arch, Timekeeping timekeeping, Scheduler scheduler, KernelLog log, Splat splat) {
    this.arch = arch;
    this.timekeeping = timekeeping;
    this.scheduler = scheduler;
    this.log = log;
    this.splat = splat;
  }

  /** {@code schedule_timeout}; what it returns is said at the API. */
  public long scheduleTimeout(Context context, long timeoutJiffies) {
    if (timeoutJiffies == MAX_SCHEDULE_TIMEOUT) {
      scheduler.schedule(context);
      return timeoutJiffies;
    }
    TaskStruct task = context.task();
    if (timeoutJiffies < 0) {
      log.print(
          KernelLog.ERR,
          String.format(
              Locale.ROOT, "schedule_timeout: wrong timeout value %016x", timeoutJiffies));
      splat.dumpStack(context);
      task.__state = TASK_RUNNING;
      return 0;
    }
    long expires = timekeeping.jiffies(context) + timeoutJiffies;
    ProcessTimer timer = new ProcessTimer(scheduler, task);
    try {
      prepare(context, timer);
      timekeeping.mod(context, timer, expires);
      scheduler.schedule(context);
      if (!timer.isDone) {
        timekeeping.deleteSync(context, timer, false);
      }
    } catch (Throwable e) { // a StackOverflowError of the module's: nobody is woken later; no call
      timer.task = null;
      task.__state = TASK_RUNNING;
      throw e;
    }
    return Math.max(0, expires - timekeeping.jiffies(context));
  }

  /**
   * {@code timer_setup_on_stack}, by hand: the kernel is its owner whoever sleeps, for a module's
   * task must still be woken while the module goes.
   */
  private void prepare(Context context, ProcessTimer timer) {
    Origin known = origin;
    if (known == null) {
      known = new Origin(context.kernel, Owner.CORE, "process_timeout", "schedule_timeout");
      origin = known;
    }
    timekeeping.setupOwn(context, timer, PROCESS_TIMEOUT, timer, 0, known);
  }

  private static void processTimeout(Object data) {
    ProcessTimer timer = (ProcessTimer) data;
    TaskStruct task = timer.task;
    if (task != null) {
      timer.scheduler.wakeUp(task, TASK_NORMAL);
    }
    timer.isDone = true;
  }

  /**
   * {@code usleep_range_state}: at least {@code minNanos}. Linux arms an hrtimer; here the sleeping
   * thread's own park has the clock's resolution and takes no CPU's time. To go by hrtimers (for
   * trace points, say), change this method.
   *
   * @param maxNanos how late it may be; not made use of
   */
  public void sleepRange(Context context, long minNanos, long maxNanos, int state) {
    long until = arch.now() + minNanos;
    do {
      context.task().__state = state;
      if (scheduler.schedule(context, until) && Scheduler.isInterrupted(context.task(), state)) {
        return;
      }
    } while (arch.now() < until);
  }
}
