package jiffy.runtime.sched;

import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.types.WaitQueueEntry.WQ_FLAG_EXCLUSIVE;

import java.lang.invoke.VarHandle;
import jiffy.runtime.context.Context;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;

/**
 * Wait queues: an array of waiters that is replaced as a whole, by CAS.
 *
 * <p>No lock: queues are short, a waker in any context never waits for anybody, and a module's
 * StackOverflowError finds nothing half done. Order as on Linux: the exclusive ones last, first
 * come first woken; before them the others, last come first. A waiter that was woken stays in its
 * place until it leaves. Thread safe.
 */
public final class WaitQueues {
  private final Scheduler scheduler;

  /** For all queues of a kernel; they live in the modules. */
  public WaitQueues(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** {@code prepare_to_wait_event}. @return 0 or -ERESTARTSYS */
  public int prepareToWait(Context context, WaitQueueHead queue, WaitQueueEntry entry, int state) {
    TaskStruct task = context.task();
    if (Scheduler.isInterrupted(task, state)) {
      remove(queue, entry);
      return -ERESTARTSYS;
    }
    entry.__private = task;
    add(queue, entry);
    scheduler.setState(context, state);
    return 0;
  }

  /** {@code finish_wait}. */
  public void finishWait(Context context, WaitQueueHead queue, WaitQueueEntry entry) {
    context.task().__state = TASK_RUNNING;
    remove(queue, entry);
  }

  /**
   * {@code __wake_up}.
   *
   * @param stateMask whom
   * @param exclusive how many of the exclusive ones; 0: all
   */
  public void wake(WaitQueueHead queue, int stateMask, int exclusive) {
    VarHandle.fullFence(); // before it: the condition; see Scheduler
    int left = exclusive;
    for (WaitQueueEntry entry : queue.__entries) {
      TaskStruct task = entry.__private;
      if (task != null
          && scheduler.wakeUp(task, stateMask)
          && (entry.flags & WQ_FLAG_EXCLUSIVE) != 0
          && --left == 0) {
        return;
      }
    }
  }

  /** {@code add_wait_queue}: the task's state stays as it is. Any context. */
  public static void add(WaitQueueHead queue, WaitQueueEntry entry) {
    for (; ; ) {
      WaitQueueEntry[] seen = queue.__entries;
      if (indexOf(seen, entry) >= 0) {
        return;
      }
      WaitQueueEntry[] more = new WaitQueueEntry[seen.length + 1];
      boolean isLast = (entry.flags & WQ_FLAG_EXCLUSIVE) != 0;
      System.arraycopy(seen, 0, more, isLast ? 0 : 1, seen.length);
      more[isLast ? seen.length : 0] = entry;
      if (WaitQueueHead.__ENTRIES.compareAndSet(queue, seen, more)) {
        return;
      }
    }
  }

  /** {@code remove_wait_queue}. Any context. */
  public static void remove(WaitQueueHead queue, WaitQueueEntry entry) {
    for (; ; ) {
      WaitQueueEntry[] seen = queue.__entries;
      int at = indexOf(seen, entry);
      if (at < 0) {
        return;
      }
      WaitQueueEntry[] fewer = new WaitQueueEntry[seen.length - 1];
      System.arraycopy(seen, 0, fewer, 0, at);
      System.arraycopy(seen, at + 1, fewer, at, fewer.length - at);
      if (WaitQueueHead.__ENTRIES.compareAndSet(queue, seen, fewer)) {
        return;
      }
    }
  }

  private static int indexOf(WaitQueueEntry[] entries, WaitQueueEntry entry) {
    for (int i = 0; i < entries.length; i++) {
      if (entries[i] == entry) {
        return i;
      }
    }
    return -1;
  }
}
