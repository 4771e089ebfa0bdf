package jiffy.benchmarks.work;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.report.Surroundings;

/**
 * Deferred work beside its peers: rounds over all, so that a busy moment of the machine hits
 * everybody, wake-ups even in turns, and one table at the end. {@code scripts/bench work}.
 */
public final class WorkSuite {
  private static final int ROUNDS = 5;
  private static final int PIECES = 6_000_000;
  private static final int QUICK_PIECES = 200_000;
  private static final int WAKES = 3_000;
  private static final int QUICK_WAKES = 100;
  private static final String SECTION = "a small piece of work, handed to one other thread";

  /** Agrona's queues use it. */
  private static final String INTERNAL = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

  private static final List<String> OPTIONS = List.of("-Xmx2g", INTERNAL);

  /** A row: label, name of the {@link Deferral}. */
  private record Who(String label, String name) {}

  private static final Who TASKLET = new Who("jiffy, tasklet", "tasklet");
  private static final Who WORK = new Who("jiffy, work on system_wq", "work");
  private static final Who EXECUTOR = new Who("ThreadPoolExecutor(1)", "tpe");
  private static final Who JCTOOLS = new Who("JCTools MpscUnboundedXadd + park", "jctools");
  private static final Who FORK_JOIN = new Who("ForkJoinPool(1, async)", "fjp");
  private static final Who AGRONA = new Who("Agrona agent, backoff", "agrona");
  private static final List<Who> ALL =
      List.of(
          TASKLET,
          WORK,
          new Who("jiffy, work on an ordered queue", "work-unbound"),
          EXECUTOR,
          FORK_JOIN,
          new Who("Disruptor, blocking", "disruptor"),
          JCTOOLS,
          AGRONA);

  private static final double TIMES_JCTOOLS = 1.2;
  private static final double TIMES_EXECUTOR = 1.5;
  private static final double WAKE_TIMES_BEST = 1.1;

  private WorkSuite() {}

  /** See {@link Plan}. */
  public static void main(String[] args) {
    Plan plan;
    try {
      plan = Plan.parse(ROUNDS, args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench work: " + e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Report();
    for (Who ours : List.of(TASKLET, WORK)) {
      goal(report, ours, JCTOOLS, DeferralMain.ITEM, Goal.Kind.TIMES_OF, TIMES_JCTOOLS);
      goal(report, ours, EXECUTOR, DeferralMain.ITEM, Goal.Kind.TIMES_AHEAD, TIMES_EXECUTOR);
      for (Who peer : List.of(EXECUTOR, FORK_JOIN, JCTOOLS)) {
        goal(report, ours, peer, WakeMain.WAKE, Goal.Kind.TIMES_OF, WAKE_TIMES_BEST);
      }
    }
    String pieces = Integer.toString(plan.quick() ? QUICK_PIECES : PIECES);
    Surroundings around = new Surroundings();
    for (int round = 0; round < plan.rounds(); round++) {
      Plan.progress("round " + (round + 1) + " of " + plan.rounds());
      for (Who who : ALL) {
        report.add(SECTION, who.label, Forks.java(OPTIONS, DeferralMain.class, who.name, pieces));
      }
      wakes(report, plan, ALL.stream().filter(who -> who != AGRONA).toList());
      wakes(report, plan, List.of(AGRONA)); // which does not sleep, and would disturb the others
    }
    if (plan.quick()) {
      report.note("a --quick run: few pieces, few wake-ups: the figures mean nothing");
    }
    report.print(System.out, "work, " + plan.rounds() + " rounds", around);
  }

  /** One fork for all of them. */
  private static void wakes(Report report, Plan plan, List<Who> together) {
    List<String> arguments = new ArrayList<>();
    arguments.add(Integer.toString(plan.quick() ? QUICK_WAKES : WAKES));
    together.forEach(who -> arguments.add(who.name));
    Map<String, Double> figures =
        Forks.java(OPTIONS, WakeMain.class, arguments.toArray(String[]::new));
    for (Who who : together) {
      figures.forEach(
          (what, value) -> {
            if (what.startsWith(who.name + WakeMain.OF)) {
              String column = what.substring(who.name.length() + WakeMain.OF.length());
              report.add(SECTION, who.label, column, value);
            }
          });
    }
  }

  private static void goal(
      Report report, Who ours, Who peer, String column, Goal.Kind kind, double bound) {
    String what = ours.label + ", " + column + ", " + peer.label;
    report.goal(new Goal(what, SECTION, column, ours.label, peer.label, kind, bound));
  }
}
