package jiffy.runtime.time;

import java.util.function.Consumer;
import jiffy.types.TimerList;

/**
 * Where the pending timers of a CPU are: buckets of intrusive lists, run jiffy by jiffy.
 *
 * <p>Two of them: {@link TimerWheel}, Linux 6.1's and the default, and {@link CascadingWheel}, that
 * of the tutorials. Not thread safe: guarded by the lock of the {@link TimerBase} that it belongs
 * to, but for {@link #pushBack}; a timer that is filed or taken out is owned besides ({@link
 * TimerBase#own}).
 */
abstract class Wheel {
  /*
   * Filing again. A bucket may run before the timer in it is due: the timer's target, four bits of its
   * flags, then says when it is, and it is filed again instead of being run. Two uses:
   *
   *   FINE  the timer has a slack, or the wheel cascades: it is due at one jiffy, dueAt(), and sits in
   *         a coarse bucket before that
   *   1..9  it was pushed back in place: due at the bucket of level target - 1 for its expiry, which
   *         is thus fixed at the call
   */

  /**
   * How far {@link #nextExpiry} is when nothing is pending. No tick brings it up to date while the
   * CPU idles, so it is farther than any wheel reaches, however long ago that was: else what is
   * armed beyond it would not be told to the clock event. (Linux's NEXT_TIMER_MAX_DELTA is {@code
   * (1 << 30) - 1}.) At HZ 1000: 34 years.
   */
  static final long MAX_DELTA = 1L << 40;

  /** {@link TimerFlags#target}: due at {@link #dueAt}. */
  static final int FINE = 15;

  /** The jiffy up to which the wheel has been run, exclusive. */
  long clk;

  /** The earliest jiffy at which a bucket is to be run, or an earlier one. */
  long nextExpiry;

  /** A deletion may have left {@link #nextExpiry} too early. */
  boolean nextIsStale;

  /** When the bucket that {@link #locate} gave last is run: absolute, in jiffies. */
  long bucketExpiry;

  /** The target for the timer that {@link #locate} was asked about last. */
  int target;

  Wheel(long nowJiffies) {
    clk = nowJiffies;
    nextExpiry = nowJiffies + MAX_DELTA;
  }

  /** The kind of wheel that {@code timer_wheel=} names. */
  static Wheel make(String kind, int hz, long nowJiffies) {
    return kind.equals("cascading")
        ? new CascadingWheel(nowJiffies)
        : new TimerWheel(hz, nowJiffies);
  }

  /** When a timer with {@link #FINE} target runs: its expiry, or within its slack. */
  static long dueAt(long expires, int flags) {
    return Slack.apply(expires, (flags & TimerFlags.SLACK_MASK) >>> TimerFlags.SLACK_SHIFT);
  }

  /** Moves the clock to now, or to the first bucket that is to be run. */
  abstract void forward(long nowJiffies);

  /**
   * The bucket for an expiry, as of now. Sets {@link #bucketExpiry} and {@link #target}.
   *
   * @param expires absolute, in jiffies
   * @param flags the timer's
   */
  abstract int locate(long expires, int flags);

  /**
   * Puts a timer that is not pending into the bucket that {@link #locate} gave last.
   *
   * @return whether the bucket comes before all others: who sleeps for the wheel sleeps too long
   */
  abstract boolean enqueue(TimerList timer, int bucket);

  /** Takes a pending timer out: of its bucket, or of a list that is being run. */
  abstract void detach(TimerList timer);

  /**
   * Takes the lists of the next jiffy that is to be run, and steps over it. The timers in them stay
   * pending until they are detached.
   *
   * @return false if nothing is to be run by now
   */
  abstract boolean collect(long nowJiffies);

  /**
   * The first timer of the lists that {@link #collect} took, still in it; null: all are through.
   */
  abstract TimerList firstExpired();

  /**
   * Whether a pending timer with these flags need not be moved to get into the bucket. While lists
   * are being run a timer's bucket says nothing about where the timer is.
   */
  abstract boolean staysIn(int bucket, int flags);

  /**
   * When a timer with a target is due, in jiffies.
   *
   * @param target not 0
   */
  abstract long targetExpiry(long expires, int flags, int target);

  /** Files a timer, which is not pending, for its target again; as {@link #enqueue}. */
  abstract boolean fileAgain(TimerList timer, int flags, int target);

  /** Whether nothing is pending in a bucket. */
  abstract boolean isEmpty();

  /** Sets {@link #nextExpiry} and {@link #nextIsStale}. */
  abstract void findNextExpiry();

  /** Shows every pending timer, those in lists being run included. */
  abstract void forEach(Consumer<TimerList> action);

  /**
   * Pushes a pending timer back in place, without the base's lock, if that is possible.
   *
   * @param flags the timer's, read before
   * @param nowJiffies a jiffy that has begun, not necessarily the last
   * @return false if nothing was done
   */
  boolean pushBack(TimerList timer, int flags, long expires, long nowJiffies) {
    return false;
  }

  /** Brings {@link #nextExpiry} up to date after deletions. @return it */
  final long refreshNextExpiry() {
    if (nextIsStale) {
      findNextExpiry();
    }
    return nextExpiry;
  }

  /** Notes that a bucket is to be run at a jiffy. @return whether it comes before all others */
  final boolean comesFirst(long expiry) {
    if (expiry - nextExpiry >= 0) {
      return false;
    }
    nextExpiry = expiry;
    nextIsStale = false;
    return true;
  }
}
