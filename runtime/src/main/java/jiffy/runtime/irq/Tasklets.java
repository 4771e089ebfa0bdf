package jiffy.runtime.irq;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.kernel.TaskletOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.WaitList;
import jiffy.types.TaskletFunction;
import jiffy.types.TaskletStruct;

/**
 * The tasklets of a kernel: two {@link TaskletList}s a CPU, and how a tasklet is scheduled, held
 * back and waited for. Scheduling costs the short lock of its ring's end and a look at the pending
 * mask.
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class Tasklets implements TaskletOps {
  /*
   * tasklet_kill takes SCHED for itself: when it has that, nobody can schedule it and no list has it,
   * and what is left is to wait for RUN. It gives SCHED back at the end. The two bits: see TaskletBits.
   */

  /** How long a callback that was given up, or a disabled tasklet, is waited for: 5 s. */
  private static final long WAIT_NANOS = 5_000_000_000L;

  private static final int INTERRUPT =
      PreemptCount.SOFTIRQ_MASK | PreemptCount.HARDIRQ_MASK | 0xf00000;

  private final Arch arch;
  private final Origins origins;
  private final Softirqs softirqs;
  private final KernelLog log;
  private final TaskletList[] normal;
  private final TaskletList[] high;

  /* For who schedules, and is to keep off the lists' own lines. */
  private final TaskletMouth[] normalMouths;
  private final TaskletMouth[] highMouths;
  private final WaitList waiters;
  private final TaskletBits bits;
  private final TaskletIntake intake;

  /**
   * All CPUs' lists, empty; opens the HI and TASKLET softirqs.
   *
   * @param log gets the reports
   */
  public Tasklets(Arch arch, Contexts contexts, Origins origins, Softirqs softirqs, KernelLog log) {
    this.arch = arch;
    this.origins = origins;
    this.softirqs = softirqs;
    this.log = log;
    this.waiters = new WaitList(arch);
    this.bits = new TaskletBits(arch);
    List<Cpu> cpus = contexts.cpus();
    intake = new TaskletIntake(arch, origins, softirqs, log, bits, waiters, cpus.size());
    normal = new TaskletList[cpus.size()];
    high = new TaskletList[cpus.size()];
    for (Cpu cpu : cpus) {
      normal[cpu.number] = new TaskletList(cpu.number, Vector.TASKLET);
      high[cpu.number] = new TaskletList(cpu.number, Vector.HI);
    }
    normalMouths = mouths(normal);
    highMouths = mouths(high);
    softirqs.open(Vector.TASKLET, new TaskletSoftirq(arch, normal, softirqs, waiters, log));
    softirqs.open(Vector.HI, new TaskletSoftirq(arch, high, softirqs, waiters, log));
  }

  private static TaskletMouth[] mouths(TaskletList[] lists) {
    return Arrays.stream(lists).map(list -> list.mouth).toArray(TaskletMouth[]::new);
  }

  /** What rmmod asks about tasklets. */
  public Owned books() {
    List<TaskletList> lists = new ArrayList<>(List.of(high));
    lists.addAll(List.of(normal));
    return new TaskletBooks(this, arch, softirqs, lists);
  }

  @Override
  public void setup(Current current, TaskletStruct tasklet, TaskletFunction function, Object data) {
    Context context = (Context) current;
    boolean idle = tasklet.state() == 0;
    if (!idle) {
      TaskletIntake.requireOurs(context, tasklet);
      log.print(
          KernelLog.ERR,
          "tasklet: set-up of "
              + tasklet.__origin
              + ", which is scheduled or runs: only its function is changed");
    }
    tasklet.func = function;
    tasklet.data = data;
    tasklet.__resolved = function;
    tasklet.__origin = origins.of(context, function);
    if (idle) {
      tasklet.count = 0;
    }
  }

  @Override
  public void schedule(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    intake.schedule(context, tasklet, normalMouths[context.cpu.number]);
  }

  @Override
  public void hiSchedule(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    intake.schedule(context, tasklet, highMouths[context.cpu.number]);
  }

  @Override
  public void disableNosync(Current current, TaskletStruct tasklet) {
    TaskletStruct.__COUNT.getAndAdd(tasklet, 1);
  }

  @Override
  public void disable(Current current, TaskletStruct tasklet) {
    disableNosync(current, tasklet);
    unlockWait(current, tasklet);
  }

  @Override
  public void disableInAtomic(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    disableNosync(current, tasklet);
    if (!isOwn(context, tasklet, "tasklet_disable_in_atomic")) {
      while (tasklet.__isRunning() && !tasklet.__stuck) {
        arch.relax(context.thread);
      }
    }
  }

  @Override
  public void unlockWait(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    if (tasklet.__isRunning() && !isOwn(context, tasklet, "tasklet_disable")) {
      awaitEnd(context, tasklet);
    }
  }

  /** Whether the caller is the tasklet itself, which would wait for itself. */
  private boolean isOwn(Context context, TaskletStruct tasklet, String what) {
    TaskletList runner = TaskletBits.runner(tasklet);
    if (runner == null || !runner.slot.runsIn(context)) {
      return false;
    }
    log.print(
        KernelLog.WARNING,
        "tasklet: "
            + what
            + " of "
            + tasklet.__origin
            + " from its own callback would wait for itself: does not wait");
    return true;
  }

  private void awaitEnd(Context context, TaskletStruct tasklet) {
    waiters.await(context.thread, () -> !tasklet.__isRunning() || tasklet.__stuck);
    if (tasklet.__stuck
        && !waiters.await(context.thread, arch.now() + WAIT_NANOS, () -> !tasklet.__isRunning())) {
      log.print(
          KernelLog.WARNING,
          "tasklet: " + tasklet.__origin + " has not returned and is not waited for any longer");
    }
    context.forgetClock();
  }

  @Override
  public void enable(Current current, TaskletStruct tasklet) {
    intake.payRaise();
    int count;
    do {
      count = tasklet.count;
      if (count == 0) {
        log.print(
            KernelLog.WARNING,
            "tasklet: tasklet_enable of " + tasklet.__origin + ", which is enabled: ignored");
        return;
      }
    } while (!TaskletStruct.__COUNT.compareAndSet(tasklet, count, count - 1));
    TaskletList list = (TaskletList) tasklet.__aside;
    if (count == 1 && list != null) {
      intake.raiseFor(list);
    }
  }

  @Override
  public void kill(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    TaskletIntake.requireOurs(context, tasklet);
    if ((context.preemptCount() & INTERRUPT) != 0) {
      log.print(KernelLog.NOTICE, "Attempt to kill tasklet from interrupt");
      isOwn(context, tasklet, "tasklet_kill");
      return;
    }
    intake.payRaise();
    tasklet.__killing = true;
    try {
      claim(context, tasklet);
      if (tasklet.__isRunning()) {
        awaitEnd(context, tasklet);
      }
      tasklet.__killing = false;
      TaskletStruct.__NEXT.compareAndSet(tasklet, TaskletBits.KILLED, null);
    } catch (Throwable e) { // a StackOverflowError of the module's
      tasklet.__killing = false;
      if (tasklet.__next == TaskletBits.KILLED) {
        tasklet.__next = null;
      }
      throw e;
    }
  }

  /** Gets hold of SCHED, which a scheduled tasklet gives away when it runs. */
  private void claim(Context context, TaskletStruct tasklet) {
    while (!waiters.await(
        context.thread, arch.now() + WAIT_NANOS, () -> tryClaim(context, tasklet))) {
      TaskletList list = (TaskletList) tasklet.__aside;
      if (list != null && (tasklet.count != 0 || tasklet.__stuck)) {
        giveUpWaiting(context, tasklet, list);
        return;
      }
      if (context.irqsDisabled() || context.cpu.isOffline()) {
        log.print(
            KernelLog.WARNING,
            "tasklet: tasklet_kill of "
                + tasklet.__origin
                + (context.irqsDisabled() ? " with interrupts disabled" : " while the kernel halts")
                + ": not waited for any longer");
        return;
      }
    }
    context.forgetClock();
  }

  private boolean tryClaim(Context context, TaskletStruct tasklet) {
    return tasklet.__next == TaskletBits.KILLED
        || !tasklet.__isScheduled() && bits.claim(context, tasklet, TaskletBits.KILLED);
  }

  private void giveUpWaiting(Context context, TaskletStruct tasklet, TaskletList list) {
    AtomicBoolean done = new AtomicBoolean();
    intake.remove(list, tasklet, done);
    waiters.await(
        context.thread,
        arch.now() + WAIT_NANOS,
        () -> done.get() || tasklet.__next == TaskletBits.KILLED);
    log.print(
        KernelLog.WARNING,
        "tasklet: tasklet_kill of "
            + tasklet.__origin
            + ", which is scheduled but "
            + (tasklet.__stuck ? "does not return" : "disabled")
            + ", would wait for ever: "
            + (done.get() ? "taken off the list, it has not run" : "not waited for any longer"));
  }

  /**
   * Gives up the tasklet that runs on the CPU and does not return; a fresh thread runs the CPU's
   * others.
   *
   * @return what was given up; null if none runs there
   */
  public TaskletStruct giveUp(Context caller, int cpu) {
    TaskletStruct stuck = giveUp(caller, high[cpu], null);
    return stuck != null ? stuck : giveUp(caller, normal[cpu], null);
  }

  /** As {@link #giveUp(Context, int)}, of one list. @param whose null: anybody's */
  TaskletStruct giveUp(Context caller, TaskletList list, Owner whose) {
    TaskletStruct stuck = (TaskletStruct) list.slot.called(whose);
    if (stuck == null || !giveUpOnly(caller, list, stuck)) {
      return null;
    }
    waiters.wakeAll();
    log.print(
        KernelLog.ALERT,
        "tasklet: "
            + stuck.__origin
            + " does not return: given up; CPU "
            + list.cpu
            + " goes on without it, on a fresh thread");
    return stuck;
  }

  private boolean giveUpOnly(Context caller, TaskletList list, TaskletStruct stuck) {
    boolean[] noted = new boolean[1];
    boolean given =
        list.slot.giveUpOnly(
            arch,
            caller,
            stuck,
            // it is to be seen as running all the time: here before the slot ceases to say so
            () -> noted[0] = TaskletStruct.__RUNNER.compareAndSet(stuck, null, list),
            () -> {
              if (noted[0]) {
                stuck.__runner = null;
              }
            },
            () -> {
              stuck.__stuck = true;
              softirqs.evict(list.cpu);
              softirqs.raiseOn(list.cpu, list.vector); // the rest of the list
            });
    if (!given && noted[0]) { // it has returned: what waits for that is to look again
      TaskletList waitsAt = (TaskletList) stuck.__aside;
      if (waitsAt != null) {
        softirqs.raiseOn(waitsAt.cpu, waitsAt.vector);
      }
      waiters.wakeAll();
    }
    return given;
  }
}
