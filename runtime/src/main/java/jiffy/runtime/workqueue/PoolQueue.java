package jiffy.runtime.workqueue;

import java.util.function.Consumer;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.WorkStruct;

/**
 * A queue's part in one pool: how many of its items are under way, and those that wait for their
 * turn. Linux's {@code pool_workqueue}. Guarded by the lock of the pool.
 */
final class PoolQueue {
  /*
   * Flushing. An item belongs to the generation that was the newest when it was queued. Who flushes
   * the queue closes that generation, by beginning another, and waits until it and all older ones have
   * nothing in flight; so what is queued later, by the very items it waits for too, does not hold it
   * up. (Linux has 15 colours for this and lets further flushers wait for one to become free; objects
   * do not run out.)
   *
   *     oldest -> . -> . -> newest
   *     in flight: 2    0    5         the first is drained when its two have run; with it the second
   */
  private static final class Generation {
    int inFlight;
    Generation next;
    Waiter waiters;
  }

  final Workqueue queue;
  final WorkerPool pool;

  private final Scheduler scheduler;
  private final WorkList inactive = new WorkList();
  private int active;
  private int maxActive;
  private Generation oldest = new Generation();
  private Generation newest = oldest;

  /** Its rescuer has been called, and has not come yet. */
  private boolean mayday;

  PoolQueue(Workqueue queue, WorkerPool pool, int maxActive, Scheduler scheduler) {
    this.queue = queue;
    this.pool = pool;
    this.maxActive = maxActive;
    this.scheduler = scheduler;
  }

  /** Puts an item in that its caller has made pending. */
  void insert(WorkStruct work) {
    insert(work, null);
  }

  /**
   * Puts an item in.
   *
   * @param from the pool's inbox, if the item is its first and is to leave it; null: it is in none
   */
  void insert(WorkStruct work, Inbox from) {
    Generation generation = newest;
    boolean waits = active >= maxActive;
    WorkStruct head = waits ? inactive.head : pool.works.head;
    WorkStruct last = head.__prev;
    if (from != null) {
      from.handOverFirst(work);
    }
    work.__next = head; // from here on without a call: see RawSpinlock
    work.__prev = last;
    last.__next = work;
    head.__prev = work;
    work.__inactive = waits;
    work.__generation = generation;
    generation.inFlight++;
    if (!waits) {
      active++;
    }
    work.__data = this;
    if (!waits && inactive.head.__next != inactive.head) {
      activate(); // what an overflow of a stack has left
    }
  }

  /** Takes an item out that is queued here; it stays pending, for its caller. */
  void remove(WorkStruct work) {
    Generation generation = (Generation) work.__generation;
    Waiter waiters = (Waiter) work.__waiters;
    boolean wasActive = !work.__inactive;
    WorkStruct next = work.__next;
    WorkStruct prev = work.__prev;
    prev.__next = next; // from here on without a call: see RawSpinlock
    next.__prev = prev;
    work.__next = null;
    work.__prev = null;
    work.__generation = null;
    work.__waiters = null;
    work.__data = pool;
    generation.inFlight--;
    if (wasActive) {
      active--;
    }
    activate();
    retire();
    Waiter.completeAll(scheduler, waiters);
  }

  /** Whether an item that comes has to wait for its turn. */
  boolean isFull() {
    return active >= maxActive;
  }

  /**
   * An item begins, straight from the inbox.
   *
   * @return its generation, for {@link #finished}
   */
  Object begins() {
    Generation its = newest;
    its.inFlight++;
    active++;
    return its;
  }

  /** An item begins: off the list, and the pool's own. @return its generation */
  Object begins(WorkStruct work) {
    Object its = work.__generation;
    WorkList.unlink(work);
    work.__generation = null;
    work.__waiters = null;
    WorkStruct.__DATA.setRelease(work, pool);
    return its;
  }

  /** An item that has begun has ended. */
  void finished(Object generation) {
    ((Generation) generation).inFlight--;
    active--;
    activate();
    retire();
  }

  /** Lets items have their turn. */
  private void activate() {
    WorkStruct work;
    while (active < maxActive && (work = inactive.first()) != null) {
      WorkStruct next = work.__next;
      WorkStruct head = pool.works.head;
      WorkStruct last = head.__prev;
      inactive.head.__next = next; // from here on without a call: see RawSpinlock
      next.__prev = inactive.head;
      work.__next = head;
      work.__prev = last;
      last.__next = work;
      head.__prev = work;
      work.__inactive = false;
      active++;
    }
  }

  /** Drops drained generations. */
  private void retire() {
    while (oldest != newest && oldest.inFlight == 0) {
      Waiter waiters = oldest.waiters;
      oldest = oldest.next;
      Waiter.completeAll(scheduler, waiters);
    }
  }

  void setMaxActive(int most) {
    maxActive = most;
    activate();
  }

  /** Whether nothing is queued or runs. */
  boolean isEmpty() {
    return oldest == newest && newest.inFlight == 0;
  }

  /**
   * Closes the newest generation.
   *
   * @return to be waited for; null if there is nothing in flight
   */
  Waiter flush(Context context) {
    if (isEmpty()) {
      return null;
    }
    Generation last = newest;
    Generation begun = new Generation();
    Waiter waiter = new Waiter(context, last.waiters);
    last.waiters = waiter; // from here on without a call: see RawSpinlock
    last.next = begun;
    newest = begun;
    retire();
    return waiter;
  }

  /** Has the queue's rescuer come, if it has one. */
  void callRescuer() {
    Rescuer rescuer = queue.rescuer.get();
    if (rescuer != null && !mayday) {
      rescuer.call(); // before what says so: a StackOverflowError of the module's may be between
      mayday = true;
    }
  }

  /** The rescuer is here. @return whether it has been called */
  boolean takeMayday() {
    boolean was = mayday;
    mayday = false;
    return was;
  }

  /** The oldest item on the pool's list, or null. */
  WorkStruct first() {
    for (WorkStruct work = pool.works.head.__next; work != pool.works.head; work = work.__next) {
      if (work.__data == this) {
        return work;
      }
    }
    return null;
  }

  /** How many items are under way: on the pool's list, or running. */
  int active() {
    return active;
  }

  /** Shows the items that wait for their turn. */
  void forEachInactive(Consumer<WorkStruct> action) {
    inactive.forEach(action);
  }
}
