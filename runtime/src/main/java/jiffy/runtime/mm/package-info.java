/**
 * Memory: what a module can do wrong with it, for the memory itself is Java's.
 *
 * <p>Door: {@link jiffy.runtime.mm.Memory}; any context may call, nothing waits, no lock is taken
 * here. What can be active in an object that is freed is told at boot by {@link
 * jiffy.runtime.mm.ActiveObject}s. Follows {@code mm/slab_common.c}, {@code mm/failslab.c}, {@code
 * lib/fault-inject.c} and {@code lib/debugobjects.c}.
 */
package jiffy.runtime.mm;
