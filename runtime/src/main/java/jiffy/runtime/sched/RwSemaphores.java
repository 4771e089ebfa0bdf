package jiffy.runtime.sched;

import jiffy.runtime.context.Context;
import jiffy.types.RwSemaphore;

/**
 * What can be done to a rw_semaphore without waiting: its count and its holder. How its waiters
 * stand in line is told at {@code jiffy.linux.WaitLine}. Thread safe.
 */
final class RwSemaphores {
  /** {@link RwSemaphore#__count} while a writer holds it. */
  private static final int WRITER = -1;

  private final LockReports reports;

  RwSemaphores(LockReports reports) {
    this.reports = reports;
  }

  boolean tryRead(RwSemaphore sem) {
    int count = sem.__count;
    while (count >= 0) {
      if (RwSemaphore.__COUNT.compareAndSet(sem, count, count + 1)) {
        return true;
      }
      count = sem.__count;
    }
    return false;
  }

  boolean tryWrite(Context context, RwSemaphore sem) {
    if (!RwSemaphore.__COUNT.compareAndSet(sem, 0, WRITER)) {
      return false;
    }
    sem.__owner = context.id;
    context.locksHeld++;
    return true;
  }

  /**
   * @return the state to wait in
   */
  int beforeWait(Context context, RwSemaphore sem, int state) {
    boolean isOwn = sem.__count == WRITER && sem.__owner == context.id;
    return isOwn ? reports.selfDeadlock(context, "rw_semaphore", sem, state) : state;
  }

  /**
   * @return whether it is free now
   */
  boolean releaseRead(Context context, RwSemaphore sem) {
    int count;
    do {
      count = sem.__count;
      if (count <= 0) {
        String check = "DEBUG_RWSEMS_WARN_ON(!is_rwsem_reader_owned(sem))";
        reports.badUnlock(context, check, "up_read", sem, count == 0 ? 0 : sem.__owner, true);
        return false;
      }
    } while (!RwSemaphore.__COUNT.compareAndSet(sem, count, count - 1));
    return count == 1;
  }

  /**
   * @return whether it was held
   */
  boolean releaseWrite(Context context, RwSemaphore sem) {
    return endWriting(context, sem, "up_write", 0);
  }

  /**
   * @return whether it was held
   */
  boolean downgrade(Context context, RwSemaphore sem) {
    return endWriting(context, sem, "downgrade_write", 1);
  }

  private boolean endWriting(Context context, RwSemaphore sem, String function, int newCount) {
    int count = sem.__count;
    if (count != WRITER || sem.__owner != context.id) {
      String check = "DEBUG_RWSEMS_WARN_ON(rwsem_owner(sem) != current)";
      int holder = count == WRITER ? sem.__owner : -Integer.signum(count);
      reports.badUnlock(context, check, function, sem, holder, count != WRITER);
      if (count != WRITER) {
        return false;
      }
    } else {
      context.locksHeld--;
    }
    sem.__owner = 0;
    sem.__count = newCount;
    return true;
  }
}
