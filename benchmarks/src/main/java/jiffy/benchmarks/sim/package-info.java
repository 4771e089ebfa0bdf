/**
 * What tests on virtual time cost, {@code scripts/bench sim}: a simulated machine, a thousand
 * schedules of a small test, with and without a module. {@link jiffy.benchmarks.sim.SimSuite} runs
 * them in rounds and prints one table; {@link jiffy.benchmarks.sim.Subject} is what is run.
 */
package jiffy.benchmarks.sim;
