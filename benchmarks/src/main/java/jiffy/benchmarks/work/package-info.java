/**
 * Deferred work, {@code scripts/bench work}: what it costs to hand a small piece of work to another
 * thread, for tasklets and work items beside their peers. {@link jiffy.benchmarks.work.WorkSuite}
 * runs them interleaved and prints one table; {@link jiffy.benchmarks.work.Deferral} is one way to
 * hand work over.
 */
package jiffy.benchmarks.work;
