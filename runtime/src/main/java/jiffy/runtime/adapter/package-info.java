/**
 * The machine's time and tasks for code that never heard of it: {@code java.time.Clock}, Guava's
 * {@code Ticker}, {@code ScheduledExecutorService}.
 *
 * <p>{@link jiffy.runtime.adapter.Adapters} makes them. May be called from any thread, a task of
 * the machine or not; what waits, from process context only. A scheduler's queue and workers are
 * guarded by its {@link jiffy.runtime.adapter.Crew}'s monitor, a worker's job by the worker's;
 * neither is held while anybody waits, and none within the other. Nothing of Linux's is followed
 * here; the contracts are the JDK's.
 */
package jiffy.runtime.adapter;
