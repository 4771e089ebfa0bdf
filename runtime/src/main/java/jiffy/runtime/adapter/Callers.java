package jiffy.runtime.adapter;

import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.kernel.Kernel;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;
import jiffy.types.TaskStruct;

/**
 * Who calls in here: a task of this machine, or a thread that knows nothing of it. Thread safe; all
 * is about the calling thread.
 */
final class Callers {
  private final Arch arch;
  private final Contexts contexts;
  private final Tasks tasks;
  private final Scheduler scheduler;

  Callers(Arch arch, Contexts contexts, Tasks tasks, Scheduler scheduler) {
    this.arch = arch;
    this.contexts = contexts;
    this.tasks = tasks;
    this.scheduler = scheduler;
  }

  /** The caller's context in this machine, or null. */
  private Context contextOrNull() {
    Current current = Current.orNull();
    return current != null && current.kernel == contexts.kernel() ? (Context) current : null;
  }

  Kernel kernel() {
    return contexts.kernel();
  }

  /** On whose behalf the caller runs. */
  Owner owner() {
    Context context = contextOrNull();
    return context == null ? Owner.CORE : context.owner();
  }

  /** The caller may sit in a loop until time, or others, have gone on. */
  void poll() {
    Context context = contextOrNull();
    if (context != null && context.hooks != 0) {
      arch.clockRead(context.thread);
    }
  }

  /** The caller is about to do what others can see. */
  void choicePoint(String what) {
    Context context = contextOrNull();
    if (context != null) {
      context.choicePoint(what);
    }
  }

  /**
   * When so many ns from now are over, on the arch's clock.
   *
   * @param nanos none if negative
   */
  long deadline(long nanos) {
    long deadline = arch.now() + Math.max(0, nanos);
    return deadline < 0 ? Arch.NEVER : deadline;
  }

  /**
   * Waits in the machine's time until the condition holds or the deadline has passed; a thread that
   * is no task is one meanwhile.
   *
   * @param list where who makes the condition true looks for waiters
   * @return whether the condition held at the last look
   * @throws InterruptedException if Java interrupted the thread before that, or a signal came
   */
  boolean await(WaitList list, long deadline, BooleanSupplier condition)
      throws InterruptedException {
    try (Attachment here = tasks.attach(Thread.currentThread().getName())) {
      Context context = here.context();
      scheduler.leaveAtomic(context);
      boolean[] interrupted = {false};
      context.sleeps();
      boolean ended =
          list.await(
              context.thread,
              deadline,
              () -> condition.getAsBoolean() || (interrupted[0] = isInterrupted(context)));
      context.wakes();
      context.forgetClock();
      if (interrupted[0]) {
        throw new InterruptedException();
      }
      if (!ended) {
        poll(); // who asks again and again, with no time to wait, must let others run
      }
      return ended;
    }
  }

  /** As Java wants it: whoever is told forgets it. But SIGKILL stays. */
  private static boolean isInterrupted(Context context) {
    TaskStruct task = context.task();
    boolean isSignalled = task.__signal != 0;
    if (task.__signal == Scheduler.SIGINT) {
      task.__signal = 0;
    }
    return context.thread.takeInterrupt() || isSignalled;
  }
}
