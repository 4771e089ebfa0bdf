/**
 * Locks: the spinlocks of the API, and the raw ones that the kernel itself uses.
 *
 * <p>Door: {@link jiffy.runtime.locking.Locks}. Any context may take a spinlock; a waiter spins,
 * then parks, and the log names the owner. {@link jiffy.runtime.locking.RawSpinlock}s are
 * innermost: no code of a module and no park under one. Follows Linux's {@code
 * kernel/locking/spinlock_debug.c}.
 */
package jiffy.runtime.locking;
