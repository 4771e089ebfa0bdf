/**
 * JMH benchmarks: Jiffy through its public API with all checks on, beside its peers in the same
 * run.
 *
 * <p>{@code scripts/bench} says how to run them. Here are single benchmarks; suites, which print a
 * table with what is owed, have rooms of their own: {@link jiffy.benchmarks.timers} and {@link
 * jiffy.benchmarks.hrtimers}. Nothing depends on this room.
 */
package jiffy.benchmarks;
