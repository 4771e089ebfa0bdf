package jiffy.benchmarks.timers;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import jiffy.benchmarks.report.Goal;
import jiffy.benchmarks.report.Plan;
import jiffy.benchmarks.report.Report;
import jiffy.benchmarks.timers.OpCell.Op;
import jiffy.benchmarks.timers.OpCell.Who;

/**
 * Which operations are measured, for whom, at which size; and what is owed.
 *
 * <p>Clocks are never free: who is labelled clock/64 reads its own once every 64 operations; Netty,
 * the executor and Kafka read theirs for every arming.
 */
final class Ops {
  /** Jiffy's kernels; the first is measured in all variants. */
  private static final List<String> KERNELS =
      List.of("hz=250", "hz=1000", "hz=250 timer_wheel=cascading");

  private static final Who NETTY = peer("netty, 1 ms", "netty");
  private static final Who EXECUTOR = peer("STPE, remove-on-cancel", "stpe");
  private static final Who KAFKA = peer("kafka SystemTimer", "kafka");
  private static final Who AGRONA = peer("agrona, clock/64, no lock", "agrona");
  private static final Who AGRONA_LOCKED = peer("agrona, clock/64, locked", "agrona+lock");
  private static final Who CAFFEINE = peer("caffeine wheel, clock/64, no lock", "caffeine");
  private static final Who CAFFEINE_LOCKED =
      peer("caffeine wheel, clock/64, locked", "caffeine+lock");

  private static final int SMALL = 1_000;
  private static final int MIDDLE = 100_000;
  private static final int LARGE = 1_000_000;
  private static final int HUGE = 10_000_000;
  private static final long MEMORY_FOR_HUGE = 14L << 30;

  private final Plan plan;
  private final List<OpCell> cells = new ArrayList<>();

  Ops(Plan plan) {
    this.plan = plan;
    oneThread();
    twoThreads();
  }

  private static Who peer(String label, String facility) {
    return new Who(label, facility, "", false);
  }

  private static Who task(String kernel) {
    return new Who("jiffy " + kernel + ", task, clock/call", "jiffy", line(kernel), true);
  }

  private static Who batch(String kernel) {
    return new Who("jiffy " + kernel + ", task, clock/64", "jiffy-batch", line(kernel), true);
  }

  private static Who attached(String kernel) {
    return new Who("jiffy " + kernel + ", attached, clock/call", "jiffy", line(kernel), false);
  }

  private static String line(String kernel) {
    return kernel + " nr_cpus=2";
  }

  private static boolean isFirst(String kernel) {
    return kernel.equals(KERNELS.get(0));
  }

  private void oneThread() {
    String first = KERNELS.get(0);
    for (int n : new int[] {SMALL, MIDDLE, LARGE}) {
      boolean most = plan.all() || n == MIDDLE;
      KERNELS.forEach(k -> add(Op.SLIDING, task(k), n, 1, true));
      add(Op.SLIDING, batch(first), n, 1, true);
      add(Op.SLIDING, attached(first), n, 1, most);
      add(Op.SLIDING, NETTY, n, 1, true);
      add(Op.SLIDING, KAFKA, n, 1, plan.all() || n != SMALL);
      add(Op.SLIDING, EXECUTOR, n, 1, most);
      add(Op.SLIDING, AGRONA, n, 1, most);
      add(Op.SLIDING, CAFFEINE, n, 1, true);
    }
    boolean huge = physicalMemory() >= MEMORY_FOR_HUGE;
    add(Op.SLIDING, task(first), HUGE, 1, huge);
    add(Op.SLIDING, NETTY, HUGE, 1, huge);
    for (int n : new int[] {SMALL, MIDDLE, LARGE}) {
      boolean most = plan.all() || n == MIDDLE;
      KERNELS.forEach(k -> add(Op.RANDOM, task(k), n, 1, plan.all() || isFirst(k)));
      add(Op.RANDOM, NETTY, n, 1, true);
      add(Op.RANDOM, KAFKA, n, 1, plan.all() || n == LARGE);
      add(Op.RANDOM, EXECUTOR, n, 1, plan.all());
      add(Op.RANDOM, AGRONA, n, 1, most);
      add(Op.RANDOM, CAFFEINE, n, 1, most);
    }
    for (int n : new int[] {SMALL, MIDDLE, LARGE}) {
      boolean most = plan.all() || n == MIDDLE;
      KERNELS.forEach(k -> add(Op.ARM_CANCEL, task(k), n, 1, most || isFirst(k)));
      add(Op.ARM_CANCEL, batch(first), n, 1, plan.all() || n != SMALL);
      add(Op.ARM_CANCEL, attached(first), n, 1, plan.all());
      add(Op.ARM_CANCEL, NETTY, n, 1, true);
      add(Op.ARM_CANCEL, KAFKA, n, 1, plan.all() || n == LARGE);
      add(Op.ARM_CANCEL, EXECUTOR, n, 1, most);
      add(Op.ARM_CANCEL, AGRONA, n, 1, true);
      add(Op.ARM_CANCEL, CAFFEINE, n, 1, most);
    }
  }

  private void twoThreads() {
    for (Op op : List.of(Op.SLIDING, Op.ARM_CANCEL)) {
      KERNELS.forEach(k -> add(op, task(k), MIDDLE, 2, op == Op.SLIDING || isFirst(k)));
      add(op, batch(KERNELS.get(0)), MIDDLE, 2, true);
      add(op, attached(KERNELS.get(0)), MIDDLE, 2, plan.all() || op == Op.SLIDING);
      add(op, NETTY, MIDDLE, 2, true);
      add(op, KAFKA, MIDDLE, 2, true);
      add(op, EXECUTOR, MIDDLE, 2, plan.all() || op == Op.SLIDING);
      add(op, AGRONA_LOCKED, MIDDLE, 2, true);
      add(op, CAFFEINE_LOCKED, MIDDLE, 2, true);
    }
  }

  private void add(Op op, Who who, int pending, int threads, boolean wanted) {
    OpCell cell = new OpCell(op, who, pending, threads);
    if (wanted && plan.wants(cell.section()) && (!plan.quick() || pending <= MIDDLE)) {
      cells.add(cell);
    }
  }

  private static long physicalMemory() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }

  /** One sample of each cell; those of one operation and size follow each other. */
  void round(Report report) {
    String last = "";
    for (OpCell cell : cells) {
      String now = cell.section() + ", " + OpCell.column(cell.pending());
      if (!now.equals(last)) {
        Plan.progress(now);
        last = now;
      }
      cell.run(plan, report);
    }
  }

  /** The order of the table: Jiffy's rows first. */
  void rows(Report report) {
    cells.stream()
        .filter(cell -> isOurs(cell.who()))
        .forEach(cell -> report.row(cell.section(), cell.who().label()));
    cells.forEach(cell -> report.row(cell.section(), cell.who().label()));
  }

  private static boolean isOurs(Who who) {
    return !who.boot().isEmpty();
  }

  /** What is owed. Against peers whose clock is read once in 64, so is ours. */
  void goals(Report report) {
    String kernel = KERNELS.get(0);
    for (int n : new int[] {SMALL, MIDDLE, LARGE}) {
      ahead(report, "push-back sliding", Op.SLIDING, n, 1, task(kernel), NETTY, 2);
    }
    ahead(report, "push-back sliding", Op.SLIDING, LARGE, 1, task(kernel), KAFKA, 2);
    ahead(report, "push-back sliding", Op.SLIDING, MIDDLE, 2, task(kernel), NETTY, 4);
    ahead(report, "push-back sliding", Op.SLIDING, MIDDLE, 2, batch(kernel), CAFFEINE_LOCKED, 1.5);
    for (int n : new int[] {SMALL, MIDDLE, LARGE}) {
      ahead(report, "arm + cancel", Op.ARM_CANCEL, n, 1, task(kernel), NETTY, 2);
    }
  }

  private void ahead(
      Report report, String what, Op op, int n, int threads, Who ours, Who peer, double times) {
    String section = OpCell.section(op, threads);
    if (!plan.wants(section)) {
      return;
    }
    String column = OpCell.column(n);
    String title = what + ", " + column + ", " + threads + " thr, " + peer.label();
    report.goal(
        new Goal(title, section, column, ours.label(), peer.label(), Goal.Kind.TIMES_AHEAD, times));
  }
}
