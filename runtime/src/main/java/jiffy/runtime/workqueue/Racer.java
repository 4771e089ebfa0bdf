package jiffy.runtime.workqueue;

import java.lang.invoke.VarHandle;
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
   * Runs items; with the lock held, which is given back meanwhile.
   *
   * @return how many; 0 if another has taken the lock before it could begin
   */
  int race(Context context) {
    Inbox inbox = pool.inbox;
    began = inbox.head();
    long at = began;
    long to = inbox.thaw();
    pool.racer = this;
    racing = true;
    pool.leave(context);
    while (at < to) {
      WorkStruct work = inbox.at(at);
      if (work == null) { // frozen, and cleared
        break;
      }
      PoolQueue part = (PoolQueue) work.__home;
      Origin origin = work.__origin;
      WorkFunction function = work.func;
      if (!isFit(part, origin.owner)) {
        break;
      }
      note((int) (at + 1) & 1, part, origin);
      if (!inbox.claim(at)) {
        break;
      }
      at++;
      VarHandle.fullFence(); // the function sees what was written before it was queued
      worker.call(context, work, function, origin);
    }
    pool.enter(context);
    racing = false;
    if (worker.current != null) {
      worker.end(context);
    }
    return (int) (at - began);
  }

  /** What is about to run. No store of a reference for nothing. */
  private void note(int place, PoolQueue part, Origin origin) {
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
    if (head == began) {
      pool.racer = null;
      return;
    }
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
    if (racing && worker.current == null) {
      pool.enter(context);
      pool.held = 0; // no call: see RawSpinlock
    }
  }
}
