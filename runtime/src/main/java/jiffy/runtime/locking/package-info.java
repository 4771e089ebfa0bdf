/**
 * Locks: the spinlocks and rwlocks of the API, and the raw spinlocks that the kernel itself uses.
 *
 * <p>Doors: {@link jiffy.runtime.locking.Locks}, {@link jiffy.runtime.locking.RwLocks}. Any context
 * may take one; a waiter spins, then parks, and the log names the owner. {@link
 * jiffy.runtime.locking.RawSpinlock}s are innermost: no code of a module and no park under one. On
 * them stands {@link jiffy.runtime.locking.HandoverRing}, by which works and tasklets go from those
 * who queue them to the thread that runs them. Follows Linux's {@code
 * kernel/locking/spinlock_debug.c}.
 */
package jiffy.runtime.locking;
