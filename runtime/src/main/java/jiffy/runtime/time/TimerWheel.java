package jiffy.runtime.time;

import java.util.function.Consumer;
import jiffy.types.TimerList;

/**
 * Linux 6.1's timer wheel: arming, pushing back and deleting a timer in constant time, whatever the
 * number of timers; never early, late by at most an eighth of the distance. Arming allocates
 * nothing.
 *
 * <p>Not thread safe: guarded by the lock of the {@link TimerBase} that it belongs to.
 */
final class TimerWheel {
  /*
   * Nine levels of 64 buckets; the granule of a level is eight times that of the one below. A timer
   * goes to the lowest level that reaches it and stays there: nothing is moved down later (no
   * cascading). That gives up precision, which nearly nobody needs: most timeouts are far away and
   * are cancelled before they come.
   *
   *   level  offset  granule (jiffies)   range (jiffies)                HZ 250: granule   range
   *     0       0            1                0 -           62              4 ms          0 - 248 ms
   *     1      64            8               63 -          503             32 ms      252 ms - 2 s
   *     2     128           64              504 -         4031            256 ms        2 s - 16 s
   *     3     192          512             4032 -        32255              2 s        16 s - 2 min
   *     4     256         4096            32256 -       258047             16 s       2 min - 17 min
   *     5     320        32768           258048 -      2064383              2 min    17 min - 2 h
   *     6     384       262144          2064384 -     16515071             17 min       2 h - 18 h
   *     7     448      2097152         16515072 -    132120575              2 h        18 h - 6 d
   *     8     512     16777216        132120576 -   1056964607             18 h         6 d - 48 d
   *
   * (HZ 1000: a quarter of the times. At HZ 100 and below Linux has eight levels.) A timer farther
   * than the last level reaches is put at its end, and fires there.
   *
   * The bucket of `expires` at level n is ((expires >> 3n) + 1) & 63, and it is run at jiffy
   * ((expires >> 3n) + 1) << 3n: the "+ 1" is what makes it never early. `clk` is the jiffy up to which
   * the wheel has been run, exclusive; levels are chosen by the distance from it. When nothing is due
   * clk is moved forward to now before an arming, or distances would look larger than they are.
   *
   * A jiffy runs the levels whose granule divides it, the highest first; lists are LIFO.
   *
   * `pending` has a bit for each bucket that is not empty. nextExpiry is the earliest jiffy of a
   * non-empty bucket, or earlier: a deletion does not look for the next one, but sets nextIsStale.
   */

  private static final int LEVEL_BITS = 6;
  private static final int LEVEL_SIZE = 1 << LEVEL_BITS;
  private static final int LEVEL_MASK = LEVEL_SIZE - 1;
  private static final int CLOCK_SHIFT = 3;
  private static final long CLOCK_MASK = (1 << CLOCK_SHIFT) - 1;

  /** How far {@link #nextExpiry} is when nothing is pending: Linux's NEXT_TIMER_MAX_DELTA. */
  static final long MAX_DELTA = (1L << 30) - 1;

  private final int levels;
  private final long cutoff;
  private final long farthest;
  private final TimerList[] heads;
  private final long[] pending;

  /** Heads of the lists that are being run, one a level. */
  private final TimerList[] expired;

  private int expiredLevels;
  private long clk;
  private long nextExpiry;
  private boolean nextIsStale;

  /** Set by {@link #index}. */
  private long bucketExpiry;

  TimerWheel(int hz, long nowJiffies) {
    levels = hz > 100 ? 9 : 8;
    cutoff = levelStart(levels);
    farthest = cutoff - (1L << CLOCK_SHIFT * (levels - 1));
    heads = newHeads(levels * LEVEL_SIZE);
    expired = newHeads(levels);
    pending = new long[levels];
    clk = nowJiffies;
    nextExpiry = nowJiffies + MAX_DELTA;
  }

  private static TimerList[] newHeads(int count) {
    TimerList[] made = new TimerList[count];
    for (int i = 0; i < count; i++) {
      made[i] = new TimerList();
    }
    return made;
  }

  /** Least distance that goes to the level. */
  private static long levelStart(int level) {
    return level == 0 ? 0 : (long) (LEVEL_SIZE - 1) << (level - 1) * CLOCK_SHIFT;
  }

  /** The jiffy up to which the wheel has been run, exclusive. */
  long clock() {
    return clk;
  }

  /** The earliest jiffy at which a bucket is due, or an earlier one. */
  long nextExpiry() {
    return nextExpiry;
  }

  /**
   * The bucket for an expiry, as of now. {@link #bucketExpiry} then says when it is run.
   *
   * @param expires absolute, in jiffies
   */
  int index(long expires) {
    long delta = expires - clk;
    if (delta < 0) {
      bucketExpiry = clk;
      return (int) (clk & LEVEL_MASK);
    }
    long reached = delta >= cutoff ? clk + farthest : expires;
    int level = delta >= cutoff ? levels - 1 : levelOf(delta);
    int shift = level * CLOCK_SHIFT;
    long bucket = (reached >> shift) + 1;
    bucketExpiry = bucket << shift;
    return (level << LEVEL_BITS) + (int) (bucket & LEVEL_MASK);
  }

  /** The lowest level that reaches a distance below the cutoff. */
  private static int levelOf(long delta) {
    int level = 0;
    while (delta >= (long) (LEVEL_SIZE - 1) << level * CLOCK_SHIFT) {
      level++;
    }
    return level;
  }

  /** When the bucket that {@link #index} gave last is run: absolute, in jiffies. */
  long bucketExpiry() {
    return bucketExpiry;
  }

  /** Moves the clock to now, or to the first bucket that is due. */
  void forward(long nowJiffies) {
    if (nowJiffies - clk < 1) {
      return;
    }
    if (nextExpiry - nowJiffies <= 0 && isEmpty()) {
      nextExpiry = nowJiffies + MAX_DELTA;
    }
    clk = nextExpiry - nowJiffies > 0 ? nowJiffies : nextExpiry;
  }

  /** Whether nothing is pending in a bucket. */
  boolean isEmpty() {
    for (long bits : pending) {
      if (bits != 0) {
        return false;
      }
    }
    return true;
  }

  /**
   * Puts a timer that is not pending into a bucket.
   *
   * @return whether the bucket comes before all others: who sleeps for the wheel sleeps too long
   */
  boolean enqueue(TimerList timer, int bucket, long expiry) {
    TimerList head = heads[bucket];
    TimerList first = head.__next;
    timer.__next = first; // from here on without a call: see RawSpinlock
    if (first != null) {
      first.__prev = timer;
    }
    head.__next = timer;
    timer.__prev = head;
    pending[bucket >> LEVEL_BITS] |= 1L << bucket;
    timer.__flags = timer.__flags & TimerFlags.BELOW_BUCKET | bucket << TimerFlags.BUCKET_SHIFT;
    if (expiry - nextExpiry >= 0) {
      return false;
    }
    nextExpiry = expiry;
    nextIsStale = false;
    return true;
  }

  /**
   * Takes a timer out, if it is pending: in its bucket or in a list that is being run.
   *
   * @return whether it was
   */
  boolean detach(TimerList timer) {
    TimerList prev = timer.__prev;
    if (prev == null) {
      return false;
    }
    int bucket = TimerFlags.bucket(timer);
    TimerList next = timer.__next;
    prev.__next = next; // from here on without a call: see RawSpinlock
    if (next != null) {
      next.__prev = prev;
    } else if (prev == heads[bucket]) {
      pending[bucket >> LEVEL_BITS] &= ~(1L << bucket);
      nextIsStale = true;
    }
    timer.__next = null;
    timer.__prev = null;
    return true;
  }

  /**
   * Takes the lists of the next jiffy that is due, and steps over it. The timers in them stay
   * pending until {@link #nextExpired} gives them out.
   *
   * @return false if nothing is due
   */
  boolean collect(long nowJiffies) {
    if (nowJiffies - clk < 0 || nowJiffies - nextExpiry < 0) {
      return false;
    }
    long at = nextExpiry;
    clk = at;
    expiredLevels = 0;
    for (int level = 0; level < levels; level++) {
      int slot = (int) (at & LEVEL_MASK);
      if ((pending[level] >>> slot & 1) != 0) {
        pending[level] &= ~(1L << slot);
        move(heads[(level << LEVEL_BITS) + slot], expired[expiredLevels++]);
      }
      if ((at & CLOCK_MASK) != 0) {
        break;
      }
      at >>= CLOCK_SHIFT;
    }
    clk++;
    findNextExpiry();
    return true;
  }

  private static void move(TimerList from, TimerList to) {
    TimerList first = from.__next;
    from.__next = null;
    to.__next = first;
    first.__prev = to;
  }

  /**
   * The next timer of the lists that {@link #collect} took, detached; null when all are through.
   */
  TimerList nextExpired() {
    while (expiredLevels > 0) {
      TimerList timer = expired[expiredLevels - 1].__next;
      if (timer != null) {
        detach(timer);
        return timer;
      }
      expiredLevels--;
    }
    return null;
  }

  /** Whether lists are being run: then a timer's bucket says nothing about where the timer is. */
  boolean isExpiring() {
    return expiredLevels > 0;
  }

  /** Brings {@link #nextExpiry} up to date after deletions. @return it */
  long refreshNextExpiry() {
    if (nextIsStale) {
      findNextExpiry();
    }
    return nextExpiry;
  }

  /*
   * From level to level: the first non-empty bucket at or after the clock, cyclically, is the level's
   * next. A bucket of the level above can come earlier only if this level's lies beyond the next point
   * at which the level above is run. A level's clock is the one below divided by 8, rounded up: a part
   * of a granule that has begun was run at its beginning.
   */
  private void findNextExpiry() {
    long next = clk + MAX_DELTA;
    long at = clk;
    for (int level = 0; level < levels; level++) {
      long inGranule = at & CLOCK_MASK;
      if (pending[level] != 0) {
        int distance =
            Long.numberOfTrailingZeros(Long.rotateRight(pending[level], (int) (at & LEVEL_MASK)));
        long expiry = at + distance << level * CLOCK_SHIFT;
        if (expiry - next < 0) {
          next = expiry;
        }
        if (distance <= (CLOCK_MASK + 1 - inGranule & CLOCK_MASK)) {
          break;
        }
      }
      at = (at >> CLOCK_SHIFT) + (inGranule != 0 ? 1 : 0);
    }
    nextExpiry = next;
    nextIsStale = false;
  }

  /** Shows every pending timer, those in lists being run included. */
  void forEach(Consumer<TimerList> action) {
    forEach(heads, action);
    forEach(expired, action);
  }

  private static void forEach(TimerList[] lists, Consumer<TimerList> action) {
    for (TimerList head : lists) {
      for (TimerList timer = head.__next; timer != null; timer = timer.__next) {
        action.accept(timer);
      }
    }
  }
}
