package jiffy.benchmarks.hrtimers;

import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.ProcessThreads;
import org.HdrHistogram.Histogram;

/**
 * How late the calls of a {@link Period} are, and what they cost. Arguments: stpe or park; the boot
 * line; seconds. Before that, the same at a quick pace, until the JVM has compiled what is called;
 * and the first half second is not counted.
 */
final class PeriodicMain {
  static final String P50 = "p50 us";
  static final String P99 = "p99 us";
  static final String CPU = "CPU %";

  private static final long WARM_UP_MILLIS = 500;
  private static final long QUICK_NANOS = 50_000;
  private static final long QUICK_MILLIS = 3_000;

  private PeriodicMain() {}

  /** The fork. */
  public static void main(String[] args) throws InterruptedException {
    long millis = 1000 * Long.parseLong(args[2]);
    try (Period quick = open(args[0], args[1], QUICK_NANOS)) {
      quick.start();
      Thread.sleep(QUICK_MILLIS);
    }
    Period period = open(args[0], args[1], Period.MEASURED_NANOS);
    try (period) {
      period.start();
      Thread.sleep(Period.LEAD_NANOS / Period.MEASURED_NANOS + WARM_UP_MILLIS);
      final ProcessThreads start = ProcessThreads.now();
      period.count(true);
      Thread.sleep(millis);
      period.count(false);
      ProcessThreads end = ProcessThreads.now();
      Forks.figure(CPU, end.cpuPercentSince(start, end.working()));
    }
    Histogram lateness = period.lateness();
    Forks.figure(P50, lateness.getValueAtPercentile(50) / 1e3);
    Forks.figure(P99, lateness.getValueAtPercentile(99) / 1e3);
    Forks.figure("p99.9 us", lateness.getValueAtPercentile(99.9) / 1e3);
    Forks.figure("calls", lateness.getTotalCount());
    System.exit(0);
  }

  private static Period open(String name, String boot, long nanos) {
    return switch (name) {
      case "jiffy" -> new JiffyPeriod(boot, nanos);
      case "stpe" -> new ExecutorPeriod(nanos);
      case "park" -> new ParkPeriod(nanos);
      default -> throw new IllegalArgumentException("no period is called " + name);
    };
  }
}
