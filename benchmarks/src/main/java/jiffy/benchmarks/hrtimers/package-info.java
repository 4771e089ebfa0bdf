/**
 * The hrtimers suite: {@code scripts/bench hrtimers [--rounds N] [--quick]}.
 *
 * <p>A thing to do every millisecond, and how late it is done: by Jiffy's hrtimers, parked and
 * spinning, by the JDK's executor, by a loop of parkNanos, and by a C program ({@code
 * src/main/c/nanosleep.c}) that is compiled if a compiler is found. {@link
 * jiffy.benchmarks.hrtimers.HrtimersSuite} forks each into a process of its own.
 */
package jiffy.benchmarks.hrtimers;
