/**
 * The timers suite: {@code scripts/bench timers [--rounds N] [--quick] [--all] [--only TEXT]}.
 *
 * <p>A {@link jiffy.benchmarks.timers.Facility} is one way to have timers, Jiffy's or a peer's; all
 * measurements are written against it. {@link jiffy.benchmarks.timers.TimerBenchmark} (JMH) costs
 * operations, the {@code *Main} classes cost what JMH cannot: each is forked into a JVM of its own
 * by {@link jiffy.benchmarks.timers.TimersSuite}, which says who is measured where and what is
 * owed.
 */
package jiffy.benchmarks.timers;
