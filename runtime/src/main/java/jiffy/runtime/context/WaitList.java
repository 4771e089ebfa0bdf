package jiffy.runtime.context;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;

/**
 * Threads that wait for a condition which somebody else makes true and then says so.
 *
 * <p>Thread safe. Who makes the condition true does so with a volatile write before {@link
 * #wakeAll}; a waiter is on the list before it looks at the condition, so one of them sees the
 * other.
 */
public final class WaitList {
  private final Arch arch;
  private final ConcurrentLinkedQueue<HwThread> waiters = new ConcurrentLinkedQueue<>();

  /** An empty list. */
  public WaitList(Arch arch) {
    this.arch = arch;
  }

  /** Waits until the condition holds. */
  public void await(HwThread self, BooleanSupplier condition) {
    await(self, Arch.NEVER, condition);
  }

  /**
   * Waits until the condition holds or the deadline has passed.
   *
   * @param deadline a time of the arch
   * @return whether the condition held at the last look
   */
  public boolean await(HwThread self, long deadline, BooleanSupplier condition) {
    if (condition.getAsBoolean()) {
      return true;
    }
    waiters.add(self);
    try {
      while (!condition.getAsBoolean()) {
        if (deadline != Arch.NEVER && arch.now() >= deadline) {
          return false;
        }
        arch.park(self, deadline);
      }
      return true;
    } finally {
      waiters.remove(self);
    }
  }

  /** Lets everybody look at the condition again. */
  public void wakeAll() {
    for (HwThread waiter : waiters) {
      arch.unpark(waiter);
    }
  }

  /** Whether somebody waits. */
  public boolean isEmpty() {
    return waiters.isEmpty();
  }
}
