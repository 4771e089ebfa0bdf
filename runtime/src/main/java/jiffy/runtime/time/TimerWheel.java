package jiffy.runtime.time;

import java.util.function.Consumer;
import jiffy.types.TimerList;

/**
 * Linux 6.1's timer wheel: arming, pushing back and deleting a timer in constant time, whatever the
 * number of timers; never early, late by at most an eighth of the distance. Arming allocates
 * nothing.
 */
final class TimerWheel extends Wheel {
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
   *
   * A timer with a slack is due at one jiffy, its bucket's number is rounded down instead of up, and it
   * goes down level by level until the bucket is that jiffy.
   *
   * Push-back in place. The commonest call, by far, moves a pending timer's expiry to later, on the CPU
   * that it is on. It takes no lock and touches no list: it owns the timer for a moment, by one CAS on
   * its flags, writes the expiry, and leaves the level of the new bucket as its target. The timer stays
   * where it is until its bucket is run, and is filed there and then. So a timer that is pushed back a
   * million times before it is due moves once; two threads that push back timers of one CPU share
   * nothing. At level 0 a timer moves at once, for there the order of a list may be looked at.
   *
   *     pushBack (no lock)                       the base's owner (lock held)
   *     A: read flags, bucket's expiry from clk
   *     B: CAS flags: MIGRATING on               own(): CAS flags, spins while MIGRATING
   *     C: bucket's expiry from clk once more    collect(): steps clk, takes the list
   *     D: write expires, then flags (release)
   *
   * A bucket that was run between A and C, so that the timer may be in another one, shows at C: its slot
   * comes a turn later then. One that is run after C meets MIGRATING and waits for D.
   *
   * A list that is being run loses its first timer over and over. The next one becomes the first, and
   * its __prev stays what it was: not null, which says "pending", and no more. Writing it would cost
   * more than all the rest of an expiry: a reference stored into an old object is work for a collector
   * that keeps remembered sets (G1: 600 ns a timer, most of it on the collector's threads).
   */

  private static final int LEVEL_BITS = 6;
  private static final int LEVEL_SIZE = 1 << LEVEL_BITS;
  private static final int LEVEL_MASK = LEVEL_SIZE - 1;
  private static final int CLOCK_SHIFT = 3;
  private static final long CLOCK_MASK = (1 << CLOCK_SHIFT) - 1;

  private final int levels;
  private final long cutoff;
  private final long farthest;
  private final TimerList[] heads;
  private final long[] pending;

  /** Heads of the lists that are being run, one a level. */
  private final TimerList[] expired;

  private int expiredLevels;

  TimerWheel(int hz, long nowJiffies) {
    super(nowJiffies);
    levels = hz > 100 ? 9 : 8;
    cutoff = levelStart(levels);
    farthest = cutoff - (1L << CLOCK_SHIFT * (levels - 1));
    heads = newHeads(levels * LEVEL_SIZE);
    expired = newHeads(levels);
    pending = new long[levels];
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

  @Override
  int locate(long expires, int flags) {
    if ((flags & TimerFlags.SLACK_MASK) != 0) {
      target = FINE;
      return locateDown(dueAt(expires, flags));
    }
    target = 0;
    long delta = expires - clk;
    if (delta < 0) {
      bucketExpiry = clk;
      return (int) (clk & LEVEL_MASK);
    }
    int level = delta >= cutoff ? levels - 1 : levelOf(delta);
    return bucketOf(level, expiryAt(level, delta >= cutoff ? clk + farthest : expires));
  }

  /** The bucket that is run at a jiffy, or the nearest one before it that still has its level. */
  private int locateDown(long jiffy) {
    long delta = jiffy - clk;
    if (delta < 0) {
      bucketExpiry = clk;
      return (int) (clk & LEVEL_MASK);
    }
    long reached = Math.min(delta, farthest);
    int level = levelOf(reached);
    int shift = level * CLOCK_SHIFT;
    return bucketOf(level, clk + reached >> shift << shift);
  }

  /** Sets when the bucket is run. @return its number */
  private int bucketOf(int level, long expiry) {
    bucketExpiry = expiry;
    return (level << LEVEL_BITS) + (int) (expiry >> level * CLOCK_SHIFT & LEVEL_MASK);
  }

  /** When a timer of the level is run: never before it expires. */
  private static long expiryAt(int level, long expires) {
    int shift = level * CLOCK_SHIFT;
    return (expires >> shift) + 1 << shift;
  }

  /** When the last bucket of the level is run. */
  private long lastOf(int level) {
    int shift = level * CLOCK_SHIFT;
    return (clk + (1L << shift) - 1 >> shift) + LEVEL_MASK << shift;
  }

  /** The lowest level that reaches a distance of 0 or more below the cutoff. */
  private static int levelOf(long delta) {
    // 63 * 8^n is just below 2^(3n + 6): the logarithm is right but for the last part of a level.
    int level = Math.max(0, (60 - Long.numberOfLeadingZeros(delta)) / CLOCK_SHIFT);
    return delta < (long) (LEVEL_SIZE - 1) << level * CLOCK_SHIFT ? level : level + 1;
  }

  @Override
  long targetExpiry(long expires, int flags, int target) {
    return target == FINE ? dueAt(expires, flags) : expiryAt(target - 1, expires);
  }

  @Override
  boolean fileAgain(TimerList timer, int flags, int target) {
    if (target == FINE) {
      return enqueue(timer, locate(timer.expires, flags));
    }
    int level = target - 1;
    long expiry = expiryAt(level, timer.expires);
    // The level was chosen by the distance from now; clk lags if the run does: then once more.
    long reached = lastOf(level);
    this.target = expiry - reached > 0 ? target : 0;
    return enqueue(timer, bucketOf(level, expiry - reached > 0 ? reached : expiry));
  }

  @Override
  boolean pushBack(TimerList timer, int flags, long expires, long nowJiffies) {
    long clock = clk;
    int bucket = TimerFlags.bucket(flags);
    if (bucket >= heads.length) {
      return false;
    }
    long due = expiryOf(bucket, clock);
    long delta = expires - (nowJiffies - clock > 0 ? nowJiffies : clock);
    if (delta < 0 || delta >= cutoff || nextExpiry - nowJiffies <= 0) {
      return false;
    }
    int level = levelOf(delta);
    long later = expiryAt(level, expires) - due;
    // In this order: whether it stays in its bucket is a coin toss, and a branch that is guessed
    // wrong
    // on a line that is still on its way from memory costs as much as the line.
    if (later < 0
        || bucket < LEVEL_SIZE && (later | level) != 0
        || level != bucket >> LEVEL_BITS && later == 0) {
      return false;
    }
    int free = TimerFlags.filed(flags, bucket, level + 1);
    if (!TimerList.__FLAGS.compareAndSet(timer, flags, flags | TimerFlags.MIGRATING)) {
      return false;
    }
    try {
      if (expiryOf(bucket, clk) != due) {
        TimerList.__FLAGS.setRelease(timer, flags);
        return false;
      }
      timer.expires = expires;
      TimerList.__FLAGS.setRelease(timer, free);
      return true;
    } catch (Throwable e) { // a StackOverflowError of the module's: decision 0009
      timer.__flags = timer.expires == expires ? free : flags;
      throw e;
    }
  }

  /** When a bucket that is pending at this clock is run. */
  private static long expiryOf(int bucket, long clock) {
    int shift = (bucket >> LEVEL_BITS) * CLOCK_SHIFT;
    long granule = clock + (1L << shift) - 1 >> shift;
    return granule + (bucket - granule & LEVEL_MASK) << shift;
  }

  @Override
  void forward(long nowJiffies) {
    if (nowJiffies - clk < 1) {
      return;
    }
    if (nextExpiry - nowJiffies <= 0 && isEmpty()) {
      nextExpiry = nowJiffies + MAX_DELTA;
    }
    clk = nextExpiry - nowJiffies > 0 ? nowJiffies : nextExpiry;
  }

  @Override
  boolean isEmpty() {
    for (long bits : pending) {
      if (bits != 0) {
        return false;
      }
    }
    return true;
  }

  @Override
  boolean enqueue(TimerList timer, int bucket) {
    int flags = TimerFlags.filed(timer.__flags, bucket, target);
    TimerList head = heads[bucket];
    TimerList first = head.__next;
    timer.__next = first; // from here on without a call: see RawSpinlock
    if (first != null) {
      first.__prev = timer;
    }
    head.__next = timer;
    timer.__prev = head;
    timer.__flags = flags;
    pending[bucket >> LEVEL_BITS] |= 1L << bucket;
    return comesFirst(bucketExpiry);
  }

  @Override
  void detach(TimerList timer) {
    int flags = TimerFlags.takenOut(timer.__flags);
    int bucket = TimerFlags.bucket(timer.__flags);
    TimerList running = expiredLevels == 0 ? null : expired[expiredLevels - 1];
    TimerList prev = running != null && running.__next == timer ? running : timer.__prev;
    TimerList next = timer.__next;
    prev.__next = next; // from here on without a call: see RawSpinlock
    if (next != null) {
      if (prev != running) {
        next.__prev = prev;
      }
    } else if (prev == heads[bucket]) {
      pending[bucket >> LEVEL_BITS] &= ~(1L << bucket);
      nextIsStale = true;
    }
    timer.__next = null;
    timer.__prev = null;
    timer.__flags = flags;
  }

  @Override
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

  @Override
  TimerList firstExpired() {
    while (expiredLevels > 0) {
      TimerList timer = expired[expiredLevels - 1].__next;
      if (timer != null) {
        return timer;
      }
      expiredLevels--;
    }
    return null;
  }

  @Override
  boolean staysIn(int bucket, int flags) {
    return bucket == TimerFlags.bucket(flags) && expiredLevels == 0;
  }

  /*
   * From level to level: the first non-empty bucket at or after the clock, cyclically, is the level's
   * next. A bucket of the level above can come earlier only if this level's lies beyond the next point
   * at which the level above is run. A level's clock is the one below divided by 8, rounded up: a part
   * of a granule that has begun was run at its beginning.
   */
  @Override
  void findNextExpiry() {
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

  @Override
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
