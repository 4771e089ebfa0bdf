package jiffy.benchmarks.work;

import com.sun.management.ThreadMXBean;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.management.ManagementFactory;
import java.util.concurrent.locks.LockSupport;
import jiffy.benchmarks.report.Forks;
import jiffy.runtime.arch.CacheLine;
import org.HdrHistogram.Histogram;

/**
 * What a {@link Deferral} costs. Arguments: its name; how many pieces are handed over.
 *
 * <p>Throughput: bursts, each of which is awaited; as many again warm up. Wake-up: one piece at a
 * time, to a thread that has had a millisecond to fall asleep; with shorter naps until all that is
 * on the way from asleep to awake has been compiled.
 */
final class DeferralMain {
  static final String ITEM = "ns/item";
  static final String BYTES = "bytes/item";
  static final String WAKE = "wake p50 us";

  private static final int BURST = 1 << 10;
  private static final int WAKES = 3_000;

  /** A method is compiled for good after some 5,000 calls, and those that it calls before it. */
  private static final int WARM_WAKES = 16_000;

  private static final int WARM_WAKES_AS_MEASURED = 500;
  private static final long NAP_NANOS = 1_000_000;
  private static final long WARM_NAP_NANOS = 50_000;

  private final Count done = new Count();
  private volatile long ranAt;
  private long wanted;

  /**
   * How many pieces have run. In cache lines of its own: who runs them writes it for each, and
   * would take from who hands them over what happens to lie beside it.
   */
  private static final class Count extends CacheLine {
    static final VarHandle RAN;

    static {
      try {
        RAN = MethodHandles.lookup().findVarHandle(Count.class, "ran", long.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    long ran;

    @SuppressWarnings("unused") // nothing but room
    long back0, back1, back2, back3, back4, back5, back6;
  }

  private DeferralMain() {}

  /** The fork. */
  public static void main(String[] args) {
    DeferralMain main = new DeferralMain();
    try (Deferral deferral = Deferral.open(args[0], BURST, main::ran)) {
      main.throughput(deferral, Integer.parseInt(args[1]));
    }
    DeferralMain wakes = new DeferralMain();
    try (Deferral deferral = Deferral.open(args[0], BURST, wakes::timed)) {
      wakes.wake(deferral);
    }
    System.exit(0);
  }

  /** On the one thread that does the work. */
  private void ran(int index) {
    Count.RAN.setRelease(done, done.ran + 1);
  }

  private void timed(int index) {
    ranAt = System.nanoTime();
    ran(index);
  }

  private void throughput(Deferral deferral, int pieces) {
    burst(deferral, pieces);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long bytes = threads.getCurrentThreadAllocatedBytes();
    long begin = System.nanoTime();
    int measured = burst(deferral, pieces);
    long end = System.nanoTime();
    bytes = threads.getCurrentThreadAllocatedBytes() - bytes;
    Forks.figure(ITEM, (end - begin) / (double) measured);
    Forks.figure(BYTES, bytes / (double) measured);
  }

  private int burst(Deferral deferral, int pieces) {
    int handed = 0;
    while (handed < pieces) {
      for (int i = 0; i < BURST; i++) {
        deferral.defer(i);
      }
      handed += BURST;
      wanted += BURST;
      await();
    }
    return handed;
  }

  private void await() {
    while ((long) Count.RAN.getAcquire(done) < wanted) {
      Thread.onSpinWait();
    }
  }

  private void wake(Deferral deferral) {
    Histogram wakes = new Histogram(3);
    Histogram calls = new Histogram(3);
    for (int i = 0; i < WARM_WAKES + WAKES; i++) {
      boolean asMeasured = i >= WARM_WAKES - WARM_WAKES_AS_MEASURED;
      LockSupport.parkNanos(asMeasured ? NAP_NANOS : WARM_NAP_NANOS);
      long begin = System.nanoTime();
      deferral.defer(i % BURST);
      long returned = System.nanoTime();
      wanted++;
      await();
      if (i >= WARM_WAKES) {
        wakes.recordValue(Math.max(0, ranAt - begin));
        calls.recordValue(returned - begin);
      }
    }
    Forks.figure(WAKE, wakes.getValueAtPercentile(50) / 1e3);
    Forks.figure("wake p99 us", wakes.getValueAtPercentile(99) / 1e3);
    Forks.figure("caller p50 us", calls.getValueAtPercentile(50) / 1e3);
  }
}
