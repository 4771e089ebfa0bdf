package jiffy.runtime.locking;

import jiffy.runtime.arch.CacheLine;

/**
 * A ring by which many hand things over to one: the taker's end. The other is its {@link
 * HandoverMouth}. All methods are the taker's, with whatever guards that, but where said.
 *
 * @param <T> what is handed over
 */
public abstract class HandoverRing<T> extends CacheLine {
  /*
   * A ring of references with two ends. Who hands over puts a thing in at the tail, under the mouth's lock,
   * which is held for a few stores; the taker takes things out at the head, without that lock, and looks for
   * the tail only when it has taken out all that it knew of. So each of the two ends stays in the cache of
   * its processor while a burst is handed over.
   *
   *     [head,limit)   what the taker knows
   *     [limit,tail)   what it has not seen
   *
   * A place in the ring is for ever: things get numbers, tickets, and one is in as long as its ticket is not
   * below the head. So it ceases to be when the head moves, and the taker need not write to it; nor
   * need who hands it over, again and again, for the tickets are in a table of seats that those who hand
   * over keep. A bit in the thing that says whether it is in would be written by both processors,
   * with instructions that wait for its cache line, and that is a multiple of all the rest.
   *
   *     thing.seat = 5   ->   seats[5] = { 5, ticket }     5 + SEATS may sit there later
   *
   * The thing has the number of its seat, the seat that of its thing, and no reference, for a thing may be
   * freed. Who finds his seat taken by another takes a new one: a seat is taken away only while its thing is
   * not in.
   *
   * Slots are cleared some time after they have been passed, many at a time: to clear one is to take its
   * cache line from who fills the others of that line.
   */

  /** So many slots there are. */
  public static final int SIZE = 1 << 11;

  /** The slot of a place. */
  static final int MASK = SIZE - 1;

  /** The first ticket: that of a seat which nobody has had, 0, is in front of the head. */
  protected static final long FIRST = SIZE;

  /** So many slots may be passed and not cleared. */
  protected static final int UNCLEARED = 1 << 6;

  /** So many are worth while. */
  private static final int FEW = 1 << 3;

  /** So many things it holds. */
  public static final int MOST = SIZE - UNCLEARED;

  /** A look that brings fewer was too early. */
  private static final int EARLY = 1 << 6;

  /** Null until it is furnished. */
  private Object[] slots;

  /** Behind the last one that is known. */
  protected long limit = FIRST;

  /** The limit before the last look. */
  private long looked = FIRST;

  /** Slots in front of it are clear; the head, or a little behind. */
  protected long cleared = FIRST;

  /** Not furnished yet. */
  protected HandoverRing() {}

  /** Where the oldest thing is, or will be. Any thread: what is in front of it is not in. */
  public abstract long head();

  /** Makes its slots, and the mouth's seats; before anything can come in. */
  protected final void furnish(HandoverMouth<T> mouth) {
    slots = new Object[SIZE];
    mouth.furnish(slots);
  }

  /** Whether it has slots. */
  protected final boolean isFurnished() {
    return slots != null;
  }

  /** Whether it is known to have something. */
  public final boolean hasItems() {
    return head() < limit;
  }

  /** What is at that place; null if it has been cleared. */
  @SuppressWarnings("unchecked") // the mouth puts in nothing else
  public final T at(long place) {
    return (T) slots[(int) place & MASK];
  }

  /** From now on all in front of that tail is known. */
  protected final void look(long tail) {
    looked = limit;
    limit = tail;
  }

  /** Whether the last look brought so little that it would pay to wait before the next. */
  public final boolean wasEarly() {
    return limit - looked < EARLY;
  }

  /** Whether slots must be cleared before the head moves any further. */
  protected final boolean isDirty() {
    return head() - cleared >= UNCLEARED;
  }

  /**
   * Clears slots if there are some: to clear the one that was passed last would be to take the line
   * from who hands over the next thing. So a ring may keep a few things until more come, or {@link
   * #clear}.
   */
  protected final void tidy() {
    if (head() - cleared >= FEW) {
      clear();
    }
  }

  /** No slot keeps what has been taken out. */
  public final void clear() {
    long to = head();
    for (long at = cleared; at < to; at++) {
      slots[(int) at & MASK] = null;
    }
    cleared = to;
  }
}
