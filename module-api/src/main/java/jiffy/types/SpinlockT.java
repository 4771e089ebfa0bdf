package jiffy.types;

/**
 * {@code spinlock_t}: mutual exclusion for short sections that must not sleep.
 *
 * <p>A fresh object is an unlocked lock; {@code spin_lock_init} only gives it back that state. Use
 * it through {@link jiffy.linux.Spinlocks}. 24 bytes.
 */
public class SpinlockT {
  /** Id of the context that holds it, 0 when free. */
  public volatile int __owner;

  /** How many contexts are parked on it: a hint that the unlocker reads. */
  public volatile int __waiters;
}
