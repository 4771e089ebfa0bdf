package jiffy.runtime.irq;

import java.util.function.BooleanSupplier;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.WaitList;
import jiffy.types.TaskletFunction;
import jiffy.types.TaskletStruct;

/**
 * The HI and TASKLET softirqs: runs the tasklets that are scheduled on a CPU and may run, and puts
 * right what they leave behind. Called by the CPU's softirq thread.
 */
final class TaskletSoftirq implements Softirqs.Handler {
  /**
   * So many looks in a pass, at most: what a pass holds up waits no longer than some microseconds.
   */
  private static final int LOOKS = 16;

  private static final BooleanSupplier ENOUGH = () -> true;

  private final Arch arch;
  private final TaskletList[] lists;
  private final Softirqs softirqs;
  private final WaitList waiters;
  private final KernelLog log;

  /**
   * @param lists one a CPU, of one vector
   * @param waiters woken when a tasklet may have become idle
   */
  TaskletSoftirq(
      Arch arch, TaskletList[] lists, Softirqs softirqs, WaitList waiters, KernelLog log) {
    this.arch = arch;
    this.lists = lists;
    this.softirqs = softirqs;
    this.waiters = waiters;
    this.log = log;
  }

  @Override
  public void serve(Context context) {
    TaskletList list = lists[context.cpu.number];
    list.beginPass();
    TaskletStruct tasklet;
    while ((tasklet = list.next()) != null) {
      if (!serve(context, list, tasklet)) {
        return;
      }
    }
    int looks = 0;
    do {
      if (!serveRing(context, list)) {
        return;
      }
    } while (letsMoreCome(list, ++looks));
    list.endPass(
        (context.cpu.raised.get() & list.vector.bit()) == 0,
        !softirqs.isBusyWith(list.cpu, list.vector));
  }

  /**
   * @return false if one of them was given up
   */
  private boolean serveRing(Context context, TaskletList list) {
    TaskletStruct tasklet;
    while ((tasklet = list.ring.first()) != null) {
      Origin origin = tasklet.__origin;
      if (!mayRun(tasklet, list, origin) || tasklet.__killing) {
        if (!serve(context, list, list.ring.takeFirst())) {
          return false;
        }
      } else if (!runAtHome(context, list, tasklet, origin)) {
        return false;
      }
    }
    return true;
  }

  /**
   * A look that found little was too early, if there is much to do lately. To look for each tasklet
   * costs more than all else, for what a look reads is then written in turns by two processors; and
   * so is what a pass writes. So it stays and looks again a little later, some times.
   */
  private boolean letsMoreCome(TaskletList list, int looks) {
    return looks < LOOKS
        && list.ring.wasEarly()
        && softirqs.isBusyWith(list.cpu, list.vector)
        && arch.linger(ENOUGH)
        && list.looksAgain();
  }

  /**
   * One that has been taken out, still scheduled.
   *
   * @return false if it was given up: another thread has taken over
   */
  private boolean serve(Context context, TaskletList list, TaskletStruct tasklet) {
    Origin origin = tasklet.__origin;
    if (!mayRun(tasklet, list, origin)) {
      setAside(list, tasklet, origin);
      return true;
    }
    return run(context, list, tasklet, origin);
  }

  private static boolean mayRun(TaskletStruct tasklet, TaskletList list, Origin origin) {
    return tasklet.count == 0
        && tasklet.__runner == null
        && (tasklet.__home == list || !TaskletBits.runsElsewhere(tasklet, list))
        && !origin.owner.isGoing();
  }

  private void setAside(TaskletList list, TaskletStruct tasklet, Origin origin) {
    list.setAside(tasklet);
    if (mayRun(tasklet, list, origin)) {
      softirqs.raiseOn(list.cpu, list.vector);
    }
  }

  /**
   * The first of the ring, in the usual case: nothing is written to it. Until the slot says that it
   * is called, this thread cannot be given up.
   *
   * @return false if it was given up
   */
  private boolean runAtHome(
      Context context, TaskletList list, TaskletStruct tasklet, Origin origin) {
    TaskletFunction function = tasklet.func;
    Object data = tasklet.data;
    RunSlot slot = list.slot;
    slot.announce(context, tasklet, origin.owner);
    if (tasklet.count != 0) { // disabled just now; who did it may have seen it run
      slot.withdraw();
      setAside(list, list.ring.takeFirst(), origin);
      wakeWaiters();
      return true;
    }
    list.ring.dropFirst();
    long ticket = slot.begin(); // the fence that the function sees what was written before
    call(context, function, data, origin);
    boolean mine = slot.end(arch, context, ticket);
    if (!mine) {
      tasklet.__stuck = false;
      tasklet.__runner = null;
    }
    ended(tasklet);
    return mine;
  }

  /**
   * One that has been taken out, and may run.
   *
   * @return false if it was given up
   */
  private boolean run(Context context, TaskletList list, TaskletStruct tasklet, Origin origin) {
    if (!TaskletStruct.__RUNNER.compareAndSet(tasklet, null, list)) {
      setAside(list, tasklet, origin);
      return true;
    }
    if (tasklet.count != 0) { // disabled just now; who did it may have seen it run
      tasklet.__runner = null;
      setAside(list, tasklet, origin);
      wakeWaiters();
      return true;
    }
    TaskletFunction function = tasklet.func;
    Object data = tasklet.data;
    clearScheduled(tasklet);
    long ticket = list.slot.begin(context, tasklet, origin.owner);
    call(context, function, data, origin);
    boolean mine = list.slot.end(arch, context, ticket);
    if (!mine) {
      tasklet.__stuck = false;
    }
    tasklet.__runner = null;
    ended(tasklet);
    return mine;
  }

  /** It runs no longer, as others can see: there was a fence. */
  private void ended(TaskletStruct tasklet) {
    TaskletList waitsAt = (TaskletList) tasklet.__aside;
    if (waitsAt != null) {
      softirqs.raiseOn(waitsAt.cpu, waitsAt.vector);
    }
    wakeWaiters();
  }

  /**
   * Before the function runs: so what is scheduled from now on, by the function too, makes it run
   * again. An exchange, for what the last scheduler wrote before he found it scheduled must be seen
   * by the function. Who waits in tasklet_kill gets it from here, so that a tasklet which schedules
   * itself cannot keep him waiting.
   */
  private static void clearScheduled(TaskletStruct tasklet) {
    if (!tasklet.__killing) {
      TaskletStruct.__NEXT.getAndSet(tasklet, null);
      return;
    }
    TaskletStruct.__NEXT.getAndSet(tasklet, TaskletBits.KILLED);
    if (!tasklet.__killing) {
      TaskletStruct.__NEXT.compareAndSet(tasklet, TaskletBits.KILLED, null);
    }
  }

  private void wakeWaiters() {
    if (!waiters.isEmpty()) {
      waiters.wakeAll();
    }
  }

  private void call(Context context, TaskletFunction function, Object data, Origin origin) {
    int count = context.preemptCount();
    Owner before = context.setOwner(origin.owner);
    context.forgetClock();
    try {
      function.call(data);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      Oops.print(log, origin.owner.name, "tasklet " + origin.function, e, context);
    }
    context.setOwner(before);
    int after = context.preemptCount();
    if (after != count) {
      Vector vector = lists[context.cpu.number].vector;
      softirqs.reportLeak(vector, origin.symbol() + " ", count, after);
      context.setPreemptCount(count);
    }
    if (context.irqsDisabled()) {
      context.localIrqEnable();
    }
  }
}
