package jiffy.runtime.workqueue;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.RawSpinlock;
import jiffy.types.WorkStruct;

/**
 * The end of an {@link Inbox} at which items come in, with its lock. All that is written here while
 * it is open is written by those who queue; they read nothing that the kworker writes.
 */
final class Mouth extends MouthFields {
  /**
   * Keeps the next object's fields out of the line of ours, as CacheLine does with the one before.
   */
  long back0, back1, back2, back3, back4, back5, back6;

  Mouth(WorkerPool pool, Inbox inbox, WorkStruct[] slots) {
    super(pool, inbox, slots);
  }

  /**
   * Puts in an item that the caller has made pending; without the pool's lock.
   *
   * @return false if it is not open, or full, or if the item's module goes: then nothing has
   *     happened
   */
  boolean put(Arch arch, Context context, PoolQueue part, WorkStruct work) {
    if (!open) { // as it seems
      return false;
    }
    lock(arch, context);
    try {
      int at = tail;
      if (!open || isFull(at) || work.__origin.owner.isGoing()) {
        return false;
      }
      WorkStruct.__DATA.setRelease(work, part);
      slots[at & Inbox.MASK] = work; // from here on without a call: see RawSpinlock
      tail = at + 1;
      return true;
    } finally {
      held = 0; // no call: see RawSpinlock
    }
  }

  private boolean isFull(int at) {
    if (at - headSeen < Inbox.SIZE) {
      return false;
    }
    int said = inbox.headSaid;
    if (said - headSeen > 0) { // the kworker says it from time to time; who looks for more, at once
      headSeen = said;
    }
    return at - headSeen >= Inbox.SIZE;
  }
}

/** The fields of a {@link Mouth}. */
abstract class MouthFields extends RawSpinlock {
  final WorkerPool pool;
  final Inbox inbox;
  final WorkStruct[] slots;
  boolean open;
  int tail;

  /** What they know of the head. */
  int headSeen;

  MouthFields(WorkerPool pool, Inbox inbox, WorkStruct[] slots) {
    this.pool = pool;
    this.inbox = inbox;
    this.slots = slots;
  }
}
