package jiffy.benchmarks;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;

import io.netty.util.HashedWheelTimer;
import io.netty.util.Timeout;
import io.netty.util.TimerTask;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import jiffy.types.TimerList;
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
import org.openjdk.jmh.annotations.Warmup;

/**
 * Pushing back one of N pending timers, and arming and cancelling one beside N, against Netty's
 * wheel with a tick of 1 ms (which pushes back by cancel and schedule).
 *
 * <p>"sliding": every call has a later expiry, some 60 s away, computed from the clock, as a
 * connection's idle timeout has. "random": 30 to 90 s away. {@code scripts/bench
 * ModTimerBenchmark}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class ModTimerBenchmark {
  private static final int DELAYS = 1 << 12;

  /** Pending timers. */
  @Param({"1000", "100000"})
  public int pending;

  private final int[] delays = new int[DELAYS];
  private int at;
  private int slide;

  /** Jiffy's timers. */
  @State(Scope.Thread)
  public static class Wheel {
    TimerList[] timers;
    TimerList spare;

    /** Arms them all. */
    @Setup(Level.Trial)
    public void arm(KernelState.OfThread thread, ModTimerBenchmark benchmark) {
      timers = new TimerList[benchmark.pending];
      for (int i = 0; i < timers.length; i++) {
        timers[i] = new TimerList();
        timer_setup(timers[i], t -> {}, 0);
        mod_timer(timers[i], jiffies() + 250L * 60 + i % 1000);
      }
      spare = new TimerList();
      timer_setup(spare, t -> {}, 0);
    }
  }

  /** Netty's timeouts. */
  @State(Scope.Thread)
  public static class Peer {
    static final TimerTask NOTHING = timeout -> {};
    HashedWheelTimer timer;
    Timeout[] timeouts;

    /** Schedules them all. */
    @Setup(Level.Trial)
    public void schedule(ModTimerBenchmark benchmark) {
      timer = new HashedWheelTimer(1, TimeUnit.MILLISECONDS, 1024);
      timeouts = new Timeout[benchmark.pending];
      for (int i = 0; i < timeouts.length; i++) {
        timeouts[i] = timer.newTimeout(NOTHING, 60_000 + i % 1000, TimeUnit.MILLISECONDS);
      }
    }

    /** Stops it. */
    @TearDown(Level.Trial)
    public void stop() {
      timer.stop();
    }
  }

  /** Draws the delays. */
  @Setup(Level.Trial)
  public void draw() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < DELAYS; i++) {
      delays[i] = 30 * 250 + random.nextInt(60 * 250);
    }
  }

  /** mod_timer, each expiry later than the last. */
  @Benchmark
  public int pushBack_sliding_jiffy(KernelState.OfThread thread, Wheel wheel) {
    int i = next();
    return mod_timer(wheel.timers[i % pending], jiffies() + 60 * 250 + (slide++ >>> 6 & 0x3ff));
  }

  /** The same by Netty. */
  @Benchmark
  public Timeout pushBack_sliding_netty(Peer peer) {
    int i = next() % pending;
    peer.timeouts[i].cancel();
    return peer.timeouts[i] =
        peer.timer.newTimeout(
            Peer.NOTHING, 60_000 + (slide++ >>> 4 & 0xfff), TimeUnit.MILLISECONDS);
  }

  /** mod_timer to a random expiry. */
  @Benchmark
  public int pushBack_random_jiffy(KernelState.OfThread thread, Wheel wheel) {
    int i = next();
    return mod_timer(wheel.timers[i % pending], jiffies() + delays[i & DELAYS - 1]);
  }

  /** The same by Netty. */
  @Benchmark
  public Timeout pushBack_random_netty(Peer peer) {
    int draw = next();
    int i = draw % pending;
    peer.timeouts[i].cancel();
    return peer.timeouts[i] =
        peer.timer.newTimeout(Peer.NOTHING, 4L * delays[draw & DELAYS - 1], TimeUnit.MILLISECONDS);
  }

  /** mod_timer of an idle timer and del_timer. */
  @Benchmark
  public int armCancel_jiffy(KernelState.OfThread thread, Wheel wheel) {
    mod_timer(wheel.spare, jiffies() + delays[next() & DELAYS - 1]);
    return del_timer(wheel.spare);
  }

  /** The same by Netty. */
  @Benchmark
  public boolean armCancel_netty(Peer peer) {
    return peer.timer
        .newTimeout(Peer.NOTHING, 4L * delays[next() & DELAYS - 1], TimeUnit.MILLISECONDS)
        .cancel();
  }

  private int next() {
    at = at + 7919 & Integer.MAX_VALUE;
    return at;
  }
}
