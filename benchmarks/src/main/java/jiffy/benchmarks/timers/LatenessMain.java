package jiffy.benchmarks.timers;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import jiffy.benchmarks.report.Forks;
import jiffy.benchmarks.report.ProcessThreads;
import org.HdrHistogram.SynchronizedHistogram;

/**
 * How late timers are: a thousand a second, 1 to 60 ms away, against the clock as it was before the
 * call plus the delay. Nobody may be early.
 *
 * <p>Arguments: facility, boot line, seconds. The first second is not counted.
 */
final class LatenessMain {
  static final String EARLY = "early";
  static final String P50 = "p50 us";
  static final String P99 = "p99 us";

  private static final long PERIOD_NANOS = 1_000_000L;
  private static final int WARM_UP_CALLS = 1_000;
  private static final int MOST_MILLIS = 60;

  private final SynchronizedHistogram lateness = new SynchronizedHistogram(3);
  private final AtomicLong earliest = new AtomicLong(Long.MAX_VALUE);
  private final AtomicLong early = new AtomicLong();

  private LatenessMain() {}

  /** The fork. */
  public static void main(String[] args) throws InterruptedException {
    int calls = WARM_UP_CALLS + Integer.parseInt(args[2]) * 1_000;
    LatenessMain run = new LatenessMain();
    try (Facility facility = Facility.open(args[0], args[1], () -> {});
        Facility.Hand hand = facility.hand(0)) {
      run.drive(hand, calls);
    }
    run.print();
    System.exit(0);
  }

  private void drive(Facility.Hand hand, int calls) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(1);
    ProcessThreads start = ProcessThreads.now();
    long next = System.nanoTime();
    for (int i = 0; i < calls; i++) {
      if (i == WARM_UP_CALLS) {
        start = ProcessThreads.now();
      }
      int delayMillis = 1 + random.nextInt(MOST_MILLIS);
      boolean counts = i >= WARM_UP_CALLS;
      long due = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
      hand.once(delayMillis, () -> expired(counts, System.nanoTime() - due));
      next += PERIOD_NANOS;
      while (System.nanoTime() < next) {
        LockSupport.parkNanos(next - System.nanoTime());
      }
    }
    ProcessThreads end = ProcessThreads.now();
    Forks.figure("process CPU %", end.cpuPercentSince(start, end.working()));
    Thread.sleep(10L * MOST_MILLIS);
    if (lateness.getTotalCount() != calls - WARM_UP_CALLS) {
      throw new IllegalStateException(
          lateness.getTotalCount() + " of " + (calls - WARM_UP_CALLS) + " timers have fired");
    }
  }

  private void expired(boolean counts, long lateNanos) {
    if (counts) {
      lateness.recordValue(Math.max(0, lateNanos));
      earliest.accumulateAndGet(lateNanos, Math::min);
      if (lateNanos < 0) {
        early.incrementAndGet();
      }
    }
  }

  private void print() {
    Forks.figure(EARLY, early.get());
    Forks.figure("min us", earliest.get() / 1e3);
    Forks.figure(P50, lateness.getValueAtPercentile(50) / 1e3);
    Forks.figure(P99, lateness.getValueAtPercentile(99) / 1e3);
    Forks.figure("p99.9 us", lateness.getValueAtPercentile(99.9) / 1e3);
  }
}
