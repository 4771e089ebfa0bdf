package jiffy.runtime.sched;

import static jiffy.linux.Sched.TASK_KILLABLE;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Splat;

/** What is said of mutexes and rw_semaphores that are misused. Thread safe; cold paths only. */
final class LockReports {
  private final Contexts contexts;
  private final Addresses addresses;
  private final Splat splat;
  private final KernelLog log;

  LockReports(Contexts contexts, Addresses addresses, Splat splat, KernelLog log) {
    this.contexts = contexts;
    this.addresses = addresses;
    this.splat = splat;
    this.log = log;
  }

  /**
   * A lock is given back by who does not have it.
   *
   * @param check Linux's, which has failed
   * @param function what was called
   * @param holder id of the context that has it, 0 if nobody, -1 if readers
   * @param isIgnored whether the lock stays as it is
   */
  void badUnlock(
      Context context, String check, String function, Object lock, int holder, boolean isIgnored) {
    splat.warn(
        context,
        check
            + ": "
            + function
            + " of "
            + addresses.text(lock)
            + " by "
            + context
            + ", held by "
            + name(holder)
            + (isIgnored ? ": ignored" : ": released all the same"));
  }

  /**
   * The caller is about to wait for a lock that it holds itself.
   *
   * @return the state to wait in: as given, but that it can be killed
   */
  int selfDeadlock(Context context, String function, Object lock, int state) {
    splat.warn(
        context,
        function
            + ": "
            + context
            + " waits for "
            + addresses.text(lock)
            + ", which it holds itself: it will wait until it is killed");
    return state == TASK_UNINTERRUPTIBLE ? TASK_KILLABLE : state;
  }

  /** Somebody begins to wait for a lock of a holder who will not give it back. */
  void holderHasEnded(Context context, Object lock) {
    log.print(
        KernelLog.WARNING,
        "WARNING: "
            + context
            + " waits for "
            + addresses.text(lock)
            + ", which is held by a task that has ended");
  }

  private String name(int holder) {
    if (holder <= 0) {
      return holder == 0 ? "nobody" : "readers";
    }
    Context context = contexts.byId(holder);
    return context == null ? "a task that has ended" : context + ", of " + context.owner();
  }
}
