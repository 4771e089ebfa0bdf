package jiffy.runtime.sched;

import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Sched.TASK_NORMAL;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.types.WaitQueueEntry.WQ_FLAG_EXCLUSIVE;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Splat;
import jiffy.types.Mutex;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueEntry;

/**
 * Mutexes: one CAS to take a free one, one to give it back. Thread safe; each method is called by
 * the context that it is given.
 */
final class Mutexes {
  /*
   * The word of a mutex holds two ids of contexts: who has it, and to whom it must be handed.
   *
   *      (heir, holder)
   *      (0, 0)   free                          lock:    (0, 0) -> (0, me)
   *      (0, a)   held                          unlock:  (0, a) -> (0, 0), and wake the first in the queue
   *      (h, a)   held, promised to h           unlock:  (h, a) -> (0, h), and wake h
   *
   * Who comes just when it is given back may take it before the woken waiter is there. That makes a
   * mutex fast, for its processor need not wait for a sleeper to rise. But a waiter who is the first in
   * the queue, and has been woken in vain, makes himself heir before he sleeps again: nobody starves.
   *
   * A heir whom a signal calls away takes his name out by CAS, and sees by that whether it was handed
   * to him before. Who leaves without it while it is free passes the wake-up on, which may have been
   * meant for him. A heir who was lost in a StackOverflowError has left a place in the queue that
   * names no task any more: it is not handed to him. A wake-up that its giver has lost in one is made
   * good by the waiter himself, who looks from time to time; but not on virtual time, where all that
   * waits for ever is found.
   */

  private static final int HEIR_SHIFT = 32;
  private static final long HOLDER_MASK = 0xffff_ffffL;

  /** Between two looks of a waiter: 1 s. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final Contexts contexts;
  private final Scheduler scheduler;
  private final WaitQueues queues;
  private final Splat splat;
  private final LockReports reports;

  Mutexes(Contexts contexts, Scheduler scheduler, Splat splat, LockReports reports) {
    this.contexts = contexts;
    this.scheduler = scheduler;
    this.queues = new WaitQueues(scheduler);
    this.splat = splat;
    this.reports = reports;
  }

  private static int holder(long word) {
    return (int) word;
  }

  private static int heir(long word) {
    return (int) (word >>> HEIR_SHIFT);
  }

  boolean tryLock(Context context, Mutex mutex) {
    if (!Mutex.__WORD.compareAndSet(mutex, 0L, (long) context.id)) {
      return false;
    }
    context.locksHeld++;
    return true;
  }

  /**
   * @return 0 or -EINTR
   */
  int lock(Context context, Mutex mutex, int state) {
    splat.mightSleep(context);
    if (tryLock(context, mutex)) {
      return 0;
    }
    long word = mutex.__word;
    boolean isOwn = holder(word) == context.id;
    if (!isOwn
        && holder(word) != 0
        && contexts.byId(holder(word)) == null
        && word == mutex.__word) {
      reports.holderHasEnded(context, mutex);
    }
    int waitState = isOwn ? reports.selfDeadlock(context, "mutex_lock", mutex, state) : state;
    int result = await(context, mutex, waitState, isOwn);
    if (result == 0) {
      context.locksHeld++;
    }
    return result;
  }

  /**
   * @param isOwn the caller holds it already, and so cannot be its heir
   */
  private int await(Context context, Mutex mutex, int state, boolean isOwn) {
    TaskStruct self = context.task();
    WaitQueueEntry entry = new WaitQueueEntry();
    entry.flags = WQ_FLAG_EXCLUSIVE;
    int result = -EINTR;
    try {
      boolean isPatient = true;
      for (; ; ) {
        int interrupted = queues.prepareToWait(context, mutex.__wait, entry, state);
        boolean asksForIt = !isPatient && !isOwn && mutex.__wait.__first() == entry;
        if (take(mutex, context.id, asksForIt, isOwn)
            || interrupted != 0 && !isOwn && wasHandedOver(mutex, context.id)) {
          result = 0;
          return result;
        }
        if (interrupted != 0) {
          return result;
        }
        boolean looks = !isOwn && (context.hooks & Context.HOOK_SIM) == 0;
        long until = looks ? scheduler.now() + LOOK_NANOS : Arch.NEVER;
        isPatient &= !scheduler.schedule(context, until);
      }
    } finally {
      self.__state = TASK_RUNNING; // first, and no call: the stack may have overflowed
      entry.__private = null; // should it stay queued, it takes nobody's wake-up
      queues.finishWait(context, mutex.__wait, entry);
      if (result != 0 && mutex.__word == 0) {
        wakeFirst(mutex);
      }
    }
  }

  /**
   * Takes it, if it is free or was handed to the caller.
   *
   * @param asksForIt else makes the caller its heir
   */
  private static boolean take(Mutex mutex, int me, boolean asksForIt, boolean isOwn) {
    for (; ; ) {
      long word = mutex.__word;
      if (holder(word) == me && !isOwn) {
        return true;
      }
      if (word == 0) {
        if (Mutex.__WORD.compareAndSet(mutex, 0L, (long) me)) {
          return true;
        }
      } else if (!asksForIt || heir(word) != 0) {
        return false;
      } else if (Mutex.__WORD.compareAndSet(mutex, word, word | (long) me << HEIR_SHIFT)) {
        return false;
      }
    }
  }

  /** Takes the caller's name out of the will. @return false; true: too late, it has inherited */
  private static boolean wasHandedOver(Mutex mutex, int me) {
    for (; ; ) {
      long word = mutex.__word;
      if (holder(word) == me) {
        return true;
      }
      if (heir(word) != me || Mutex.__WORD.compareAndSet(mutex, word, word & HOLDER_MASK)) {
        return false;
      }
    }
  }

  void unlock(Context context, Mutex mutex) {
    if (Mutex.__WORD.compareAndSet(mutex, (long) context.id, 0L)) {
      context.locksHeld--;
      wakeFirst(mutex);
      return;
    }
    int holder = holder(mutex.__word);
    if (holder == context.id) {
      context.locksHeld--;
    } else {
      String check = "DEBUG_LOCKS_WARN_ON(__owner_task(owner) != current)";
      reports.badUnlock(context, check, "mutex_unlock", mutex, holder, holder == 0);
    }
    handOver(mutex);
  }

  private void handOver(Mutex mutex) {
    for (; ; ) {
      long word = mutex.__word;
      if (word == 0) {
        return;
      }
      TaskStruct heir = livingHeir(mutex, word);
      if (Mutex.__WORD.compareAndSet(mutex, word, heir == null ? 0L : word >>> HEIR_SHIFT)) {
        if (heir == null) {
          wakeFirst(mutex);
        } else {
          scheduler.wakeUp(heir, TASK_NORMAL);
        }
        return;
      }
    }
  }

  private TaskStruct livingHeir(Mutex mutex, long word) {
    Context heir = heir(word) == 0 ? null : contexts.byId(heir(word));
    WaitQueueEntry first = mutex.__wait.__first();
    boolean isThere = heir != null && first != null && first.__private == heir.task();
    return isThere ? heir.task() : null;
  }

  private void wakeFirst(Mutex mutex) {
    if (mutex.__wait.__entries.length != 0) {
      queues.wake(mutex.__wait, TASK_NORMAL, 1);
    }
  }
}
