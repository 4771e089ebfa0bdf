package jiffy.benchmarks.printk;

import java.util.List;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.report.Surroundings;

/**
 * printk beside its peers, with one writer and with two, as a table. {@code scripts/bench printk}.
 */
public final class PrintkSuite {
  private static final int ROUNDS = 5;
  private static final int LINES = 4_000_000;
  private static final int QUICK_LINES = 100_000;

  /** Agrona's buffers use it. */
  private static final String INTERNAL = "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";

  /** A row: label, name of the {@link Target}. */
  private record Who(String label, String name) {}

  private static final Who PRINTK = new Who("jiffy, printk", "jiffy");
  private static final Who FLOOR = new Who("format and clock alone", "floor");
  private static final Who BROADCAST = new Who("Agrona BroadcastTransmitter", "broadcast");
  private static final Who MANY_TO_ONE = new Who("Agrona ManyToOneRingBuffer", "many-to-one");
  private static final Who ASYNC = new Who("Log4j async, RandomAccessFile", "log4j-async-file");
  private static final List<Who> ALL =
      List.of(
          PRINTK,
          new Who("jiffy, printk, stored as text", "jiffy-text"),
          FLOOR,
          BROADCAST,
          MANY_TO_ONE,
          new Who("JCTools MpscArrayQueue of String", "jctools"),
          new Who("ArrayDeque of String in a lock", "deque"),
          new Who("Log4j sync, Null", "log4j-null"),
          new Who("Log4j async, Null", "log4j-async-null"),
          ASYNC,
          new Who("JUL MemoryHandler", "jul"));

  private PrintkSuite() {}

  /** See {@link Plan}. */
  public static void main(String[] args) {
    Plan plan;
    try {
      plan = Plan.parse(ROUNDS, args);
    } catch (IllegalArgumentException e) {
      System.err.println("bench printk: " + e.getMessage());
      System.exit(2);
      return;
    }
    Report report = new Report();
    goals(report);
    String lines = Integer.toString(plan.quick() ? QUICK_LINES : LINES);
    Surroundings around = new Surroundings();
    for (int round = 0; round < plan.rounds(); round++) {
      Plan.progress("round " + (round + 1) + " of " + plan.rounds());
      for (int writers = 1; writers <= 2; writers++) {
        for (Who who : ALL) {
          if (plan.wants(section(writers))) {
            report.add(
                section(writers),
                who.label,
                Forks.java(
                    List.of("-Xmx1g", INTERNAL),
                    PrintkMain.class,
                    who.name,
                    Integer.toString(writers),
                    lines));
          }
        }
      }
    }
    if (plan.quick()) {
      report.note("a --quick run: few lines, no warm-up to speak of: the figures mean nothing");
    }
    report.print(System.out, "printk, " + plan.rounds() + " rounds", around);
  }

  private static String section(int writers) {
    return "80 bytes with a number, the time in front, "
        + writers
        + (writers == 1 ? " writer" : " writers");
  }

  private static void goals(Report report) {
    ahead(report, 1, BROADCAST, 1.2);
    ahead(report, 1, MANY_TO_ONE, 1.7);
    ahead(report, 1, ASYNC, 5);
    goal(report, 1, FLOOR, Goal.Kind.TIMES_OF, 1.5);
    ahead(report, 2, MANY_TO_ONE, 1.5);
    ahead(report, 2, ASYNC, 4);
    for (int writers = 1; writers <= 2; writers++) {
      report.goal(
          new Goal(
              PrintkMain.BYTES + ", " + writers,
              section(writers),
              PrintkMain.BYTES,
              PRINTK.label,
              null,
              Goal.Kind.AT_MOST,
              0.1));
    }
  }

  private static void ahead(Report report, int writers, Who peer, double bound) {
    goal(report, writers, peer, Goal.Kind.TIMES_AHEAD, bound);
  }

  private static void goal(Report report, int writers, Who peer, Goal.Kind kind, double bound) {
    report.goal(
        new Goal(
            peer.label + ", " + writers,
            section(writers),
            PrintkMain.LINE,
            PRINTK.label,
            peer.label,
            kind,
            bound));
  }
}
