package jiffy.kernel;

import jiffy.types.KthreadFunction;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;

/**
 * What a kernel does for {@code jiffy.linux.Sched}, {@code Wait}, {@code Kthreads}, {@code Delay}
 * and {@code Smp}; contracts are there.
 */
public interface TaskOps {
  /** {@code set_current_state}: with the barrier that lets the condition be looked at next. */
  void setState(Current current, int state);

  /** {@code schedule}. */
  void schedule(Current current);

  /** {@code schedule_timeout}. */
  long scheduleTimeout(Current current, long timeoutJiffies);

  /** {@code usleep_range_state}, in ns. */
  void sleepRange(Current current, long minNanos, long maxNanos, int state);

  /** {@code might_sleep}: reports a context that must not. */
  void mightSleep(Current current);

  /** {@code try_to_wake_up}. @return whether the task slept in one of the mask's states */
  boolean wakeUp(Current current, TaskStruct task, int stateMask);

  /**
   * {@code prepare_to_wait_event}: queues the entry, if it is not, and sets the state.
   *
   * @return 0, or -ERESTARTSYS if a signal ends a wait in this state: then it is not queued
   */
  int prepareToWait(Current current, WaitQueueHead queue, WaitQueueEntry entry, int state);

  /** {@code finish_wait}: running again, and off the queue. */
  void finishWait(Current current, WaitQueueHead queue, WaitQueueEntry entry);

  /** {@code add_wait_queue}: as the entry's flags say; the task's state stays as it is. */
  void addWaiter(Current current, WaitQueueHead queue, WaitQueueEntry entry);

  /** {@code remove_wait_queue}. */
  void removeWaiter(Current current, WaitQueueHead queue, WaitQueueEntry entry);

  /** {@code __wake_up}: all non-exclusive waiters and so many exclusive ones; 0: all. */
  void wake(Current current, WaitQueueHead queue, int stateMask, int exclusive);

  /** {@code kthread_create}; null if it cannot be made. */
  TaskStruct kthreadCreate(Current current, KthreadFunction function, Object data, String name);

  /** {@code kthread_bind}. */
  void kthreadBind(Current current, TaskStruct thread, int cpu);

  /** {@code kthread_stop}. */
  int kthreadStop(Current current, TaskStruct thread);

  /** {@code kthread_should_stop}. */
  boolean kthreadShouldStop(Current current);

  /** {@code kthread_park}. */
  int kthreadPark(Current current, TaskStruct thread);

  /** {@code kthread_unpark}. */
  void kthreadUnpark(Current current, TaskStruct thread);

  /** {@code kthread_should_park}. */
  boolean kthreadShouldPark(Current current);

  /** {@code kthread_parkme}. */
  void kthreadParkme(Current current);

  /** {@code kthread_data}. */
  Object kthreadData(TaskStruct thread);

  /** {@code num_online_cpus}. */
  int onlineCpus();
}
