package jiffy.runtime.irq;

import static jiffy.types.TaskletStruct.__HOMED;

import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Origin;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.TaskletFunction;
import jiffy.types.TaskletStruct;

/** Puts tasklets on lists: {@code tasklet_schedule}. Thread safe; any context. */
final class TaskletIntake {
  private final Arch arch;
  private final Origins origins;
  private final Softirqs softirqs;
  private final KernelLog log;
  private final TaskletBits bits;
  private final WaitList waiters;
  private final int nrCpus;

  /** An enable, or who has put one in, could not raise the softirq. */
  private volatile boolean raiseOwed;

  TaskletIntake(
      Arch arch,
      Origins origins,
      Softirqs softirqs,
      KernelLog log,
      TaskletBits bits,
      WaitList waiters,
      int nrCpus) {
    this.arch = arch;
    this.origins = origins;
    this.softirqs = softirqs;
    this.log = log;
    this.bits = bits;
    this.waiters = waiters;
    this.nrCpus = nrCpus;
  }

  /** {@code tasklet_schedule}, onto that mouth's list. */
  void schedule(Context context, TaskletStruct tasklet, TaskletMouth mouth) {
    payRaise();
    if (!maySchedule(context, tasklet)) {
      return;
    }
    boolean owned = false;
    boolean isIn = false;
    try {
      HandoverMouth.Fate fate = HandoverMouth.Fate.REFUSED;
      if (tasklet.__next == __HOMED && tasklet.__home == mouth.list) {
        fate = mouth.putAgain(arch, context, tasklet);
      }
      if (fate == HandoverMouth.Fate.IS_IN) {
        return;
      }
      if (fate == HandoverMouth.Fate.REFUSED) {
        if (!bits.claim(context, tasklet, TaskletChain.END)) {
          return;
        }
        owned = true;
        if (TaskletBits.runsElsewhere(tasklet, mouth.list)
            || !mouth.putFirst(arch, context, tasklet)) {
          mouth.push(tasklet);
        }
      }
      isIn = true;
      softirqs.raise(context, mouth.vector);
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (isIn) {
        raiseOwed = true;
      } else if (owned) {
        tasklet.__next = null;
      }
      throw e;
    }
    if (tasklet.__origin.owner.isGoing()) { // the books may have been made before it was put in
      remove(mouth.list, tasklet, new AtomicBoolean());
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

  static void requireOurs(Context context, TaskletStruct tasklet) {
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

  /** Takes a tasklet that is put aside off its list, soon. */
  void remove(TaskletList list, TaskletStruct tasklet, AtomicBoolean done) {
    list.addErrand(
        on -> {
          on.removeAside(
              each -> each == tasklet,
              each -> {
                each.__next = each.__killing ? TaskletBits.KILLED : null;
                done.set(true);
              });
          waiters.wakeAll();
        });
    softirqs.raiseOn(list.cpu, list.vector);
  }

  /** What may run from now on is aside there: has it looked at. */
  void raiseFor(TaskletList list) {
    try {
      softirqs.raiseOn(list.cpu, list.vector);
    } catch (Throwable e) { // a StackOverflowError of the module's
      raiseOwed = true;
      throw e;
    }
  }

  /** If somebody met a StackOverflowError: has all lists looked at again. */
  void payRaise() {
    if (raiseOwed) {
      for (int cpu = 0; cpu < nrCpus; cpu++) {
        softirqs.raiseOn(cpu, Vector.HI);
        softirqs.raiseOn(cpu, Vector.TASKLET);
      }
      raiseOwed = false;
    }
  }
}
