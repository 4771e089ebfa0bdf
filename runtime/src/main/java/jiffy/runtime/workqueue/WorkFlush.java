package jiffy.runtime.workqueue;

import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.WorkStruct;

/**
 * Waits for items: {@code flush_work}, {@code flush_workqueue} and their relatives. Thread safe.
 */
final class WorkFlush {
  private final Arch arch;
  private final Scheduler scheduler;
  private final KernelLog log;
  private final List<WorkerPool> pools;

  WorkFlush(Arch arch, Scheduler scheduler, KernelLog log, List<WorkerPool> pools) {
    this.arch = arch;
    this.scheduler = scheduler;
    this.log = log;
    this.pools = pools;
  }

  /** The pool that the item is in, or was in last; null: it was never queued. */
  static WorkerPool poolOf(WorkStruct work) {
    Object data = work.__data;
    return data instanceof PoolQueue ? ((PoolQueue) data).pool : (WorkerPool) data;
  }

  /** The kworker that the context is; null: it is none, or runs nothing. */
  static Worker self(Context context) {
    if (!(context.sleepWatcher instanceof Worker)) {
      return null;
    }
    Worker worker = (Worker) context.sleepWatcher;
    worker.racer.reveal(context);
    return worker.current != null ? worker : null;
  }

  /** {@code flush_work}. @return whether there was something to wait for */
  boolean flush(Context context, WorkStruct work) {
    if (isOwnItem(context, work, "flush_work")) {
      return false;
    }
    WorkerPool pool = poolOf(work);
    if (pool == null) {
      return false;
    }
    Waiter waiter = null;
    pool.enter(context);
    int before = context.takenOver;
    try {
      if (pool.has(context, work)) {
        waiter = new Waiter(context, (Waiter) work.__waiters);
        work.__waiters = waiter;
      } else {
        waiter = waitFor(context, pool.executing(work));
      }
      pool.leave(context); // who waits sees to it that somebody serves
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (context.takenOver == before) {
        pool.held = 0;
      }
      throw e;
    }
    return await(context, waiter);
  }

  private static Waiter waitFor(Context context, Worker worker) {
    if (worker == null) {
      return null;
    }
    Waiter waiter = new Waiter(context, worker.waiters);
    worker.waiters = waiter;
    return waiter;
  }

  private boolean await(Context context, Waiter waiter) {
    if (waiter == null) {
      return false;
    }
    waiter.await(scheduler, context);
    return true;
  }

  /**
   * Waits until the item runs nowhere; its caller has its pending bit. In all pools, where Linux
   * looks at the last one only: it may run in two, if it was queued to another queue while it ran.
   */
  void awaitRunning(Context context, WorkStruct work) {
    if (isOwnItem(context, work, "cancel_work_sync")) {
      return;
    }
    for (WorkerPool pool : pools) {
      Waiter waiter;
      do {
        pool.enter(context);
        try {
          waiter = waitFor(context, pool.executing(work));
        } finally {
          pool.held = 0; // no call: see RawSpinlock
        }
      } while (await(context, waiter));
    }
  }

  private boolean isOwnItem(Context context, WorkStruct work, String call) {
    Worker self = self(context);
    if (self == null || self.current != work) {
      return false;
    }
    log.print(
        KernelLog.WARNING,
        "workqueue: "
            + call
            + " of "
            + self.currentOrigin
            + " from its own function would wait for itself: it does not wait");
    return true;
  }

  /** {@code flush_workqueue}. */
  void flush(Context context, Workqueue queue) {
    if (isOwnQueue(context, queue, "flush_workqueue")) {
      return;
    }
    List<Waiter> waiters = new ArrayList<>();
    for (PoolQueue part : queue.parts()) {
      part.pool.lockAll(context);
      int before = context.takenOver;
      try {
        Waiter waiter = part.flush(context);
        if (waiter != null) {
          waiters.add(waiter);
        }
        part.pool.leave(context); // who waits sees to it that somebody serves
      } catch (Throwable e) { // a StackOverflowError of the module's: no call
        if (context.takenOver == before) {
          part.pool.held = 0;
        }
        throw e;
      }
    }
    waiters.forEach(waiter -> waiter.await(scheduler, context));
  }

  /**
   * {@code drain_workqueue}: also what the queue's own items queue there.
   *
   * @return false: the caller is one of these, and nothing was waited for
   */
  boolean drain(Context context, Workqueue queue) {
    if (isOwnQueue(context, queue, "drain_workqueue")) {
      return false;
    }
    queue.beginDrain();
    try {
      do {
        flush(context, queue);
      } while (!isEmpty(context, queue));
    } finally {
      queue.endDrain();
    }
    return true;
  }

  private boolean isEmpty(Context context, Workqueue queue) {
    boolean empty = true;
    for (PoolQueue part : queue.parts()) {
      part.pool.lockAll(context);
      try {
        empty &= part.isEmpty();
      } finally {
        part.pool.held = 0; // no call: see RawSpinlock
      }
    }
    return empty;
  }

  private boolean isOwnQueue(Context context, Workqueue queue, String call) {
    Worker self = self(context);
    if (self == null || self.currentQueue.queue != queue) {
      return false;
    }
    log.print(
        KernelLog.WARNING,
        "workqueue: "
            + call
            + " of "
            + queue
            + " from its own work "
            + self.currentOrigin
            + " would wait for itself: it does not wait");
    return true;
  }
}
