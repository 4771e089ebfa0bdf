package jiffy.runtime.locking;

import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.WaitList;

/**
 * How a context waits for a spinlock or rwlock that another holds. Thread safe; waiting is done by
 * the context that is given.
 */
final class LockWaits {
  /*
   * A waiter spins. After SPIN_NANOS the holder has either lost its processor or is stuck: the waiter
   * parks, and after LOCKUP_NANOS reports it, once an acquisition. To keep the unlock a plain store, waiter and
   * unlocker meet over the hint `__waiters`: the waiter counts it up and looks at the word again; the
   * unlocker frees the word and then looks at the hint. Without a full fence in the unlock its look may
   * come too early and miss a waiter that has just come; so parks are bounded by PARK_NANOS, which the
   * rare miss costs.
   */

  /** Who has waited that long parks: 1 ms. */
  private static final long SPIN_NANOS = 1_000_000;

  /** A holder that takes longer is worth a line in the log, as on Linux: 1 s. */
  private static final long LOCKUP_NANOS = 1_000_000_000;

  /** Bound of one park: 10 ms. */
  private static final long PARK_NANOS = 10_000_000;

  /** Spins between two looks at the clock. */
  private static final int SPINS_PER_LOOK = 64;

  private final Arch arch;

  /** The hint of a lock, an int field called {@code __waiters}. */
  private final VarHandle hint;

  private final ConcurrentHashMap<Object, WaitList> parked = new ConcurrentHashMap<>();

  LockWaits(Arch arch, VarHandle hint) {
    this.arch = arch;
    this.hint = hint;
  }

  /**
   * Waits until an attempt succeeds.
   *
   * @param onLockup called once, after {@link #LOCKUP_NANOS}
   */
  void await(Context context, Object lock, BooleanSupplier attempt, Runnable onLockup) {
    if (!spin(context, attempt)) {
      park(context, lock, attempt, onLockup);
    }
  }

  private boolean spin(Context context, BooleanSupplier attempt) {
    long until = arch.now() + SPIN_NANOS;
    do {
      for (int i = 0; i < SPINS_PER_LOOK; i++) {
        if (attempt.getAsBoolean()) {
          return true;
        }
        arch.relax(context.thread);
      }
    } while (arch.now() < until);
    return false;
  }

  private void park(Context context, Object lock, BooleanSupplier attempt, Runnable onLockup) {
    WaitList waiters = parked.computeIfAbsent(lock, l -> new WaitList(arch));
    long reportAt = arch.now() + LOCKUP_NANOS - SPIN_NANOS;
    hint.getAndAdd(lock, 1);
    try {
      while (!waiters.await(context.thread, Math.min(reportAt, parkEnd()), attempt)) {
        if (arch.now() >= reportAt) {
          reportAt = Arch.NEVER;
          onLockup.run();
        }
      }
    } finally {
      if ((int) hint.getAndAdd(lock, -1) == 1) {
        parked.remove(lock, waiters);
      }
    }
  }

  /** When to look again, woken or not; in a simulation no unlocker's look comes too early. */
  private long parkEnd() {
    return arch.isSimulated() ? Arch.NEVER : arch.now() + PARK_NANOS;
  }

  /** The lock was freed, and its hint is not 0. */
  void wake(Object lock) {
    WaitList waiters = parked.get(lock);
    if (waiters != null) {
      waiters.wakeAll();
    }
  }
}
