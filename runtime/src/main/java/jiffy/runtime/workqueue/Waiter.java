package jiffy.runtime.workqueue;

import static jiffy.linux.Sched.TASK_NORMAL;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.TaskStruct;

/**
 * A task that waits until something of a pool is done: Linux's {@code wq_barrier}. On a list that
 * the pool's lock guards, newest first.
 */
final class Waiter {
  private final TaskStruct task;

  /** The next on the list. */
  final Waiter next;

  private volatile boolean done;

  Waiter(Context context, Waiter next) {
    this.task = context.task();
    this.next = next;
  }

  /** Sleeps until {@link #completeAll}; called by the task itself, without the lock. */
  void await(Scheduler scheduler, Context context) {
    try {
      for (; ; ) {
        scheduler.setState(context, TASK_UNINTERRUPTIBLE);
        if (done) {
          return;
        }
        scheduler.schedule(context);
      }
    } finally {
      task.__state = TASK_RUNNING; // no call: the stack may have overflowed
    }
  }

  /** Wakes all on a list. */
  static void completeAll(Scheduler scheduler, Waiter first) {
    for (Waiter waiter = first; waiter != null; waiter = waiter.next) {
      waiter.done = true;
      scheduler.wakeUp(waiter.task, TASK_NORMAL);
    }
  }
}
