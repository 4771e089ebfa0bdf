package jiffy.benchmarks.timers;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.function.Predicate;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.ProcessThreads;

/**
 * What pending timers cost: bytes each, and processor time while nothing happens.
 *
 * <p>Arguments: facility, boot line, number, seconds to stay idle. The heap is compared after
 * collections: from before the timers' own objects were made, and from after that. A facility
 * without objects of its own makes them when arming.
 */
final class PendingMain {
  static final String BYTES = "bytes/timer";
  static final String ARMING_BYTES = "of it by arming";
  static final String ALLOCATED_ARM = "allocated/arm";
  static final String ALLOCATED_PUSH = "allocated/push-back";
  static final String IDLE_OWN = "its threads' CPU %";
  static final String IDLE_WAKES = "their wake-ups/10 s";
  static final String IDLE_ALL = "process CPU %";

  private static final int NEAREST_MILLIS = 600_000;
  private static final int RANGE_MILLIS = 60_000;
  private static final int COLLECTIONS = 3;
  private static final long SETTLE_MILLIS = 300;
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private PendingMain() {}

  /** The fork. */
  public static void main(String[] args) throws InterruptedException {
    int count = Integer.parseInt(args[2]);
    int idleSeconds = Integer.parseInt(args[3]);
    ProcessThreads before = ProcessThreads.now();
    try (Facility facility = Facility.open(args[0], args[1], () -> {})) {
      warmUp(facility);
      long empty = usedHeap();
      try (Facility.Hand hand = facility.hand(count)) {
        if (count > 0) {
          measureBytes(hand, count, empty);
        }
        if (idleSeconds > 0) {
          measureIdle(before, idleSeconds);
        }
      }
    }
    System.exit(0); // a peer's thread may be of the kind that keeps a JVM
  }

  private static void warmUp(Facility facility) throws InterruptedException {
    try (Facility.Hand hand = facility.hand(10)) {
      for (int i = 0; i < 10; i++) {
        hand.arm(i, NEAREST_MILLIS);
        hand.pushBack(i, NEAREST_MILLIS + 1);
      }
    }
    Thread.sleep(SETTLE_MILLIS);
  }

  private static void measureBytes(Facility.Hand hand, int count, long empty)
      throws InterruptedException {
    final long made = usedHeap();
    long start = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < count; i++) {
      hand.arm(i, NEAREST_MILLIS + (int) ((long) i * RANGE_MILLIS / count));
    }
    long armed = THREADS.getCurrentThreadAllocatedBytes();
    final long full = usedHeap();
    long again = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < count; i++) {
      hand.pushBack(i, NEAREST_MILLIS + (int) ((long) i * RANGE_MILLIS / count));
    }
    long pushed = THREADS.getCurrentThreadAllocatedBytes();
    Forks.figure(BYTES, (double) (full - empty) / count);
    Forks.figure(ARMING_BYTES, (double) (full - made) / count);
    Forks.figure(ALLOCATED_ARM, (double) (armed - start) / count);
    Forks.figure(ALLOCATED_PUSH, (double) (pushed - again) / count);
  }

  private static void measureIdle(ProcessThreads beforeFacility, int seconds)
      throws InterruptedException {
    Thread.sleep(2 * 1000L); // what was cancelled is swept, the compilers come to rest
    ProcessThreads start = ProcessThreads.now();
    Thread.sleep(seconds * 1000L);
    ProcessThreads end = ProcessThreads.now();
    Predicate<String> own = start.newSince(beforeFacility);
    Forks.figure(IDLE_OWN, end.cpuPercentSince(start, own));
    Forks.figure(IDLE_WAKES, end.wakesSince(start, own) * 10 / seconds);
    Forks.figure(IDLE_ALL, end.cpuPercentSince(start, id -> true));
  }

  private static long usedHeap() throws InterruptedException {
    Thread.sleep(SETTLE_MILLIS);
    for (int i = 0; i < COLLECTIONS; i++) {
      System.gc();
    }
    Thread.sleep(SETTLE_MILLIS);
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }
}
