package jiffy.runtime.workqueue;

import static jiffy.types.WorkStruct.__CANCELING;
import static jiffy.types.WorkStruct.__PENDING;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.time.Timekeeping;
import jiffy.types.TimerList;
import jiffy.types.WorkStruct;

/**
 * Takes items back: {@code cancel_work} and its relatives, and what {@code mod_delayed_work} begins
 * with. Thread safe.
 */
final class WorkRemoval {
  /*
   * Who takes an item back gets its pending bit (see PendingBit): of an idle one, or of a queued one, by
   * taking that out of its queue, or of one whose delay runs, by deleting the timer. In the short time in
   * which another holds it and has done nothing with it yet, one tries again.
   *
   *     grab()                       the bit was
   *     STOLEN                       a queue's or a timer's: now the caller's
   *     WAS_IDLE                     nobody's: now the caller's
   *     BUSY                         between two places, for a few instructions
   *     CANCELED                     somebody's who waits in cancel_work_sync
   *
   * cancel_work_sync keeps the bit, with CANCELING beside it, until the function has returned: so the
   * item cannot queue itself again.
   */
  static final int WAS_IDLE = 0;
  static final int STOLEN = 1;
  private static final int BUSY = -1;
  static final int CANCELED = -2;

  /** Between two looks at another's cancel, whose wake-up an overflow may have lost: 100 ms. */
  private static final long LOOK_NANOS = 100_000_000L;

  private final Arch arch;
  private final Timekeeping timekeeping;
  private final WorkFlush flush;
  private final PendingBit pending;
  private final WaitList cancelers;

  WorkRemoval(Arch arch, Timekeeping timekeeping, WorkFlush flush, PendingBit pending) {
    this.pending = pending;
    this.arch = arch;
    this.timekeeping = timekeeping;
    this.flush = flush;
    this.cancelers = new WaitList(arch);
  }

  /**
   * Gets the pending bit.
   *
   * @param delay the item's timer, or null if it has none
   * @return STOLEN, WAS_IDLE: the caller has it; CANCELED: the caller cannot have it
   */
  int grab(Context context, WorkStruct work, TimerList delay) {
    for (; ; ) {
      int got = tryGrab(context, work, delay);
      if (got != BUSY) {
        return got;
      }
      arch.relax(context.thread);
    }
  }

  private int tryGrab(Context context, WorkStruct work, TimerList delay) {
    if (delay != null && takeTimer(context, work, delay)) {
      return STOLEN;
    }
    if (pending.claim(context, work)) {
      return WAS_IDLE;
    }
    WorkerPool pool = WorkFlush.poolOf(work);
    if (pool != null && steal(context, pool, work)) {
      return STOLEN;
    }
    if ((work.__state & __CANCELING) != 0) {
      return CANCELED;
    }
    return isForsaken(work, delay) ? WAS_IDLE : BUSY;
  }

  private boolean takeTimer(Context context, WorkStruct work, TimerList delay) {
    int before = context.timersLost;
    try {
      return timekeeping.delete(context, delay, false) == 1;
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (context.timersLost != before) {
        work.__state = 0;
      }
      throw e;
    }
  }

  /** Rmmod has taken its timer, or has had it refused: nobody has the bit. */
  private static boolean isForsaken(WorkStruct work, TimerList delay) {
    return work.__state == __PENDING
        && work.__origin != null
        && work.__origin.owner.isGoing()
        && !(work.__data instanceof PoolQueue)
        && (delay == null || delay.__prev == null);
  }

  private boolean steal(Context context, WorkerPool pool, WorkStruct work) {
    boolean queued = false;
    boolean stolen = false;
    pool.enter(context);
    int before = context.takenOver;
    try {
      queued = pool.has(context, work);
      if (queued) {
        ((PoolQueue) work.__data).remove(work);
        stolen = true;
      }
      pool.leave(context); // another may have its turn now
      return stolen;
    } catch (Throwable e) { // a StackOverflowError of the module's: free it, without a call
      if (stolen || queued && work.__data == pool && work.__prev == null) {
        work.__state = 0;
      }
      if (context.takenOver == before) {
        pool.held = 0;
      }
      throw e;
    }
  }

  /** {@code cancel_work}, {@code cancel_delayed_work}. @return whether it was pending */
  boolean cancel(Context context, WorkStruct work, TimerList delay) {
    int got = grab(context, work, delay);
    if (got == CANCELED) {
      return false;
    }
    work.__state = 0;
    return got == STOLEN;
  }

  /** {@code cancel_work_sync}, {@code cancel_delayed_work_sync}. @return whether it was pending */
  boolean cancelSync(Context context, WorkStruct work, TimerList delay) {
    int got;
    while ((got = grab(context, work, delay)) == CANCELED) {
      context.sleeps();
      cancelers.await(
          context.thread, arch.now() + LOOK_NANOS, () -> (work.__state & __CANCELING) == 0);
      context.wakes();
      context.forgetClock();
    }
    try {
      work.__state = __PENDING | __CANCELING;
      flush.awaitRunning(context, work);
    } finally {
      work.__state = 0;
    }
    cancelers.wakeAll();
    return got == STOLEN;
  }
}
