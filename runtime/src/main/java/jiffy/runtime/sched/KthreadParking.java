package jiffy.runtime.sched;

import static jiffy.linux.Errno.EBUSY;
import static jiffy.linux.Errno.ENOSYS;
import static jiffy.linux.Errno.ESRCH;
import static jiffy.linux.Sched.TASK_NORMAL;
import static jiffy.linux.Sched.TASK_PARKED;
import static jiffy.linux.Sched.TASK_RUNNING;

import jiffy.runtime.context.Context;
import jiffy.types.TaskStruct;

/**
 * Parking of kernel threads: {@code kthread_park} asks, the thread goes by {@code kthread_parkme},
 * and {@code kthread_unpark} brings it back. Thread safe.
 */
final class KthreadParking {
  /*
   * Who asks waits for an event, "it has parked for my request", and not for a state, "it is parked": a
   * thread that was unparked a moment ago may still look parked and yet be on its way out, where the
   * next request does not hold it.
   */

  private final Scheduler scheduler;

  KthreadParking(Scheduler scheduler) {
    this.scheduler = scheduler;
  }

  /** {@code kthread_park}; what it returns is said at the API. */
  int park(Context caller, TaskStruct struct) {
    Kthread thread = Kthread.of(struct);
    if (thread == null) {
      return -ESRCH;
    }
    if (thread.isEnded()) {
      return -ENOSYS;
    }
    if (thread.shouldPark) {
      return -EBUSY;
    }
    int request = thread.parkRequest + 1;
    thread.parkRequest = request;
    thread.shouldPark = true;
    if (struct == caller.task()) {
      return 0;
    }
    scheduler.leaveAtomic(caller);
    scheduler.wakeUp(struct, TASK_NORMAL);
    caller.sleeps();
    thread.waiters.await(caller.thread, () -> thread.hasParkedFor(request) || thread.isEnded());
    caller.wakes();
    caller.forgetClock();
    return thread.hasParkedFor(request) ? 0 : -ENOSYS;
  }

  /** {@code kthread_unpark}. */
  void unpark(TaskStruct struct) {
    Kthread thread = Kthread.of(struct);
    if (thread != null) {
      thread.shouldPark = false;
      scheduler.wakeUp(struct, TASK_PARKED);
    }
  }

  /** {@code kthread_should_park}; false for who is none. */
  boolean shouldPark(Context context) {
    Kthread thread = Kthread.of(context.task());
    return thread != null && thread.shouldPark;
  }

  /** {@code kthread_parkme}. */
  void parkMe(Context context) {
    Kthread thread = Kthread.of(context.task());
    if (thread == null) {
      return;
    }
    try {
      scheduler.setState(context, TASK_PARKED);
      while (thread.shouldPark) { // looked at behind the state: see Scheduler
        thread.parkedFor = thread.parkRequest;
        thread.waiters.wakeAll();
        scheduler.schedule(context);
        scheduler.setState(context, TASK_PARKED);
      }
    } finally { // no call here: the stack may have overflowed
      thread.struct.__state = TASK_RUNNING;
    }
  }
}
