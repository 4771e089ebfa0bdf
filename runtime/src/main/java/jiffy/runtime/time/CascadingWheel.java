package jiffy.runtime.time;

import java.util.function.Consumer;
import jiffy.types.TimerList;

/**
 * The timer wheel of Linux 2.3 to 4.7, as the tutorials draw it: exact to the jiffy, at the price
 * of moving a timer up to four times before it runs. {@code timer_wheel=cascading} boots it.
 */
final class CascadingWheel extends Wheel {
  /*
   * One vector of 256 lists, a list a jiffy, and four of 64 lists, each list as long as the whole vector
   * below:
   *
   *   vector   lists   jiffies a list        distance (jiffies)       HZ 250: reaches
   *    tv1      256            1                     0 - 255                  1 s
   *    tv2       64          256                   256 - 16383              65 s
   *    tv3       64        16384                 16384 - 1048575            70 min
   *    tv4       64      1048576               1048576 - 67108863            3 d
   *    tv5       64     67108864              67108864 - 4294967295        198 d
   *
   * A timer goes to the list of its jiffy, by the bits of `expires` that the vector counts. Each time
   * the clock passes a multiple of 256 (of 16384, ...) the list of tv2 (tv3, ...) that begins there is
   * dealt out to the vectors below: the cascade. What has expired at the arming goes to the next jiffy's
   * list, what is farther than 2^32 - 1 to the last of tv5, to be dealt out there again. Lists are FIFO.
   *
   * `pending` has a bit for each list, so that idle jiffies and empty cascades are stepped over:
   * nextExpiry is the next jiffy with a list to run or to deal out.
   *
   * Against the wheel of 6.1: there, a timer that is armed and deleted costs the same, one that runs is
   * never moved, and is late by up to an eighth; here it is exact, and the cascade of a full list is a
   * burst of work in one jiffy.
   */

  private static final int FIRST_BITS = 8;
  private static final int FIRST_LISTS = 1 << FIRST_BITS;
  private static final int BITS = 6;
  private static final int LISTS = 1 << BITS;
  private static final int VECTORS = 5;
  private static final long FARTHEST = 0xffff_ffffL;
  private static final int FIRST_WORDS = FIRST_LISTS >> BITS;

  /** Heads of circular lists: tv1's, then tv2's and so on. */
  private final TimerList[] heads = new TimerList[FIRST_LISTS + (VECTORS - 1) * LISTS];

  /** A bit a list: four words for tv1, one for each other. */
  private final long[] pending = new long[heads.length >> BITS];

  /** Head of the list that is being run. */
  private final TimerList expired = empty(new TimerList());

  CascadingWheel(long nowJiffies) {
    super(nowJiffies + 1);
    for (int i = 0; i < heads.length; i++) {
      heads[i] = empty(new TimerList());
    }
  }

  private static TimerList empty(TimerList head) {
    head.__next = head;
    head.__prev = head;
    return head;
  }

  /** The jiffy of now has been run, or was empty: the clock is one ahead of it. */
  @Override
  void forward(long nowJiffies) {
    if (nowJiffies - clk < 0) {
      return;
    }
    if (nextExpiry - nowJiffies <= 0 && isEmpty()) {
      nextExpiry = nowJiffies + MAX_DELTA;
    }
    clk = nextExpiry - nowJiffies > 0 ? nowJiffies + 1 : nextExpiry;
  }

  @Override
  int locate(long expires, int flags) {
    target = FINE;
    long due = dueAt(expires, flags);
    long delta = due - clk;
    if (delta < 0) {
      due = clk;
    } else if (delta > FARTHEST) {
      due = clk + FARTHEST;
    }
    if (delta < FIRST_LISTS) {
      bucketExpiry = due;
      return (int) (due & FIRST_LISTS - 1);
    }
    int vector = 1;
    while (vector < VECTORS - 1 && delta >> shift(vector + 1) != 0) {
      vector++;
    }
    long list = due >> shift(vector);
    bucketExpiry = list << shift(vector);
    return firstOf(vector) + (int) (list & LISTS - 1);
  }

  /** How many bits of a jiffy the vectors below count; 1 is tv2. */
  private static int shift(int vector) {
    return FIRST_BITS + (vector - 1) * BITS;
  }

  private static int firstOf(int vector) {
    return FIRST_LISTS + (vector - 1) * LISTS;
  }

  @Override
  boolean enqueue(TimerList timer, int bucket) {
    int flags = TimerFlags.filed(timer.__flags, bucket, FINE);
    TimerList head = heads[bucket];
    TimerList last = head.__prev;
    timer.__next = head; // from here on without a call: see RawSpinlock
    timer.__prev = last;
    last.__next = timer;
    head.__prev = timer;
    timer.__flags = flags;
    pending[bucket >> BITS] |= 1L << bucket;
    return comesFirst(bucketExpiry);
  }

  @Override
  void detach(TimerList timer) {
    int flags = TimerFlags.takenOut(timer.__flags);
    int bucket = TimerFlags.bucket(timer.__flags);
    // The first of the list that is being run has an old __prev: see TimerWheel.
    TimerList prev = expired.__next == timer ? expired : timer.__prev;
    TimerList next = timer.__next;
    prev.__next = next; // from here on without a call: see RawSpinlock
    if (prev != expired || next == expired) {
      next.__prev = prev;
    }
    if (prev == next && prev == heads[bucket]) {
      pending[bucket >> BITS] &= ~(1L << bucket);
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
    for (int vector = 1; vector < VECTORS && (at & (1L << shift(vector)) - 1) == 0; vector++) {
      cascade(firstOf(vector) + (int) (at >> shift(vector) & LISTS - 1));
    }
    int slot = (int) (at & FIRST_LISTS - 1);
    if ((pending[slot >> BITS] >>> slot & 1) != 0) {
      pending[slot >> BITS] &= ~(1L << slot);
      move(heads[slot], expired);
    }
    clk++;
    findNextExpiry();
    return true;
  }

  /** Deals a list out to the vectors below. */
  private void cascade(int bucket) {
    if ((pending[bucket >> BITS] >>> bucket & 1) == 0) {
      return;
    }
    pending[bucket >> BITS] &= ~(1L << bucket);
    TimerList dealt = empty(new TimerList());
    move(heads[bucket], dealt);
    for (TimerList timer = dealt.__next; timer != dealt; ) {
      TimerList next = timer.__next;
      enqueue(timer, locate(timer.expires, timer.__flags));
      timer = next;
    }
  }

  /** Moves a list that is not empty to the end of another. */
  private static void move(TimerList from, TimerList to) {
    TimerList first = from.__next;
    TimerList last = from.__prev;
    first.__prev = to.__prev;
    to.__prev.__next = first;
    last.__next = to;
    to.__prev = last;
    empty(from);
  }

  @Override
  TimerList firstExpired() {
    return expired.__next == expired ? null : expired.__next;
  }

  /** Moves always: its place in the list is that of the last arming. */
  @Override
  boolean staysIn(int bucket, int flags) {
    return false;
  }

  @Override
  long targetExpiry(long expires, int flags, int target) {
    return dueAt(expires, flags);
  }

  @Override
  boolean fileAgain(TimerList timer, int flags, int target) {
    return enqueue(timer, locate(timer.expires, flags));
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
  void findNextExpiry() {
    long next = clk + MAX_DELTA;
    int distance = firstDistance();
    if (distance < FIRST_LISTS) {
      next = clk + distance;
    }
    for (int vector = 1; vector < VECTORS; vector++) {
      long bits = pending[FIRST_WORDS + vector - 1];
      if (bits != 0) {
        long list = clk + (1L << shift(vector)) - 1 >> shift(vector);
        int lists = Long.numberOfTrailingZeros(Long.rotateRight(bits, (int) (list & LISTS - 1)));
        long expiry = list + lists << shift(vector);
        if (expiry - next < 0) {
          next = expiry;
        }
      }
    }
    nextExpiry = next;
    nextIsStale = false;
  }

  /** How far the first list of tv1 is that is not empty; {@link #FIRST_LISTS} if all are. */
  private int firstDistance() {
    int from = (int) (clk & FIRST_LISTS - 1);
    for (int i = 0; i <= FIRST_WORDS; i++) {
      int word = (from >> BITS) + i & FIRST_WORDS - 1;
      long bits = pending[word];
      if (i == 0) {
        bits &= -1L << from;
      } else if (i == FIRST_WORDS) {
        bits &= ~(-1L << from);
      }
      if (bits != 0) {
        return (word << BITS) + Long.numberOfTrailingZeros(bits) - from & FIRST_LISTS - 1;
      }
    }
    return FIRST_LISTS;
  }

  @Override
  void forEach(Consumer<TimerList> action) {
    for (TimerList head : heads) {
      forEach(head, action);
    }
    forEach(expired, action);
  }

  private static void forEach(TimerList head, Consumer<TimerList> action) {
    for (TimerList timer = head.__next; timer != head; timer = timer.__next) {
      action.accept(timer);
    }
  }
}
