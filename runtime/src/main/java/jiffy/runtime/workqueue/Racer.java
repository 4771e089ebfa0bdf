package jiffy.runtime.workqueue;

import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.context.Context;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;

/**
 * Runs items of the inbox for a kworker, one after the other and without the pool's lock: see
 * {@link WorkerPool}, "Racing". Of the kworker's thread, but where said.
 */
final class Racer {
  private final Worker worker;
  private final WorkerPool pool;

  /** What runs, and what is about to run: in turns, by the head. */
  private final PoolQueue[] parts = new PoolQueue[2];

  private final Origin[] origins = new Origin[2];

  /** Where the head was when it began. */
  private long began;

  private boolean racing;

  Racer(Worker worker, WorkerPool pool) {
    this.worker = worker;
    this.pool = pool;
  }

  /** With the lock held: whether it may run the oldest item, and those behind it. */
  boolean mayRace(WorkStruct first) {
    return first.__prev == null
        && worker.counts
        && pool.running == 1
        && pool.busy.size() == 1
        && isFit((PoolQueue) first.__home, first.__origin.owner);
  }

  /** Whether such an item can be run. What is asked changes with the lock only. */
  private boolean isFit(PoolQueue part, Owner owner) {
    return !part.isFull() && !part.queue.isCpuIntensive() && worker.knows(owner);
  }

  /**
   * Runs the oldest item and some behind it; with the lock held, which is given back meanwhile.
   *
   * @return how many
   */
  int race(Context context, WorkStruct first) {
    Inbox inbox = pool.inbox;
    began = inbox.head();
    WorkStruct work = first;
    WorkFunction function = work.func;
    Origin origin = work.__origin;
    note(began + 1, (PoolQueue) work.__home, origin);
    long at = began + 1;
    long to = inbox.thaw();
    pool.racer = this;
    racing = true;
    pool.leave(context);
    for (; ; ) {
      worker.call(context, work, function, origin);
      work = at < to ? inbox.at(at) : null;
      if (work == null) { // all done; or frozen, and cleared
        break;
      }
      PoolQueue part = (PoolQueue) work.__home;
      function = work.func;
      origin = work.__origin;
      if (!isFit(part, origin.owner)) {
        break;
      }
      note(at + 1, part, origin);
      if (!inbox.claim(at)) {
        break;
      }
      at++;
    }
    pool.enter(context);
    racing = false;
    worker.end(context); // of the last one: it is entered now
    return (int) (at - began);
  }

  /** What is about to run. No store of a reference for nothing. */
  private void note(long head, PoolQueue part, Origin origin) {
    int place = (int) head & 1;
    if (parts[place] != part) {
      parts[place] = part;
    }
    if (origins[place] != origin) {
      origins[place] = origin;
    }
  }

  /**
   * With the lock held, by anybody: it races no longer; what runs is entered, as if it had begun
   * with the lock held.
   *
   * @param head of the inbox, frozen
   */
  void settle(long head) {
    int place = (int) head & 1;
    WorkStruct work = pool.inbox.at(head - 1);
    Object generation = parts[place].begins();
    worker.generation = generation; // from here on without a call: see RawSpinlock
    worker.current = work;
    worker.currentQueue = parts[place];
    worker.currentOrigin = origins[place];
    worker.turn += (int) (head - began);
    pool.racer = null;
  }

  /** Whether the function that is being called, if any, may not have been entered. */
  boolean isRacing() {
    return racing;
  }

  /** Has what runs entered. */
  void reveal(Context context) {
    if (racing) { // with the lock also if it is entered: that may be under way
      pool.enter(context);
      pool.held = 0; // no call: see RawSpinlock
    }
  }
}
