/**
 * jcstress tests of how a CPU's threads go to sleep and are woken; each says what is forbidden.
 *
 * <p>{@code scripts/bench jcstress} runs all of them, {@code scripts/bench jcstress -t NAME -m
 * quick} some; reports go to {@code benchmarks/target/jcstress/results}. They drive the runtime's
 * real classes through their public doors; only the bottom, {@link
 * jiffy.benchmarks.stress.StressArch}, is a stand-in: there, going to sleep ends the actor.
 */
package jiffy.benchmarks.stress;
