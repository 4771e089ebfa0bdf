package jiffy.benchmarks.hrtimers;

import java.util.List;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.report.Surroundings;

/**
 * A millisecond's period beside the peers, in rounds, as a table. {@code scripts/bench hrtimers}.
 */
public final class HrtimersSuite {
  /** A row: label, what {@link PeriodicMain} takes. */
  private record Who(String label, String variant, String boot) {}

  private static final int ROUNDS = 6;
  private static final int SECONDS = 5;
  private static final String SECTION = "period of 1 ms: how late, and at what cost";
  private static final String C = "C, clock_nanosleep, slack 1 ns";
  private static final Who PARKED = new Who("jiffy, parked", "jiffy", "nr_cpus=2");
  private static final Who SPINNING =
      new Who("jiffy, hrtimer_spin_ns=50000", "jiffy", "nr_cpus=2 hrtimer_spin_ns=50000");
  private static final List<Who> ALL =
      List.of(
          PARKED,
          SPINNING,
          new Who("STPE, fixed rate", "stpe", ""),
          new Who("parkNanos in a loop", "park", ""));

  private static final double PARKED_P50_TIMES_C = 1.3;
  private static final double PARKED_P99_TIMES_C = 2;
  private static final double SPINNING_P50_MICROS = 2;
  private static final double SPINNING_CPU_POINTS = 3;

  private HrtimersSuite() {}

  /** See {@link Plan}. */
  public static void main(String[] args) {
    Plan plan;
    try {
      plan = Plan.parse(ROUNDS, args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench hrtimers: " + e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Report();
    goals(report);
    boolean compiled = CompiledC.compile();
    if (!compiled) {
      report.note("no C compiler (cc, gcc, clang) was found: nothing to compare with");
    }
    int seconds = plan.quick() ? 1 : SECONDS;
    Surroundings around = new Surroundings();
    for (int round = 0; round < plan.rounds(); round++) {
      Plan.progress("round " + (round + 1) + " of " + plan.rounds());
      for (Who who : ALL) {
        report.add(
            SECTION,
            who.label,
            Forks.java(
                List.of(), PeriodicMain.class, who.variant, who.boot, Integer.toString(seconds)));
      }
      if (compiled) {
        report.add(SECTION, C, CompiledC.run(seconds));
      }
    }
    if (plan.quick()) {
      report.note("a --quick run: one second each: the tails mean nothing");
    }
    report.print(System.out, "hrtimers, " + plan.rounds() + " rounds", around);
  }

  private static void goals(Report report) {
    goal(report, PARKED, PeriodicMain.P50, Goal.Kind.TIMES_OF, PARKED_P50_TIMES_C);
    goal(report, PARKED, PeriodicMain.P99, Goal.Kind.TIMES_OF, PARKED_P99_TIMES_C);
    goal(report, SPINNING, PeriodicMain.P50, Goal.Kind.AT_MOST, SPINNING_P50_MICROS);
    String what = SPINNING.label + ", " + PeriodicMain.CPU + ", parked";
    report.goal(
        new Goal(
            what,
            SECTION,
            PeriodicMain.CPU,
            SPINNING.label,
            PARKED.label,
            Goal.Kind.POINTS_MORE,
            SPINNING_CPU_POINTS));
  }

  private static void goal(Report report, Who ours, String column, Goal.Kind kind, double bound) {
    String peer = kind == Goal.Kind.AT_MOST ? null : C;
    String what = ours.label + ", " + column + (peer == null ? "" : ", " + peer);
    report.goal(new Goal(what, SECTION, column, ours.label, peer, kind, bound));
  }
}
