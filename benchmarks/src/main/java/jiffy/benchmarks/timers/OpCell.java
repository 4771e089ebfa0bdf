package jiffy.benchmarks.timers;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.benchmarks.KernelThreads;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * One cell of the table of operations: a benchmark of {@link TimerBenchmark}, for one who.
 *
 * @param op the benchmark and its title
 * @param who the row
 * @param pending timers, of all threads together
 * @param threads that measure at once
 */
record OpCell(Op op, Who who, int pending, int threads) {
  /** The operations. */
  enum Op {
    /** Push-back, sliding. */
    SLIDING("pushBackSliding", "push-back, sliding expiry"),
    /** Push-back, random. */
    RANDOM("pushBackRandom", "push-back, random 30-90 s"),
    /** Arm and cancel. */
    ARM_CANCEL("armCancel", "arm + cancel beside N");

    private final String method;
    private final String title;

    Op(String method, String title) {
      this.method = method;
      this.title = title;
    }
  }

  /**
   * Who is measured.
   *
   * @param label of the row
   * @param facility see {@link Facility#open}
   * @param boot Jiffy's command line; anything for a peer
   * @param kernelThread whether the measuring threads carry their context in a field, as a kernel's
   *     own tasks do
   */
  record Who(String label, String facility, String boot, boolean kernelThread) {}

  private static final int HUGE = 10_000_000;

  static String section(Op op, int threads) {
    return op.title + ", " + threads + (threads == 1 ? " thread" : " threads") + ", ns/op a thread";
  }

  static String column(int pending) {
    return "N=1e" + Integer.toString(pending).chars().filter(digit -> digit == '0').count();
  }

  String section() {
    return section(op, threads);
  }

  /** Runs it in a fork, and adds the sample. */
  void run(Plan plan, Report report) {
    OptionsBuilder options = new OptionsBuilder();
    options
        .include(TimerBenchmark.class.getName().replace(".", "\\.") + "\\." + op.method + "$")
        .param("facility", who.facility)
        .param("boot", who.boot)
        .param("pending", Integer.toString(pending))
        .threads(threads)
        .jvmArgs(jvmArguments().toArray(String[]::new))
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT);
    if (plan.quick()) {
      options.warmupIterations(1).warmupTime(TimeValue.milliseconds(100));
      options.measurementIterations(1).measurementTime(TimeValue.milliseconds(150));
    }
    try {
      double nanos =
          new Runner(options.build()).run().iterator().next().getPrimaryResult().getScore();
      report.add(section(), who.label, column(pending), nanos);
    } catch (RunnerException e) {
      report.note(
          String.format(
              Locale.ROOT,
              "%s of %s with %s failed: %s",
              op.title,
              who.label,
              column(pending),
              e.getMessage()));
    }
  }

  private List<String> jvmArguments() {
    List<String> arguments = new ArrayList<>();
    arguments.add(pending >= HUGE ? "-Xmx10g" : "-Xmx4g");
    if (who.kernelThread) {
      arguments.add("-Djmh.executor=CUSTOM");
      arguments.add("-Djmh.executor.class=" + KernelThreads.class.getName());
    }
    return arguments;
  }
}
