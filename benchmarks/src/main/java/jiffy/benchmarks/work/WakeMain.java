package jiffy.benchmarks.work;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import jiffy.benchmarks.report.Forks;
import org.HdrHistogram.Histogram;

/**
 * How long {@link Deferral}s take from asleep to the first instruction of a piece. Arguments: how
 * many wake-ups; the names.
 *
 * <p>They are all open in one JVM and take turns, of a hundred wake-ups each: a machine's wake-ups
 * take 6 us in one minute and 8 in the next, and so this hits all alike. Each is handed the same
 * piece over and over, as a device's handler schedules its tasklet, after a nap of a millisecond in
 * which it falls asleep. Before that, bursts and wake-ups after shorter naps until all that is on
 * the way has been compiled.
 */
final class WakeMain {
  static final String WAKE = "wake p50 us";

  /** Between a name and what is said about it. */
  static final String OF = ": ";

  private static final int WARM_PIECES = 2_000_000;

  /** A method is compiled for good after some 5,000 calls, and those that it calls before it. */
  private static final int WARM_WAKES = 16_000;

  /** So many wake-ups in a row. */
  private static final int TURN = 100;

  private static final int WARM_WAKES_AS_MEASURED = 500;
  private static final long NAP_NANOS = 1_000_000;
  private static final long WARM_NAP_NANOS = 50_000;

  /** One of them: asleep, but for its turns. */
  private static final class Sleeper implements AutoCloseable {
    final String name;
    final Histogram wakes = new Histogram(3);
    final Histogram calls = new Histogram(3);
    private final Bursts bursts = new Bursts();
    private final Deferral deferral;
    private volatile long ranAt;

    Sleeper(String name) {
      this.name = name;
      this.deferral = Deferral.open(name, Bursts.BURST, this::ran);
    }

    private void ran(int index) {
      ranAt = System.nanoTime();
      bursts.ran();
    }

    void wake(long napNanos, boolean counts) {
      LockSupport.parkNanos(napNanos);
      long begin = System.nanoTime();
      deferral.defer(0);
      long returned = System.nanoTime();
      bursts.await(1);
      if (counts) {
        wakes.recordValue(Math.max(0, ranAt - begin));
        calls.recordValue(returned - begin);
      }
    }

    @Override
    public void close() {
      deferral.close();
    }
  }

  private WakeMain() {}

  /** The fork. */
  public static void main(String[] args) {
    Harness.run(() -> measure(Integer.parseInt(args[0]), List.of(args).subList(1, args.length)));
  }

  private static void measure(int wakes, List<String> names) {
    for (String name : names) {
      Bursts bursts = new Bursts();
      try (Deferral deferral = Deferral.open(name, Bursts.BURST, index -> bursts.ran())) {
        bursts.hand(deferral, WARM_PIECES);
      }
    }
    List<Sleeper> sleepers = new ArrayList<>();
    names.forEach(name -> sleepers.add(new Sleeper(name)));
    turns(sleepers, WARM_WAKES, WARM_NAP_NANOS, false);
    turns(sleepers, WARM_WAKES_AS_MEASURED, NAP_NANOS, false);
    turns(sleepers, wakes, NAP_NANOS, true);
    for (Sleeper sleeper : sleepers) {
      String of = sleeper.name + OF;
      Forks.figure(of + WAKE, sleeper.wakes.getValueAtPercentile(50) / 1e3);
      Forks.figure(of + "wake p99 us", sleeper.wakes.getValueAtPercentile(99) / 1e3);
      Forks.figure(of + "caller p50 us", sleeper.calls.getValueAtPercentile(50) / 1e3);
    }
    sleepers.forEach(Sleeper::close);
  }

  private static void turns(List<Sleeper> sleepers, int wakes, long napNanos, boolean counts) {
    List<Sleeper> order = new ArrayList<>(sleepers);
    Random random = new Random(wakes);
    for (int i = 0; i < wakes; i += TURN) {
      Collections.shuffle(order, random);
      for (Sleeper sleeper : order) {
        for (int k = 0; k < TURN; k++) {
          sleeper.wake(napNanos, counts);
        }
      }
    }
  }
}
