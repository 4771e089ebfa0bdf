/**
 * JMH benchmarks: Jiffy through its public API with all checks on, beside its peers in the same
 * run.
 *
 * <p>{@code scripts/bench [REGEX]} runs them; or {@code java -cp
 * 'benchmarks/target/classes:benchmarks/target/lib/*' org.openjdk.jmh.Main}. Nothing depends on
 * this room.
 */
package jiffy.benchmarks;
