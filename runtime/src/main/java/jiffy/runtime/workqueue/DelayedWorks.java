package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.WORK_CPU_UNBOUND;
import static jiffy.types.WorkStruct.__PENDING;

import jiffy.kernel.Current;
import jiffy.linux.Timers;
import jiffy.runtime.context.Context;
import jiffy.runtime.time.Timekeeping;
import jiffy.types.DelayedWork;
import jiffy.types.TimerFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/**
 * Items with a delay: a timer that queues. While the timer is pending the pending bit of the item
 * belongs to it. Thread safe.
 */
final class DelayedWorks {
  private final Timekeeping timekeeping;
  private final WorkIntake intake;
  private final WorkRemoval removal;
  private final TimerFunction delayIsOver = work -> insert((DelayedWork) work);

  DelayedWorks(Timekeeping timekeeping, WorkIntake intake, WorkRemoval removal) {
    this.timekeeping = timekeeping;
    this.intake = intake;
    this.removal = removal;
  }

  /** {@code INIT_DELAYED_WORK}, once its item is set up. */
  void setUp(Context context, DelayedWork work, int timerFlags) {
    timekeeping.setupOwn(
        context,
        work.timer,
        delayIsOver,
        work,
        timerFlags | Timers.TIMER_IRQSAFE,
        work.work.__origin);
  }

  /** {@code queue_delayed_work_on}. */
  boolean queue(
      Context context, int cpu, WorkqueueStruct struct, DelayedWork work, long delayJiffies) {
    Workqueue queue = intake.check(context, cpu, struct, work.work, delayJiffies == 0);
    if (queue == null || !WorkStruct.__STATE.compareAndSet(work.work, 0, __PENDING)) {
      return false;
    }
    handOver(context, cpu, queue, work, delayJiffies);
    return true;
  }

  /** {@code mod_delayed_work_on}. @return whether it was pending */
  boolean modify(
      Context context, int cpu, WorkqueueStruct struct, DelayedWork work, long delayJiffies) {
    Workqueue queue = intake.check(context, cpu, struct, work.work, delayJiffies == 0);
    if (queue == null) {
      return false;
    }
    int got = removal.grab(context, work.work, work.timer);
    if (got != WorkRemoval.CANCELED) {
      handOver(context, cpu, queue, work, delayJiffies);
    }
    return got == WorkRemoval.STOLEN;
  }

  /** The delay of an item begins that the caller has made pending. */
  private void handOver(Context context, int cpu, Workqueue queue, DelayedWork work, long delay) {
    int before = context.takenOver;
    try {
      if (delay == 0) {
        intake.insert(context, cpu, queue, work.work);
      } else {
        begin(context, cpu, queue, work, delay);
      }
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (context.takenOver == before) {
        work.work.__state = 0;
      }
      throw e;
    }
  }

  private void begin(Context context, int cpu, Workqueue queue, DelayedWork work, long delay) {
    context.takenOver++;
    try {
      if (work.timer.function == null) { // DECLARE_DELAYED_WORK
        setUp(context, work, 0);
      }
      work.timer.__origin = work.work.__origin;
      work.__wq = queue;
      work.__cpu = cpu;
      long expires = timekeeping.jiffies(context) + delay;
      if (cpu == WORK_CPU_UNBOUND) {
        timekeeping.mod(context, work.timer, expires);
      } else {
        work.timer.expires = expires;
        timekeeping.addOn(context, work.timer, cpu);
      }
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (work.timer.__prev == null) {
        work.work.__state = 0;
      }
      throw e;
    }
    if (work.work.__origin.owner.isGoing()) { // then the timer may not have been armed
      removal.cancel(context, work.work, work.timer);
    }
  }

  /** {@code flush_delayed_work}, its first half: the delay is over now. */
  void expedite(Context context, DelayedWork work) {
    if (timekeeping.deleteSync(context, work.timer, false) == 1) {
      handOver(context, work.__cpu, (Workqueue) work.__wq, work, 0);
    }
  }

  /** The delay is over: in the TIMER softirq. */
  private void insert(DelayedWork work) {
    Context context = (Context) Current.get();
    Workqueue queue = (Workqueue) work.__wq;
    if (intake.mayEnter(context, queue, work.work)) {
      intake.insert(context, work.__cpu, queue, work.work);
    } else {
      work.work.__state = 0;
    }
  }
}
