package jiffy.runtime.workqueue;

import static jiffy.types.WorkStruct.__HOMED;
import static jiffy.types.WorkStruct.__PENDING;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.WorkStruct;

/** The end of an {@link Inbox} at which items come in: who is at home here, and who sleeps. */
final class Mouth extends MouthFields {
  /**
   * Keeps the next object's fields out of the line of ours, as CacheLine does with the one before.
   */
  long back0, back1, back2, back3, back4, back5, back6;

  Mouth(WorkerPool pool, Inbox inbox) {
    super(pool, inbox);
  }

  /**
   * Puts in an item that is at home here, if it is not in. REFUSED: not open, full, not its home,
   * its module goes.
   */
  Fate putAgain(Arch arch, Context context, PoolQueue part, WorkStruct work) {
    if (!open) { // as it seems
      return Fate.REFUSED;
    }
    lock(arch, context);
    try {
      Fate fate = seek(work, part);
      if (fate == Fate.DONE) {
        fate = takes(work) ? Fate.DONE : Fate.REFUSED;
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
      isIn = takes(work);
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
      Fate fate = seek(work, partOf(work));
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
      return seek(work, partOf(work));
    } finally {
      held = 0; // no call: see RawSpinlock
    }
  }

  /**
   * @param part of the pool, whose item it is
   */
  private Fate seek(WorkStruct work, PoolQueue part) {
    if (!isHome(work, part)) {
      return Fate.REFUSED;
    }
    if (isIn(work.__seat)) {
      return Fate.IS_IN;
    }
    return isHome(work, part) ? Fate.DONE : Fate.REFUSED; // once more: see PendingBit
  }

  /** No look into the part: the kworker writes there. */
  private static boolean isHome(WorkStruct work, PoolQueue part) {
    return work.__state == __HOMED && part != null && work.__home == part;
  }

  /** The part of this pool where it is at home, as it seems; null: none. */
  private PoolQueue partOf(WorkStruct work) {
    PoolQueue part = (PoolQueue) work.__home;
    return part != null && part.pool == pool ? part : null;
  }

  /** Puts in an item that is at home here, and not in. */
  private boolean takes(WorkStruct work) {
    if (!open || isFull() || work.__origin.owner.isGoing()) {
      return false;
    }
    long seat = seatFor(work.__seat);
    if (seat == 0) {
      return false;
    }
    if (seat != work.__seat) {
      work.__seat = seat;
    }
    put(work, seat);
    return true;
  }

  /** Wakes who sleeps until something comes in, as the caller has just put something in. */
  void wake(Arch arch, Context context) {
    if (sleeper == null
        || poked && !wakeOwed) { // as it seems; he has seen who slept as he put it in
      return;
    }
    lock(arch, context);
    HwThread resting = poked && !wakeOwed ? null : sleeper; // from here on without a call
    if (resting != null) {
      poked = true;
    }
    wakeOwed = false;
    held = 0;
    if (resting == null) {
      return;
    }
    try {
      arch.unpark(resting);
    } catch (Throwable e) { // a StackOverflowError of the module's: the next one does it; no call
      wakeOwed = true;
      throw e;
    }
  }

  /** Whether that thread sleeps until something comes in, and is wanted now. No lock. */
  boolean isPoked(HwThread thread) {
    return poked && sleeper == thread;
  }
}

/** The fields of a {@link Mouth}. */
abstract class MouthFields extends HandoverMouth<WorkStruct> {
  final WorkerPool pool;

  /** Whether something may come in; written with the pool's lock. */
  boolean open;

  /**
   * Sleeps until something comes in, and is to be woken then; null: somebody will look. Not the
   * {@link Worker}: that would be one more line which the other side writes.
   */
  HwThread sleeper;

  /** The sleeper was woken, or is about to be. Written with the lock. */
  volatile boolean poked;

  /** Who was to wake the sleeper could not: who comes next does it. */
  volatile boolean wakeOwed;

  MouthFields(WorkerPool pool, Inbox inbox) {
    super(inbox);
    this.pool = pool;
  }
}
