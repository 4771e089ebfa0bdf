package jiffy.benchmarks.modules;

import java.util.List;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.report.Surroundings;

/**
 * A thousand modules that need each other, in rounds, as a table, beside PF4J's own manager with
 * equal plugins. {@code scripts/bench modules}.
 */
public final class ModulesSuite {
  private static final int ROUNDS = 3;
  private static final int COUNT = 1_000;
  private static final int QUICK_COUNT = 100;

  /** The last tenth may take so many times as long as the first, and count as flat. */
  private static final double FLAT = 1.5;

  private record Who(String label, String manager) {}

  private static final List<Who> ALL =
      List.of(
          new Who("Jiffy, kernel modules", Manager.JIFFY),
          new Who("Jiffy, PF4J plugins", Manager.PLAIN),
          new Who("PF4J, the same plugins", Manager.PF4J));

  private ModulesSuite() {}

  /** See {@link Plan}. */
  public static void main(String[] args) {
    Plan plan;
    try {
      plan = Plan.parse(ROUNDS, args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench modules: " + e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Report();
    int count = plan.quick() ? QUICK_COUNT : COUNT;
    List<String> shapes = List.of(ModulesMain.CHAIN, ModulesMain.FAN);
    for (String shape : shapes) {
      if (plan.wants(section(shape))) {
        ALL.stream()
            .filter(who -> !who.manager.equals(Manager.PF4J))
            .forEach(who -> goals(report, shape, who));
      }
    }
    Surroundings around = new Surroundings();
    for (int round = 0; round < plan.rounds(); round++) {
      Plan.progress("round " + (round + 1) + " of " + plan.rounds());
      for (String shape : shapes) {
        for (Who who : plan.wants(section(shape)) ? ALL : List.<Who>of()) {
          report.add(
              section(shape),
              who.label,
              Forks.java(
                  List.of("-Xmx1g"),
                  ModulesMain.class,
                  who.manager,
                  shape,
                  Integer.toString(count)));
        }
      }
    }
    report.note("p50 of each tenth; memory after collections; all done once before, for the JIT");
    if (plan.quick()) {
      report.note("a --quick run, of " + QUICK_COUNT + " modules: the figures mean little");
    }
    report.print(System.out, "modules, " + plan.rounds() + " rounds", around);
  }

  private static String section(String shape) {
    return "1,000 modules, " + shape;
  }

  private static void goals(Report report, String shape, Who who) {
    atMost(report, shape, who, ModulesMain.GROWTH, FLAT);
    atMost(report, shape, who, ModulesMain.HEAP_GROWTH, FLAT);
    atMost(report, shape, who, ModulesMain.LEFT, 0);
  }

  private static void atMost(Report report, String shape, Who who, String column, double bound) {
    String what = who.label + ", " + shape + ", " + column;
    report.goal(new Goal(what, section(shape), column, who.label, null, Goal.Kind.AT_MOST, bound));
  }
}
