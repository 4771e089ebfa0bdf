/**
 * How the suites measure and what they print: forked JVMs, the machine around them, one report.
 *
 * <p>Doors: {@link jiffy.benchmarks.report.Report} collects and prints, {@link
 * jiffy.benchmarks.report.Forks} runs a measurement in a JVM of its own, {@link
 * jiffy.benchmarks.report.ProcessThreads} reads what its threads cost. Nothing here knows what is
 * measured.
 */
package jiffy.benchmarks.report;
