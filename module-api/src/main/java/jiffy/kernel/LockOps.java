package jiffy.kernel;

import jiffy.types.SpinlockT;

/**
 * What a kernel does for {@code jiffy.linux.Spinlocks}; contracts are there. The forms with {@code
 * _bh} and {@code _irqsave} are made there of these and of {@link Current}.
 */
public interface LockOps {
  /** {@code spin_lock_init}. */
  void init(Current current, SpinlockT lock);

  /** Takes the lock; the caller has disabled preemption for it. */
  void lock(Current current, SpinlockT lock);

  /** Takes the lock if it is free. @return whether it did */
  boolean tryLock(Current current, SpinlockT lock);

  /** Gives the lock back. */
  void unlock(Current current, SpinlockT lock);
}
