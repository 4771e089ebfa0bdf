package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.SpinlockT;

/**
 * {@code linux/spinlock.h}: mutual exclusion for sections that must not sleep.
 *
 * <p>Contexts: any. Holding one raises preempt_count, so that {@code in_atomic()} is true. A lock
 * that a timer or tasklet takes must be taken with {@link #spin_lock_bh} in process context. Not
 * fair and not recursive: a second {@code spin_lock} of the same lock by its holder is reported and
 * waits for ever. A waiter spins for a millisecond; then the log names the holder and the waiter
 * parks.
 */
public final class Spinlocks {
  private Spinlocks() {}

  /** {@code spin_lock_init(lock)}: an unlocked lock. */
  public static void spin_lock_init(SpinlockT lock) {
    Current current = Current.get();
    current.kernel.locks.init(current, lock);
  }

  /** {@code DEFINE_SPINLOCK(x)}: a new, unlocked lock; callable from a static initializer. */
  public static SpinlockT DEFINE_SPINLOCK() {
    return new SpinlockT();
  }

  /** {@code void spin_lock(spinlock_t *lock)}. */
  public static void spin_lock(SpinlockT lock) {
    Current current = Current.get();
    current.preemptDisable();
    current.kernel.locks.lock(current, lock);
  }

  /** {@code void spin_unlock(spinlock_t *lock)}. */
  public static void spin_unlock(SpinlockT lock) {
    Current current = Current.get();
    current.kernel.locks.unlock(current, lock);
    current.preemptEnable();
  }

  /** {@code void spin_lock_bh(spinlock_t *lock)}: with softirqs of this CPU held off. */
  public static void spin_lock_bh(SpinlockT lock) {
    Current current = Current.get();
    current.localBhDisable();
    current.preemptDisable();
    current.kernel.locks.lock(current, lock);
  }

  /**
   * {@code void spin_unlock_bh(spinlock_t *lock)}: what became due meanwhile runs before it
   * returns.
   */
  public static void spin_unlock_bh(SpinlockT lock) {
    Current current = Current.get();
    current.kernel.locks.unlock(current, lock);
    current.preemptEnable();
    current.localBhEnable();
  }

  /** {@code void spin_lock_irq(spinlock_t *lock)}: with interrupts of this CPU off. */
  public static void spin_lock_irq(SpinlockT lock) {
    spin_lock_irqsave(lock);
  }

  /**
   * {@code void spin_unlock_irq(spinlock_t *lock)}: interrupts are on afterwards, whatever was
   * before.
   */
  public static void spin_unlock_irq(SpinlockT lock) {
    Current current = Current.get();
    current.kernel.locks.unlock(current, lock);
    current.preemptEnable();
    current.localIrqEnable();
  }

  /**
   * {@code spin_lock_irqsave(lock, flags)}: with interrupts of this CPU off.
   *
   * @return the flags, for {@link #spin_unlock_irqrestore}
   */
  public static long spin_lock_irqsave(SpinlockT lock) {
    Current current = Current.get();
    long flags = current.localIrqSave();
    current.preemptDisable();
    current.kernel.locks.lock(current, lock);
    return flags;
  }

  /** {@code void spin_unlock_irqrestore(spinlock_t *lock, unsigned long flags)}. */
  public static void spin_unlock_irqrestore(SpinlockT lock, long flags) {
    Current current = Current.get();
    current.kernel.locks.unlock(current, lock);
    current.preemptEnable();
    current.localIrqRestore(flags);
  }

  /**
   * {@code int spin_trylock(spinlock_t *lock)}.
   *
   * @return whether it was taken; if not, nothing has changed
   */
  public static boolean spin_trylock(SpinlockT lock) {
    Current current = Current.get();
    current.preemptDisable();
    if (current.kernel.locks.tryLock(current, lock)) {
      return true;
    }
    current.preemptEnable();
    return false;
  }

  /**
   * {@code int spin_trylock_bh(spinlock_t *lock)}.
   *
   * @return as {@link #spin_trylock}
   */
  public static boolean spin_trylock_bh(SpinlockT lock) {
    Current current = Current.get();
    current.localBhDisable();
    if (spin_trylock(lock)) {
      return true;
    }
    current.localBhEnable();
    return false;
  }

  /**
   * {@code int spin_trylock_irq(spinlock_t *lock)}.
   *
   * @return as {@link #spin_trylock}; but if it was not taken, interrupts are on, whatever was
   *     before
   */
  public static boolean spin_trylock_irq(SpinlockT lock) {
    Current current = Current.get();
    current.localIrqSave();
    if (spin_trylock(lock)) {
      return true;
    }
    current.localIrqEnable();
    return false;
  }

  /**
   * {@code spin_trylock_irqsave(lock, flags)}.
   *
   * @return the flags, for {@link #spin_unlock_irqrestore}; -1: it was not taken, nothing has
   *     changed
   */
  public static long spin_trylock_irqsave(SpinlockT lock) {
    Current current = Current.get();
    long flags = current.localIrqSave();
    if (spin_trylock(lock)) {
      return flags;
    }
    current.localIrqRestore(flags);
    return -1;
  }

  /** {@code int spin_is_locked(spinlock_t *lock)}: whether anybody holds it at this moment. */
  public static boolean spin_is_locked(SpinlockT lock) {
    return lock.__owner != 0;
  }
}
