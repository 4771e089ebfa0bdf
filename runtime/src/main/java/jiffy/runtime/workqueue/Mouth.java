package jiffy.runtime.workqueue;

import static jiffy.types.WorkStruct.__HOMED;
import static jiffy.types.WorkStruct.__PENDING;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.RawSpinlock;
import jiffy.types.WorkStruct;

/**
 * The end of an {@link Inbox} at which items come in, with its lock. All that is written here while
 * it is open is written by those who queue; they seldom read what the kworker writes.
 */
final class Mouth extends MouthFields {
  /**
   * Keeps the next object's fields out of the line of ours, as CacheLine does with the one before.
   */
  long back0, back1, back2, back3, back4, back5, back6;

  /** What has become of a call. */
  enum Fate {
    /** As asked. */
    DONE,
    /** The item is in: nothing has happened. */
    IS_IN,
    /** Not open, full, not its home, or its module goes: nothing has happened. */
    REFUSED
  }

  Mouth(WorkerPool pool, Inbox inbox) {
    super(pool, inbox);
    Fate.values(); // initialized now, and not first where the stack may overflow
  }

  /** Puts in an item that is at home here, if it is not in. */
  Fate putAgain(Arch arch, Context context, PoolQueue part, WorkStruct work) {
    if (!open) { // as it seems
      return Fate.REFUSED;
    }
    lock(arch, context);
    try {
      Fate fate = work.__home == part ? seek(work) : Fate.REFUSED;
      if (fate == Fate.DONE) {
        fate = put(work) ? Fate.DONE : Fate.REFUSED;
      }
      return fate;
    } finally {
      try {
        unlock(); // cheaper by a fence than the write below
      } catch (StackOverflowError e) { // the module's; there is nothing left to do
        held = 0;
      }
    }
  }

  /** Puts in an item that the caller has made pending; from now on it is at home here. */
  boolean putFirst(Arch arch, Context context, PoolQueue part, WorkStruct work) {
    if (!open) { // as it seems
      return false;
    }
    boolean isIn = false;
    lock(arch, context);
    try {
      PoolQueue last = (PoolQueue) work.__home;
      if (last == null || last.pool != pool) {
        work.__seat = 0; // it was another mouth's number
      }
      work.__home = part;
      work.__data = pool;
      work.__state = __HOMED; // with an old seat, or none: the lock is held
      isIn = put(work);
      return isIn;
    } finally {
      if (!isIn) {
        work.__state = __PENDING;
      }
      try {
        unlock(); // as above
      } catch (StackOverflowError e) {
        held = 0;
      }
    }
  }

  /** Takes the pending bit of an item that is at home here, if it is not in. */
  Fate claim(Arch arch, Context context, WorkStruct work) {
    lock(arch, context);
    try {
      Fate fate = seek(work);
      if (fate == Fate.DONE) {
        work.__state = __PENDING;
      }
      return fate;
    } finally {
      held = 0; // no call: see RawSpinlock
    }
  }

  /** Whether an item is in, which was at home here a moment ago; DONE: it is not. */
  Fate look(Arch arch, Context context, WorkStruct work) {
    lock(arch, context);
    try {
      return seek(work);
    } finally {
      held = 0; // no call: see RawSpinlock
    }
  }

  private Fate seek(WorkStruct work) {
    if (!isHome(work)) {
      return Fate.REFUSED;
    }
    int seat = seatOf(work);
    if (seats[seat] == work.__seat && isTaken(seat)) {
      return Fate.IS_IN;
    }
    return isHome(work) ? Fate.DONE : Fate.REFUSED; // once more: see PendingBit
  }

  private boolean isHome(WorkStruct work) {
    return work.__state == __HOMED && ((PoolQueue) work.__home).pool == pool;
  }

  private static int seatOf(WorkStruct work) {
    return ((int) work.__seat & SEATS - 1) << 1;
  }

  /** Whether the item of that seat is in. */
  private boolean isTaken(int seat) {
    long ticket = seats[seat + 1];
    return ticket >= headSeen && ticket >= seeHead();
  }

  private long seeHead() {
    VarHandle.fullFence(); // who finds an item in has written what its function is to see
    return headSeen = inbox.head();
  }

  /** Puts in an item that is at home here, and not in. */
  private boolean put(WorkStruct work) {
    long at = tail;
    if (!open || isFull(at) || work.__origin.owner.isGoing()) {
      return false;
    }
    int seat = seatOf(work);
    if (seats[seat] != work.__seat && (seat = seatFor(work)) < 0) {
      return false;
    }
    seats[seat + 1] = at; // from here on without a call: see RawSpinlock
    slots[(int) at & Inbox.MASK] = work;
    try {
      TAIL.setRelease((MouthFields) this, at + 1); // the kworker looks without the lock
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      seats[seat + 1] = at - Inbox.SIZE;
      slots[(int) at & Inbox.MASK] = null;
      throw e;
    }
    return true;
  }

  private boolean isFull(long at) {
    return at - headSeen >= Inbox.MOST && at - seeHead() >= Inbox.MOST;
  }

  /** Gives the item a seat whose item is not in. @return -1 if there is none nearby */
  private int seatFor(WorkStruct work) {
    for (int i = 0; i < TRIES; i++) {
      long id = ++lastSeat;
      int seat = ((int) id & SEATS - 1) << 1;
      if (!isTaken(seat)) {
        seats[seat] = id;
        work.__seat = id;
        return seat;
      }
    }
    return -1;
  }

  /** Wakes who sleeps until something comes in, as the caller has just put something in. */
  void wake(Arch arch) {
    Worker resting = sleeper;
    if (resting == null || resting.poked) {
      return; // who rises closes the mouth first, and so has seen it
    }
    resting.poked = true;
    try {
      arch.unpark(resting.thread);
    } catch (Throwable e) { // a StackOverflowError of the module's: the next one does it; no call
      resting.poked = false;
      throw e;
    }
  }

  /** What has come in so far. The lock is not needed. */
  long tail() {
    return (long) TAIL.getAcquire((MouthFields) this);
  }
}

/** The fields of a {@link Mouth}. */
abstract class MouthFields extends RawSpinlock {
  static final int SEATS = Inbox.SIZE;

  /** So many seats are looked at for one that is free. */
  static final int TRIES = 8;

  static final VarHandle TAIL;

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(MouthFields.class, "tail", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final WorkerPool pool;
  final Inbox inbox;

  /** The inbox's, once it has any. */
  WorkStruct[] slots;

  /**
   * Tickets, each behind the number of the item that sits there. It holds no items: a work may be
   * freed.
   */
  long[] seats;

  /** Numbers items; its low bits are the seat. 0 is nobody's. */
  long lastSeat;

  /** Whether something may come in; written with the pool's lock. */
  boolean open;

  long tail = Inbox.FIRST;

  /** Sleeps until something comes in, and is to be woken then; null: somebody will look. */
  Worker sleeper;

  /** What they know of the head. */
  long headSeen;

  MouthFields(WorkerPool pool, Inbox inbox) {
    this.pool = pool;
    this.inbox = inbox;
  }
}
