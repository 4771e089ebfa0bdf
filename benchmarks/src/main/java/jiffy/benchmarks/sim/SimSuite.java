package jiffy.benchmarks.sim;

import java.util.List;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.report.Surroundings;

/**
 * Simulated machines and explored schedules, in rounds, as a table; plain threads beside them, for
 * a machine is made of threads. {@code scripts/bench sim}.
 */
public final class SimSuite {
  private static final int ROUNDS = 3;
  private static final int TIMES = 1_000;
  private static final int QUICK_TIMES = 50;
  private static final String SECTION = "tests on virtual time, each figure of a fresh JVM";

  /** A row: label, name of the {@link Subject}. */
  private record Who(String label, String name) {}

  private static final Who MACHINE = new Who("machine started and closed", Subject.MACHINE);
  private static final Who TASKS = new Who("schedule of three tasks", Subject.TASKS);
  private static final List<Who> ALL =
      List.of(
          MACHINE,
          TASKS,
          new Who("schedule of a module, insmod to rmmod", Subject.MODULE),
          new Who("three plain threads, start and join", Subject.THREADS));

  private static final double MACHINE_MILLIS = 5;
  private static final double THOUSAND_SECONDS = 5;

  private SimSuite() {}

  /** See {@link Plan}. */
  public static void main(String[] args) {
    Plan plan;
    try {
      plan = Plan.parse(ROUNDS, args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench sim: " + e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Report();
    goal(report, MACHINE, SimMain.AFTER, MACHINE_MILLIS);
    goal(report, TASKS, SimMain.THOUSAND, THOUSAND_SECONDS);
    String times = Integer.toString(plan.quick() ? QUICK_TIMES : TIMES);
    Surroundings around = new Surroundings();
    for (int round = 0; round < plan.rounds(); round++) {
      Plan.progress("round " + (round + 1) + " of " + plan.rounds());
      for (Who who : ALL) {
        report.add(
            SECTION, who.label, Forks.java(List.of("-Xmx1g"), SimMain.class, who.name, times));
      }
    }
    if (plan.quick()) {
      report.note("a --quick run: scaled up from " + QUICK_TIMES + ": the figures mean nothing");
    }
    report.print(System.out, "sim, " + plan.rounds() + " rounds", around);
  }

  private static void goal(Report report, Who ours, String column, double bound) {
    String what = ours.label + ", " + column;
    report.goal(new Goal(what, SECTION, column, ours.label, null, Goal.Kind.AT_MOST, bound));
  }
}
