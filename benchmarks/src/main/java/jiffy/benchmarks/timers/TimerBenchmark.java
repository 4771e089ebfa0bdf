package jiffy.benchmarks.timers;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Pushing back one of N pending timers; arming and cancelling one beside N.
 *
 * <p>Sliding: the timers are gone through in a scattered order, and each call asks for an expiry 60
 * to 126 s away that moves on by a millisecond every 128 calls, as with 128,000 push-backs a
 * second; so a timer never gets the expiry that it has. At 1000 HZ it stays in its bucket of the
 * wheel nearly always with N = 1e3, leaves it at every fifth call with 1e5, always with 1e6
 * (computed). Random: 30 to 90 s away.
 *
 * <p>{@code scripts/bench timers} runs all that is to be compared; {@code scripts/bench
 * TimerBenchmark -p facility=jiffy,netty} some of it, in one go after the other.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 2, time = 200, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 250, timeUnit = TimeUnit.MILLISECONDS)
@Fork(1)
@Threads(1)
public class TimerBenchmark {
  private static final int STRIDE = 7919; // prime: visits all of a power of ten
  private static final int NEAREST_MILLIS = 60_000;
  private static final int SLIDE_MASK = 0xffff; // milliseconds
  private static final int CALLS_PER_MILLI_SHIFT = 7;
  private static final int DRAWS = 1 << 12;

  private final int[] draws = new int[DRAWS];
  private Facility.Hand hand;
  private int timers;
  private int step;
  private int at;
  private int calls;

  /** The facility, for all threads. */
  @State(Scope.Benchmark)
  public static class Shared {
    /** See {@link Facility#open}. */
    @Param({"jiffy", "netty"})
    public String facility;

    /** Jiffy's command line. */
    @Param("hz=250 nr_cpus=2")
    public String boot;

    /** Pending timers, of all threads together. */
    @Param({"1000", "100000"})
    public int pending;

    private Facility opened;

    /** Opens it. */
    @Setup(Level.Trial)
    public void open() {
      opened = Facility.open(facility, boot, () -> {});
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() {
      opened.close();
    }
  }

  /** Arms this thread's share, spread over the range that sliding goes through. */
  @Setup(Level.Trial)
  public void fill(Shared shared, ThreadParams threads) {
    timers = shared.pending / threads.getThreadCount();
    step = STRIDE % timers;
    hand = shared.opened.hand(timers);
    for (int i = 0; i < timers; i++) {
      hand.arm(i, NEAREST_MILLIS + (int) ((long) i * SLIDE_MASK / timers));
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < DRAWS; i++) {
      draws[i] = 30_000 + random.nextInt(60_000);
    }
  }

  /** Leaves. */
  @TearDown(Level.Trial)
  public void leave() {
    hand.close();
  }

  /** Each expiry later than the last; see above. */
  @Benchmark
  public void pushBackSliding() {
    hand.pushBack(next(), NEAREST_MILLIS + (calls++ >>> CALLS_PER_MILLI_SHIFT & SLIDE_MASK));
  }

  /** Each expiry drawn. */
  @Benchmark
  public void pushBackRandom() {
    hand.pushBack(next(), draws[calls++ & DRAWS - 1]);
  }

  /** Arm and cancel. */
  @Benchmark
  public boolean armCancel() {
    return hand.armCancel(draws[calls++ & DRAWS - 1]);
  }

  private int next() {
    int index = at + step;
    at = index >= timers ? index - timers : index;
    return at;
  }
}
