package jiffy.runtime.locking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The end of a {@link HandoverRing} at which things come in, with its lock, and the table of who
 * sits where. Almost all that is written here is written by those who hand over; they seldom read
 * what the taker writes. All methods need the lock, but where said.
 *
 * @param <T> what is handed over
 */
public abstract class HandoverMouth<T> extends RawSpinlock {
  /** What has become of a call. */
  public enum Fate {
    /** As asked. */
    DONE,
    /** The thing is in: nothing has happened. */
    IS_IN,
    /** Not here, or not now: nothing has happened. */
    REFUSED
  }

  private static final int SEATS = HandoverRing.SIZE;

  /** So many seats are looked at for one that is free. */
  private static final int TRIES = 8;

  private static final VarHandle TAIL;
  private static final VarHandle SEAT = MethodHandles.arrayElementVarHandle(long[].class);

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(HandoverMouth.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final HandoverRing<T> ring;

  /** The ring's. */
  private Object[] slots;

  /** Who sits there, and the ticket. */
  private long[] seats;

  /** Numbers things; its low bits are the seat. 0 is nobody's. */
  private long lastSeat;

  /**
   * What has come in so far. Written by {@link #put} only; not behind a method, for who closes the
   * ring reads it where no call may be.
   */
  public long tail = HandoverRing.FIRST;

  /**
   * What is known here of the head: it was there once. To read the head itself is to wait for a
   * line that the taker writes.
   */
  private volatile long headSeen;

  /** The mouth of that ring. */
  protected HandoverMouth(HandoverRing<T> ring) {
    this.ring = ring;
    Fate.values(); // initialized now, and not first where the stack may overflow
  }

  /** Before anything can come in. */
  void furnish(Object[] itsSlots) {
    seats = new long[SEATS << 1];
    seats[0] = -1; // not that of things which have none
    slots = itsSlots;
  }

  /** As {@link #tail}, without the lock. */
  public final long tail() {
    return (long) TAIL.getAcquire(this);
  }

  /** By the taker, who needs no lock: where the head is, which those who come had to ask. */
  public final void tellHead() {
    headSeen = ring.head();
  }

  /** Whether what has that seat is in. */
  protected final boolean isIn(long seat) {
    int place = placeOf(seat);
    return seats[place] == seat && isTaken(place);
  }

  /** Without the lock: whether what has that seat was in a moment ago. */
  protected final boolean wasIn(long seat) {
    int place = placeOf(seat);
    if ((long) SEAT.getAcquire(seats, place) != seat) {
      return false;
    }
    long ticket = (long) SEAT.getAcquire(seats, place + 1);
    return ticket >= ring.head()
        && (long) SEAT.getAcquire(seats, place) == seat; // else it is another's ticket
  }

  private static int placeOf(long seat) {
    return ((int) seat & SEATS - 1) << 1;
  }

  private boolean isTaken(int place) {
    long ticket = seats[place + 1];
    return ticket >= headSeen && ticket >= seeHead();
  }

  private long seeHead() {
    VarHandle.fullFence(); // who finds a thing in has written what its function is to see
    return headSeen = ring.head();
  }

  /** Whether the ring takes nothing now. */
  protected final boolean isFull() {
    return tail - headSeen >= HandoverRing.MOST && tail - seeHead() >= HandoverRing.MOST;
  }

  /**
   * The seat for something that is not in.
   *
   * @param last the one it had here, if any; 0: none
   * @return that, or a new one; 0: none nearby is free
   */
  protected final long seatFor(long last) {
    if (seats[placeOf(last)] == last) {
      return last;
    }
    for (int i = 0; i < TRIES; i++) {
      long seat = ++lastSeat;
      int place = placeOf(seat);
      if (!isTaken(place)) {
        seats[place] = seat;
        VarHandle.releaseFence(); // who sees its ticket, without the lock, sees its number
        return seat;
      }
    }
    return 0;
  }

  /**
   * Gives the seat the ticket of what comes in next. If that does not come, the ticket is
   * another's, and the seat will not be taken from its thing for a while: no harm.
   */
  protected final void announce(long seat) {
    seats[placeOf(seat) + 1] = tail;
  }

  /** Puts something in that has got that seat, into a ring that is not full. All or nothing. */
  protected final void put(T thing, long seat) {
    long at = tail;
    int ticket = placeOf(seat) + 1;
    seats[ticket] = at; // from here on without a call: see RawSpinlock
    slots[(int) at & HandoverRing.MASK] = thing;
    try {
      TAIL.setRelease(this, at + 1); // the taker looks without the lock
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      seats[ticket] = at - HandoverRing.SIZE;
      slots[(int) at & HandoverRing.MASK] = null;
      throw e;
    }
  }
}
