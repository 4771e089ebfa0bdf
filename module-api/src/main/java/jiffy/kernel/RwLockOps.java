package jiffy.kernel;

import jiffy.types.RwlockT;

/**
 * What a kernel does for {@code jiffy.linux.Rwlocks}; contracts are there. The forms with {@code
 * _bh} and {@code _irqsave} are made there of these and of {@link Current}.
 */
public interface RwLockOps {
  /** {@code rwlock_init}. */
  void init(Current current, RwlockT lock);

  /** Takes it for reading; the caller has disabled preemption for it. */
  void readLock(Current current, RwlockT lock);

  /** Takes it for reading if that needs no waiting. @return whether it did */
  boolean tryReadLock(Current current, RwlockT lock);

  /** Gives it back. */
  void readUnlock(Current current, RwlockT lock);

  /** Takes it for writing; the caller has disabled preemption for it. */
  void writeLock(Current current, RwlockT lock);

  /** Takes it for writing if it is free. @return whether it did */
  boolean tryWriteLock(Current current, RwlockT lock);

  /** Gives it back. */
  void writeUnlock(Current current, RwlockT lock);
}
