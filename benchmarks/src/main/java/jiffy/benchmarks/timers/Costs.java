package jiffy.benchmarks.timers;

import java.util.List;
import java.util.Map;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;

/** What JMH cannot measure: expiry, memory, rest, lateness. */
final class Costs {
  /** A row: label, facility, boot line. */
  private record Who(String label, String facility, String boot) {}

  private static final String EXPIRY = "expiry of 1e6 within 1 s";
  private static final String PENDING = "1e6 pending: bytes";
  private static final String IDLE = "1e6 pending, idle";
  private static final String LATENESS = "lateness, 1000 timers/s of 1-60 ms, HZ 1000";
  private static final String HZ_250 = "hz=250 nr_cpus=2";
  private static final String HZ_1000 = "hz=1000 nr_cpus=2";
  private static final Who JIFFY = new Who("jiffy hz=250", "jiffy", HZ_250);
  private static final Who JIFFY_1000 = new Who("jiffy hz=1000", "jiffy", HZ_1000);
  private static final Who JIFFY_EXACT = new Who("jiffy hz=1000, slack 0", "jiffy-exact", HZ_1000);
  private static final Who JIFFY_CASCADING =
      new Who("jiffy hz=250 timer_wheel=cascading", "jiffy", HZ_250 + " timer_wheel=cascading");
  private static final Who NETTY = new Who("netty, 1 ms", "netty", "");
  private static final Who EXECUTOR = new Who("STPE, remove-on-cancel", "stpe", "");
  private static final Who KAFKA = new Who("kafka SystemTimer", "kafka", "");
  private static final Who AGRONA = new Who("agrona, polled each ms", "agrona", "");
  private static final String EMPTY_KERNEL = "jiffy hz=250, nothing armed";
  private static final List<String> HEAP = List.of("-Xmx4g", "-Xms1g");

  /** Every so many rounds the idle figures are taken: they need time, and hardly vary. */
  private static final int IDLE_EVERY = 3;

  private static final double MOST_BYTES = 56;

  /** What the JVM allocates once, divided by so many timers. */
  private static final double NO_BYTES = 0.01;

  private static final double MOST_IDLE_PERCENT = 0.2;
  private static final double TWO_JIFFIES_MICROS = 2_000;
  private static final double TIMES_NETTY = 3;

  private final Plan plan;
  private final String many;

  Costs(Plan plan) {
    this.plan = plan;
    this.many = plan.quick() ? "100000" : "1000000";
  }

  /** One sample of each. */
  void round(Report report, int round) {
    if (plan.wants(EXPIRY)) {
      Plan.progress(EXPIRY);
      for (Who who : List.of(JIFFY, JIFFY_CASCADING, NETTY, EXECUTOR, AGRONA)) {
        report.add(EXPIRY, who.label, fork(ExpiryMain.class, who, many));
      }
    }
    boolean idle = plan.wants(IDLE) && round % IDLE_EVERY == 0;
    if (plan.wants(PENDING) || idle) {
      pending(report, idle);
    }
    if (plan.wants(LATENESS)) {
      Plan.progress(LATENESS);
      String seconds = plan.quick() ? "1" : "4";
      for (Who who : List.of(JIFFY_1000, JIFFY_EXACT, NETTY, EXECUTOR)) {
        report.add(LATENESS, who.label, fork(LatenessMain.class, who, seconds));
      }
    }
  }

  private void pending(Report report, boolean idle) {
    String seconds = !idle ? "0" : plan.quick() ? "2" : "10";
    Plan.progress(PENDING + (idle ? "; idle for " + seconds + " s each" : ""));
    for (Who who : List.of(JIFFY, NETTY, EXECUTOR, KAFKA)) {
      boolean rests = idle && (plan.all() || who != KAFKA);
      Map<String, Double> figures = fork(PendingMain.class, who, many, rests ? seconds : "0");
      figures.forEach(
          (name, value) -> report.add(isIdle(name) ? IDLE : PENDING, who.label, name, value));
    }
    if (idle) {
      report.add(IDLE, EMPTY_KERNEL, fork(PendingMain.class, JIFFY, "0", seconds));
    }
  }

  private static boolean isIdle(String figure) {
    return List.of(PendingMain.IDLE_OWN, PendingMain.IDLE_WAKES, PendingMain.IDLE_ALL)
        .contains(figure);
  }

  private static Map<String, Double> fork(Class<?> main, Who who, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = who.facility;
    all[1] = who.boot;
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Forks.java(HEAP, main, all);
  }

  /** What is owed. */
  void goals(Report report) {
    goal(
        report,
        new Goal(
            "expiry, CPU, netty",
            EXPIRY,
            ExpiryMain.CPU,
            JIFFY.label,
            NETTY.label,
            Goal.Kind.TIMES_AHEAD,
            TIMES_NETTY));
    atMost(report, "bytes per pending timer", PENDING, PendingMain.BYTES, JIFFY.label, MOST_BYTES);
    atMost(report, "bytes per arm", PENDING, PendingMain.ALLOCATED_ARM, JIFFY.label, NO_BYTES);
    atMost(
        report, "bytes per push-back", PENDING, PendingMain.ALLOCATED_PUSH, JIFFY.label, NO_BYTES);
    atMost(
        report,
        "idle CPU %, 1e6 pending",
        IDLE,
        PendingMain.IDLE_OWN,
        JIFFY.label,
        MOST_IDLE_PERCENT);
    atMost(report, "wakes of an empty kernel", IDLE, PendingMain.IDLE_WAKES, EMPTY_KERNEL, 0);
    atMost(report, "never early", LATENESS, LatenessMain.EARLY, JIFFY_1000.label, 0);
    atMost(report, "never early, slack 0", LATENESS, LatenessMain.EARLY, JIFFY_EXACT.label, 0);
    goal(
        report,
        new Goal(
            "p99 us <= 2 jiffies + wake (STPE's)",
            LATENESS,
            LatenessMain.P99,
            JIFFY_1000.label,
            EXECUTOR.label,
            Goal.Kind.POINTS_MORE,
            TWO_JIFFIES_MICROS));
  }

  private void atMost(
      Report report, String what, String section, String column, String row, double bound) {
    goal(report, new Goal(what, section, column, row, null, Goal.Kind.AT_MOST, bound));
  }

  private void goal(Report report, Goal goal) {
    if (plan.wants(goal.section())) {
      report.goal(goal);
    }
  }
}
