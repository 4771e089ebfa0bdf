package jiffy.benchmarks.hrtimers;

import org.HdrHistogram.Histogram;

/**
 * Calls at regular times, and how late they are: against the first one's due time plus whole
 * periods, on System.nanoTime. A call so late that the next is due stands for one, not for two.
 *
 * <p>{@link #called} is for the one thread that is called; the rest for the one that started it.
 */
abstract class Period implements AutoCloseable {
  /** One millisecond: what is measured. */
  static final long MEASURED_NANOS = 1_000_000L;

  /** Nanoseconds from call to call. */
  final long nanos;

  /** From the start to the first call: there is time to learn when exactly that is due. */
  static final long LEAD_NANOS = 100_000_000L;

  private static final int READINGS = 100;

  private final Histogram lateness = new Histogram(3);
  private volatile boolean counting;
  private volatile long firstDue;
  private long due;

  Period(long nanos) {
    this.nanos = nanos;
  }

  /** Starts. @return when the first call is due, on System.nanoTime */
  abstract long begin();

  /** No call comes after this. */
  @Override
  public abstract void close();

  final void start() {
    firstDue = begin();
  }

  final void count(boolean on) {
    counting = on;
  }

  /** What was counted; after the end. */
  final Histogram lateness() {
    return lateness;
  }

  /** The work to be done each time. */
  final void called() {
    long now = System.nanoTime();
    if (due == 0) {
      if (firstDue == 0) {
        return; // start() has not returned yet
      }
      due = firstDue + Math.max(0, now - firstDue) / nanos * nanos;
    }
    if (now < due - nanos / 2) {
      return; // makes up for one that was missed
    }
    long late = Math.max(0, now - due);
    if (counting) {
      lateness.recordValue(late);
    }
    due += nanos * (1 + late / nanos);
  }

  /** Another clock beside System.nanoTime. */
  interface OtherClock {
    long nanos();
  }

  /**
   * How far System.nanoTime is ahead of another clock that ticks like it, from the tightest of some
   * readings.
   */
  static long nanoTimeMinus(OtherClock other) {
    long best = 0;
    long tightest = Long.MAX_VALUE;
    for (int i = 0; i < READINGS; i++) {
      long before = System.nanoTime();
      long between = other.nanos();
      long after = System.nanoTime();
      if (after - before < tightest) {
        tightest = after - before;
        best = before + (after - before) / 2 - between;
      }
    }
    return best;
  }
}
