package jiffy.runtime.workqueue;

import static jiffy.types.WorkStruct.__HOMED;
import static jiffy.types.WorkStruct.__PENDING;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.WorkStruct;

/** The lock of an item: Linux's {@code WORK_STRUCT_PENDING_BIT}. Thread safe. */
final class PendingBit {
  /*
   * Who has the pending bit may put the item into a queue, arm its timer, or neither. The bit goes with
   * the item: into a list, from which it is taken over by who takes the item out, or to a timer, from which
   * it is taken over by who deletes that.
   *
   *     state      the bit is
   *     0          nobody's: a CAS to PENDING gets it
   *     PENDING    somebody's, be it a list's or a timer's
   *     HOMED      its home's: of the inbox of that part, and there the ticket says it. The item is pending
   *                while its ticket is not below the inbox's head; so it ceases to be when the kworker
   *                moves the head, and the kworker need not write to it
   *
   * The last is what makes queueing cheap: an item that is queued again and again where it is at home is
   * written to by nobody. Of tickets HandoverRing tells.
   *
   * Who may change an item that is HOMED:
   *
   *     its ticket is below the head   who holds the lock of the inbox's mouth: puts it in again; or makes
   *                                    it PENDING, his own (claim)
   *     it is not                      the kworker that races: moves the head past it and runs it.
   *                                    Who holds the lock of the pool: likewise; or makes it PENDING, moves
   *                                    the head and enters it on a list
   *
   * As it is made PENDING before the head moves, who finds it below the head and then still HOMED, with the
   * mouth's lock held, may change it.
   */
  private final Arch arch;

  PendingBit(Arch arch) {
    this.arch = arch;
  }

  /** Gets the bit of an item that is not pending. @return whether the caller has it */
  boolean claim(Context context, WorkStruct work) {
    for (; ; ) {
      int state = work.__state;
      if (state == 0) {
        if (WorkStruct.__STATE.compareAndSet(work, 0, __PENDING)) {
          return true;
        }
      } else if (state == __HOMED) {
        HandoverMouth.Fate fate = mouthOf(work).claim(arch, context, work);
        if (fate != HandoverMouth.Fate.REFUSED) {
          return fate == HandoverMouth.Fate.DONE;
        }
      } else {
        return false;
      }
    }
  }

  /** Whether somebody has the bit, as it was a moment ago. */
  boolean isTaken(Context context, WorkStruct work) {
    for (; ; ) {
      int state = work.__state;
      if (state != __HOMED) {
        return (state & __PENDING) != 0;
      }
      HandoverMouth.Fate fate = mouthOf(work).look(arch, context, work);
      if (fate != HandoverMouth.Fate.REFUSED) {
        return fate == HandoverMouth.Fate.IS_IN;
      }
    }
  }

  private static Mouth mouthOf(WorkStruct work) {
    return ((PoolQueue) work.__home).pool.inbox.mouth;
  }
}
