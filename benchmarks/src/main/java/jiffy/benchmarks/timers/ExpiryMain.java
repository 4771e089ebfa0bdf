package jiffy.benchmarks.timers;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.ProcessThreads;

/**
 * Processor time of all threads but the compilers for each of N timers that expire, spread over a
 * second, each with a callback that counts; what an idle JVM costs in that time is subtracted.
 *
 * <p>Arguments: facility, boot line, number. The first pass warms up, the second counts.
 */
final class ExpiryMain {
  static final String CPU = "CPU ns/timer";

  private static final int NEAREST_MILLIS = 1_200;
  private static final int RANGE_MILLIS = 1_000;
  private static final long PATIENCE_NANOS = 30_000_000_000L;
  private static final long IDLE_MILLIS = 500;

  private ExpiryMain() {}

  /** Counts on one thread, read by another. */
  private static final class Count implements Runnable {
    private static final VarHandle VALUE;

    static {
      try {
        VALUE = MethodHandles.lookup().findVarHandle(Count.class, "value", int.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private int value;

    @Override
    public void run() {
      VALUE.setRelease(this, value + 1);
    }

    int get() {
      return (int) VALUE.getAcquire(this);
    }
  }

  /** The fork. */
  public static void main(String[] args) throws InterruptedException {
    int count = Integer.parseInt(args[2]);
    pass(args[0], args[1], count);
    Forks.figure(CPU, pass(args[0], args[1], count));
    System.exit(0);
  }

  /** A facility of its own for each pass: a peer that is driven cannot be armed any more. */
  private static double pass(String name, String boot, int count) throws InterruptedException {
    Count expired = new Count();
    SplittableRandom random = new SplittableRandom(1);
    try (Facility facility = Facility.open(name, boot, expired);
        Facility.Hand hand = facility.hand(count)) {
      for (int i = 0; i < count; i++) {
        hand.arm(i, NEAREST_MILLIS + random.nextInt(RANGE_MILLIS));
      }
      facility.drive();
      System.gc();
      Thread.sleep(100); // a peer's thread takes over what was armed
      final ProcessThreads start = ProcessThreads.now();
      int early = expired.get();
      final long deadline = System.nanoTime() + PATIENCE_NANOS;
      while (expired.get() < count) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException(expired.get() + " of " + count + " have expired");
        }
        Thread.sleep(20);
      }
      ProcessThreads end = ProcessThreads.now();
      Thread.sleep(IDLE_MILLIS);
      ProcessThreads after = ProcessThreads.now();
      Predicate<String> working = after.working();
      double idle = after.cpuSince(end, working) / after.nanosSince(end) * end.nanosSince(start);
      return (end.cpuSince(start, working) - idle) / (count - early);
    }
  }
}
