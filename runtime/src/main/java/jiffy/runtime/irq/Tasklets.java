package jiffy.runtime.irq;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Current;
import jiffy.kernel.Origin;
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
 * The tasklets of a kernel: two {@link TaskletList}s a CPU, and the protocol by which a tasklet is
 * scheduled, held back and waited for. Scheduling costs two CAS and a look at the pending mask.
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class Tasklets implements TaskletOps {
  /*
   * Linux's two bits are two fields here, each owned by who has made it non-null:
   *
   *   SCHED   __next: CAS null -> END by who schedules it; then the list's link, and the list hands it
   *           to its CPU's thread, which sets null again before it calls. KILLED: somebody in
   *           tasklet_kill has it.
   *   RUN     __runner: CAS null -> list by the CPU's thread; null again after the call.
   *
   * As long as SCHED is owned, a StackOverflowError of a module's can be put right by a plain write:
   * __next = null, it is not scheduled after all.
   *
   * Who disables counts up and then looks at RUN; the CPU's thread takes RUN and then looks at the
   * count: one of the two sees the other. Who waits is on the wait list before it looks; the CPU's
   * thread clears, then looks at the list.
   *
   * tasklet_kill takes SCHED for itself: when it has that, nobody can schedule it and no list has it,
   * and what is left is to wait for RUN. It gives SCHED back at the end.
   */

  /** The link while somebody in tasklet_kill has SCHED. */
  static final TaskletStruct KILLED = new TaskletStruct();

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
  private final WaitList waiters;

  /** An enable, or who has pushed one, could not raise the softirq. */
  private volatile boolean raiseOwed;

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
    List<Cpu> cpus = contexts.cpus();
    normal = new TaskletList[cpus.size()];
    high = new TaskletList[cpus.size()];
    for (Cpu cpu : cpus) {
      normal[cpu.number] = new TaskletList(cpu.number, Vector.TASKLET);
      high[cpu.number] = new TaskletList(cpu.number, Vector.HI);
    }
    softirqs.open(Vector.TASKLET, new TaskletSoftirq(arch, normal, softirqs, waiters, log));
    softirqs.open(Vector.HI, new TaskletSoftirq(arch, high, softirqs, waiters, log));
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
      requireOurs(context, tasklet);
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

  /** Whether it may be scheduled: it has a function, of this kernel, of a module that stays. */
  private boolean maySchedule(Context context, TaskletStruct tasklet) {
    TaskletFunction function = tasklet.func;
    if (function == null) {
      log.print(KernelLog.WARNING, "tasklet: scheduled without a function: ignored");
      return false;
    }
    if (function != tasklet.__resolved) {
      requireOurs(context, tasklet);
      tasklet.__origin = origins.of(context, function);
      tasklet.__resolved = function;
    }
    requireOurs(context, tasklet);
    return !tasklet.__origin.owner.isGoing();
  }

  private static void requireOurs(Context context, TaskletStruct tasklet) {
    Origin origin = tasklet.__origin;
    if (origin != null && origin.kernel != context.kernel) {
      throw new IllegalStateException(
          "tasklet "
              + origin
              + " belongs to kernel '"
              + origin.kernel
              + "', but is used in a context of kernel '"
              + context.kernel
              + "': set up one tasklet for each kernel");
    }
  }

  @Override
  public void schedule(Current current, TaskletStruct tasklet) {
    schedule((Context) current, tasklet, normal);
  }

  @Override
  public void hiSchedule(Current current, TaskletStruct tasklet) {
    schedule((Context) current, tasklet, high);
  }

  private void schedule(Context context, TaskletStruct tasklet, TaskletList[] lists) {
    if (raiseOwed) {
      payRaise();
    }
    // Always the CAS, never a mere look: what the caller wrote before must be seen by the function.
    if (!maySchedule(context, tasklet)
        || !TaskletStruct.__NEXT.compareAndSet(tasklet, null, TaskletChain.END)) {
      return;
    }
    TaskletList list = lists[context.cpu.number];
    boolean pushed = false;
    try {
      list.push(tasklet);
      pushed = true;
      softirqs.raise(context, list.vector);
    } catch (Throwable e) { // a StackOverflowError of the module's
      if (pushed) {
        raiseOwed = true;
      } else {
        tasklet.__next = null;
      }
      throw e;
    }
    if (tasklet.__origin.owner.isGoing()) { // the books may have been made before the push
      removeFrom(list, tasklet, new AtomicBoolean());
    }
  }

  /** Takes a tasklet that is put aside off its list, soon. */
  private void removeFrom(TaskletList list, TaskletStruct tasklet, AtomicBoolean done) {
    list.addErrand(
        on -> {
          on.removeAside(
              each -> each == tasklet,
              each -> {
                each.__next = each.__killing ? KILLED : null;
                done.set(true);
              });
          waiters.wakeAll();
        });
    softirqs.raiseOn(list.cpu, list.vector);
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
      while (tasklet.__runner != null && !tasklet.__stuck) {
        arch.relax(context.thread);
      }
    }
  }

  @Override
  public void unlockWait(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    if (tasklet.__runner != null && !isOwn(context, tasklet, "tasklet_disable")) {
      awaitEnd(context, tasklet);
    }
  }

  /** Whether the caller is the tasklet itself, which would wait for itself. */
  private boolean isOwn(Context context, TaskletStruct tasklet, String what) {
    TaskletList runner = (TaskletList) tasklet.__runner;
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
    waiters.await(context.thread, () -> tasklet.__runner == null || tasklet.__stuck);
    if (tasklet.__stuck
        && !waiters.await(
            context.thread, arch.now() + WAIT_NANOS, () -> tasklet.__runner == null)) {
      log.print(
          KernelLog.WARNING,
          "tasklet: " + tasklet.__origin + " has not returned and is not waited for any longer");
    }
    context.forgetClock();
  }

  @Override
  public void enable(Current current, TaskletStruct tasklet) {
    if (raiseOwed) {
      payRaise();
    }
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
      try {
        softirqs.raiseOn(list.cpu, list.vector);
      } catch (Throwable e) { // a StackOverflowError of the module's
        raiseOwed = true;
        throw e;
      }
    }
  }

  /** Somebody met a StackOverflowError: has all lists looked at again. */
  private void payRaise() {
    for (int cpu = 0; cpu < normal.length; cpu++) {
      softirqs.raiseOn(cpu, Vector.HI);
      softirqs.raiseOn(cpu, Vector.TASKLET);
    }
    raiseOwed = false;
  }

  @Override
  public void kill(Current current, TaskletStruct tasklet) {
    Context context = (Context) current;
    requireOurs(context, tasklet);
    if ((context.preemptCount() & INTERRUPT) != 0) {
      log.print(KernelLog.NOTICE, "Attempt to kill tasklet from interrupt");
      isOwn(context, tasklet, "tasklet_kill");
      return;
    }
    if (raiseOwed) {
      payRaise();
    }
    tasklet.__killing = true;
    try {
      claim(context, tasklet);
      if (tasklet.__runner != null) {
        awaitEnd(context, tasklet);
      }
      tasklet.__killing = false;
      TaskletStruct.__NEXT.compareAndSet(tasklet, KILLED, null);
    } catch (Throwable e) { // a StackOverflowError of the module's
      tasklet.__killing = false;
      if (tasklet.__next == KILLED) {
        tasklet.__next = null;
      }
      throw e;
    }
  }

  /** Gets hold of SCHED, which a scheduled tasklet gives away when it runs. */
  private void claim(Context context, TaskletStruct tasklet) {
    while (!waiters.await(context.thread, arch.now() + WAIT_NANOS, () -> tryClaim(tasklet))) {
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

  private static boolean tryClaim(TaskletStruct tasklet) {
    return tasklet.__next == KILLED
        || tasklet.__next == null && TaskletStruct.__NEXT.compareAndSet(tasklet, null, KILLED);
  }

  private void giveUpWaiting(Context context, TaskletStruct tasklet, TaskletList list) {
    AtomicBoolean done = new AtomicBoolean();
    removeFrom(list, tasklet, done);
    waiters.await(
        context.thread, arch.now() + WAIT_NANOS, () -> done.get() || tasklet.__next == KILLED);
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
    TaskletStruct[] stuck = new TaskletStruct[1];
    list.slot.giveUp(
        arch,
        caller,
        whose,
        callee -> {
          stuck[0] = (TaskletStruct) callee;
          stuck[0].__stuck = true;
          softirqs.evict(list.cpu);
          softirqs.raiseOn(list.cpu, list.vector); // the rest of the list
        });
    if (stuck[0] != null) {
      waiters.wakeAll();
      log.print(
          KernelLog.ALERT,
          "tasklet: "
              + stuck[0].__origin
              + " does not return: given up; CPU "
              + list.cpu
              + " goes on without it, on a fresh thread");
    }
    return stuck[0];
  }
}
