package jiffy.runtime.irq;

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
      Origin origin = tasklet.__origin;
      if (!mayRun(tasklet, origin)) {
        setAside(list, tasklet, origin);
      } else if (!run(context, list, tasklet, origin)) {
        return; // given up meanwhile: another thread has taken over
      }
    }
    list.endPass();
  }

  private static boolean mayRun(TaskletStruct tasklet, Origin origin) {
    return tasklet.count == 0 && tasklet.__runner == null && !origin.owner.isGoing();
  }

  private void setAside(TaskletList list, TaskletStruct tasklet, Origin origin) {
    list.setAside(tasklet);
    if (mayRun(tasklet, origin)) {
      softirqs.raiseOn(list.cpu, list.vector);
    }
  }

  /**
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
    tasklet.__stuck = false;
    tasklet.__runner = null;
    TaskletList waitsAt = (TaskletList) tasklet.__aside;
    if (waitsAt != null) {
      softirqs.raiseOn(waitsAt.cpu, waitsAt.vector);
    }
    wakeWaiters();
    return mine;
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
    TaskletStruct.__NEXT.getAndSet(tasklet, Tasklets.KILLED);
    if (!tasklet.__killing) {
      TaskletStruct.__NEXT.compareAndSet(tasklet, Tasklets.KILLED, null);
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
