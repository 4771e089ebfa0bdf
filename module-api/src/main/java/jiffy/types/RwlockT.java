package jiffy.types;

/**
 * {@code rwlock_t}: a spinlock that many readers may hold at once. Used through {@link
 * jiffy.linux.Rwlocks}. A fresh object is unlocked.
 */
public class RwlockT {
  /** Readers, and whether a writer holds it or waits: see {@code jiffy.runtime.locking.RwLocks}. */
  public volatile int __word;

  /** Id of the context that holds it for writing; else 0, or soon. */
  public volatile int __owner;

  /** How many contexts are parked on it. */
  public volatile int __waiters;
}
