package jiffy.benchmarks.timers;

import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.report.Surroundings;

/**
 * Timers beside their peers: rounds over all, so that a busy moment of the machine hits everybody,
 * and one table at the end. {@code scripts/bench timers}.
 */
public final class TimersSuite {
  private static final int ROUNDS = 3;

  private TimersSuite() {}

  /** See {@link Plan}. */
  public static void main(String[] args) {
    Plan plan;
    try {
      plan = Plan.parse(ROUNDS, args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench timers: " + e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Report();
    Ops ops = new Ops(plan);
    Costs costs = new Costs(plan);
    ops.rows(report);
    ops.goals(report);
    costs.goals(report);
    Surroundings around = new Surroundings();
    for (int round = 0; round < plan.rounds(); round++) {
      Plan.progress("round " + (round + 1) + " of " + plan.rounds());
      ops.round(report);
      costs.round(report, round);
    }
    if (plan.quick()) {
      report.note("a --quick run: fewer timers, no warm-up to speak of: the figures mean nothing");
    }
    report.note("ns/op leaves out what a peer's own thread burns; it had a CPU to itself");
    report.print(System.out, "timers, " + plan.rounds() + " rounds", around);
  }
}
