package jiffy.linux;

import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Sched.MAX_SCHEDULE_TIMEOUT;
import static jiffy.linux.Sched.TASK_IDLE;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_KILLABLE;
import static jiffy.linux.Sched.TASK_NORMAL;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;

/**
 * {@code linux/wait.h}: sleep until a condition holds.
 *
 * <p>The waiter names a queue and a condition; who makes the condition true calls {@link #wake_up}
 * on that queue, in any context, and each waiter looks again. A condition is looked at before the
 * first sleep and after each wake-up, on the waiter's task: it must not sleep. What C writes as an
 * expression is a lambda here: {@code wait_event(wq, () -> data.loops == 0)}.
 *
 * <p>Contexts: what may sleep, all {@code wait_event} forms and what begins with {@code
 * prepare_to_wait}, belongs into process context; see {@link Sched} for what happens elsewhere. The
 * others, all of {@code wake_up} among them, are for any context.
 */
public final class Wait {
  private Wait() {}

  /** {@code DECLARE_WAIT_QUEUE_HEAD(name)}: a new, empty queue; for a static initializer. */
  public static WaitQueueHead DECLARE_WAIT_QUEUE_HEAD() {
    return new WaitQueueHead();
  }

  /** {@code init_waitqueue_head(wq_head)}: makes it empty. Nobody may wait there. */
  public static void init_waitqueue_head(WaitQueueHead queue) {
    queue.__init();
  }

  /**
   * {@code int waitqueue_active(struct wait_queue_head *wq_head)}: whether somebody waits, at this
   * moment.
   */
  public static boolean waitqueue_active(WaitQueueHead queue) {
    return queue.__entries.length != 0;
  }

  /**
   * {@code bool wq_has_sleeper(struct wait_queue_head *wq_head)}: {@link #waitqueue_active}, with
   * the barrier that makes it safe to ask after the condition was changed.
   */
  public static boolean wq_has_sleeper(WaitQueueHead queue) {
    VarHandle.fullFence();
    return waitqueue_active(queue);
  }

  /** {@code DECLARE_WAITQUEUE(name, task)}: a place in a queue for that task. */
  public static WaitQueueEntry DECLARE_WAITQUEUE(TaskStruct task) {
    WaitQueueEntry entry = new WaitQueueEntry();
    entry.__private = task;
    return entry;
  }

  /**
   * {@code void add_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry
   * *wq_entry)}: queues the entry's task, whose state stays as it is. Any context.
   */
  public static void add_wait_queue(WaitQueueHead queue, WaitQueueEntry entry) {
    entry.flags &= ~WaitQueueEntry.WQ_FLAG_EXCLUSIVE;
    queue(queue, entry);
  }

  /**
   * {@code void add_wait_queue_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry
   * *wq_entry)}: as one of those of which a wake-up wakes one.
   */
  public static void add_wait_queue_exclusive(WaitQueueHead queue, WaitQueueEntry entry) {
    entry.flags |= WaitQueueEntry.WQ_FLAG_EXCLUSIVE;
    queue(queue, entry);
  }

  private static void queue(WaitQueueHead queue, WaitQueueEntry entry) {
    Current current = Current.get();
    if (entry.__private == null) { // of DEFINE_WAIT, which in C names the caller
      entry.__private = current.task();
    }
    current.kernel.tasks.addWaiter(current, queue, entry);
  }

  /**
   * {@code void remove_wait_queue(struct wait_queue_head *wq_head, struct wait_queue_entry
   * *wq_entry)}: off the queue. Any context.
   */
  public static void remove_wait_queue(WaitQueueHead queue, WaitQueueEntry entry) {
    Current current = Current.get();
    current.kernel.tasks.removeWaiter(current, queue, entry);
  }

  /** {@code DEFINE_WAIT(name)}: a place in a queue for the calling task. */
  public static WaitQueueEntry DEFINE_WAIT() {
    return new WaitQueueEntry();
  }

  /**
   * {@code void prepare_to_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry,
   * int state)}: queues the calling task and sets its state. Then look at the condition, {@code
   * schedule()}, and look again; at last {@link #finish_wait}. If a signal waits that ends such a
   * sleep, the task is not queued and stays running, so that {@code schedule()} does not sleep
   * either.
   */
  public static void prepare_to_wait(WaitQueueHead queue, WaitQueueEntry entry, int state) {
    Current current = Current.get();
    if (current.kernel.tasks.prepareToWait(current, queue, entry, state) != 0) {
      current.kernel.tasks.setState(current, TASK_RUNNING); // schedule() would not sleep either
    }
  }

  /**
   * {@code bool prepare_to_wait_exclusive(struct wait_queue_head *wq_head, struct wait_queue_entry
   * *wq_entry, int state)}: as {@link #prepare_to_wait}, as one of those of which a wake-up wakes
   * one. That C tells whether it is the first there is left out.
   */
  public static void prepare_to_wait_exclusive(
      WaitQueueHead queue, WaitQueueEntry entry, int state) {
    entry.flags |= WaitQueueEntry.WQ_FLAG_EXCLUSIVE;
    prepare_to_wait(queue, entry, state);
  }

  /**
   * {@code long prepare_to_wait_event(struct wait_queue_head *wq_head, struct wait_queue_entry
   * *wq_entry, int state)}.
   *
   * @return 0, or -ERESTARTSYS if a signal waits for the task: it is not queued then
   */
  public static long prepare_to_wait_event(WaitQueueHead queue, WaitQueueEntry entry, int state) {
    Current current = Current.get();
    return current.kernel.tasks.prepareToWait(current, queue, entry, state);
  }

  /**
   * {@code void finish_wait(struct wait_queue_head *wq_head, struct wait_queue_entry *wq_entry)}:
   * running again, and off the queue.
   */
  public static void finish_wait(WaitQueueHead queue, WaitQueueEntry entry) {
    Current current = Current.get();
    current.kernel.tasks.finishWait(current, queue, entry);
  }

  /** {@code wake_up(wq_head)}: all waiters, but of the exclusive ones only the first. */
  public static void wake_up(WaitQueueHead queue) {
    wake(queue, TASK_NORMAL, 1);
  }

  /** {@code wake_up_nr(wq_head, nr)}: all waiters, of the exclusive ones so many. */
  public static void wake_up_nr(WaitQueueHead queue, int nr) {
    wake(queue, TASK_NORMAL, nr);
  }

  /** {@code wake_up_all(wq_head)}: all waiters. */
  public static void wake_up_all(WaitQueueHead queue) {
    wake(queue, TASK_NORMAL, 0);
  }

  /**
   * {@code wake_up_sync(wq_head)}: {@link #wake_up}; that the waker will sleep soon is no matter.
   */
  public static void wake_up_sync(WaitQueueHead queue) {
    wake_up(queue);
  }

  /** {@code wake_up_interruptible(wq_head)}: as {@link #wake_up}, those who sleep so. */
  public static void wake_up_interruptible(WaitQueueHead queue) {
    wake(queue, TASK_INTERRUPTIBLE, 1);
  }

  /** {@code wake_up_interruptible_all(wq_head)}: as {@link #wake_up_all}, those who sleep so. */
  public static void wake_up_interruptible_all(WaitQueueHead queue) {
    wake(queue, TASK_INTERRUPTIBLE, 0);
  }

  /** {@code wake_up_interruptible_nr(wq_head, nr)}: as {@link #wake_up_nr}, those who sleep so. */
  public static void wake_up_interruptible_nr(WaitQueueHead queue, int nr) {
    wake(queue, TASK_INTERRUPTIBLE, nr);
  }

  /** {@code wake_up_interruptible_sync(wq_head)}: {@link #wake_up_interruptible}. */
  public static void wake_up_interruptible_sync(WaitQueueHead queue) {
    wake_up_interruptible(queue);
  }

  private static void wake(WaitQueueHead queue, int mode, int exclusive) {
    Current current = Current.get();
    current.kernel.tasks.wake(current, queue, mode, exclusive);
  }

  /** {@code wait_event(wq_head, condition)}: until it holds, whatever happens. */
  public static void wait_event(WaitQueueHead queue, BooleanSupplier condition) {
    waitFor(queue, condition, TASK_UNINTERRUPTIBLE, 0, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * {@code wait_event_interruptible(wq_head, condition)}: until it holds or a signal comes.
   *
   * @return 0: it holds; -ERESTARTSYS: a signal waits for the task
   */
  public static int wait_event_interruptible(WaitQueueHead queue, BooleanSupplier condition) {
    long left = waitFor(queue, condition, TASK_INTERRUPTIBLE, 0, MAX_SCHEDULE_TIMEOUT);
    return left == -ERESTARTSYS ? -ERESTARTSYS : 0;
  }

  /**
   * {@code wait_event_killable(wq_head, condition)}: until it holds or a fatal signal comes.
   *
   * @return as {@link #wait_event_interruptible}
   */
  public static int wait_event_killable(WaitQueueHead queue, BooleanSupplier condition) {
    long left = waitFor(queue, condition, TASK_KILLABLE, 0, MAX_SCHEDULE_TIMEOUT);
    return left == -ERESTARTSYS ? -ERESTARTSYS : 0;
  }

  /**
   * {@code wait_event_timeout(wq_head, condition, timeout)}: until it holds or the time is over.
   *
   * @param timeoutJiffies as {@link Sched#schedule_timeout}
   * @return
   *     <ul>
   *       <li>0: it does not hold, the time is over
   *       <li>1: it holds, and the time is over
   *       <li>more: it holds, and so many jiffies were left
   *     </ul>
   */
  public static long wait_event_timeout(
      WaitQueueHead queue, BooleanSupplier condition, long timeoutJiffies) {
    return waitFor(queue, condition, TASK_UNINTERRUPTIBLE, 0, timeoutJiffies);
  }

  /**
   * {@code wait_event_interruptible_timeout(wq_head, condition, timeout)}.
   *
   * @return as {@link #wait_event_timeout}, or -ERESTARTSYS: a signal waits for the task
   */
  public static long wait_event_interruptible_timeout(
      WaitQueueHead queue, BooleanSupplier condition, long timeoutJiffies) {
    return waitFor(queue, condition, TASK_INTERRUPTIBLE, 0, timeoutJiffies);
  }

  /**
   * {@code wait_event_killable_timeout(wq_head, condition, timeout)}.
   *
   * @return as {@link #wait_event_timeout}, or -ERESTARTSYS: a fatal signal waits for the task
   */
  public static long wait_event_killable_timeout(
      WaitQueueHead queue, BooleanSupplier condition, long timeoutJiffies) {
    return waitFor(queue, condition, TASK_KILLABLE, 0, timeoutJiffies);
  }

  /** {@code wait_event_idle(wq_head, condition)}: {@link #wait_event}, as idle. */
  public static void wait_event_idle(WaitQueueHead queue, BooleanSupplier condition) {
    waitFor(queue, condition, TASK_IDLE, 0, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * {@code wait_event_idle_timeout(wq_head, condition, timeout)}: as {@link #wait_event_timeout},
   * as idle.
   */
  public static long wait_event_idle_timeout(
      WaitQueueHead queue, BooleanSupplier condition, long timeoutJiffies) {
    return waitFor(queue, condition, TASK_IDLE, 0, timeoutJiffies);
  }

  /**
   * {@code wait_event_interruptible_exclusive(wq_head, condition)}: as {@link
   * #wait_event_interruptible}, as one of those of which a wake-up wakes one.
   */
  public static int wait_event_interruptible_exclusive(
      WaitQueueHead queue, BooleanSupplier condition) {
    return waitExclusively(queue, condition, TASK_INTERRUPTIBLE);
  }

  /**
   * {@code wait_event_killable_exclusive(wq_head, condition)}: as {@link #wait_event_killable},
   * exclusive.
   */
  public static int wait_event_killable_exclusive(WaitQueueHead queue, BooleanSupplier condition) {
    return waitExclusively(queue, condition, TASK_KILLABLE);
  }

  private static int waitExclusively(WaitQueueHead queue, BooleanSupplier condition, int state) {
    long left =
        waitFor(queue, condition, state, WaitQueueEntry.WQ_FLAG_EXCLUSIVE, MAX_SCHEDULE_TIMEOUT);
    return left == -ERESTARTSYS ? -ERESTARTSYS : 0;
  }

  /**
   * {@code wait_event_lock_irq(wq_head, condition, lock)}: the condition is looked at under the
   * lock, which is given back for the time of each sleep.
   *
   * @param lock held by {@code spin_lock_irq}, and held again when it returns
   */
  public static void wait_event_lock_irq(
      WaitQueueHead queue, BooleanSupplier condition, SpinlockT lock) {
    waitUnlocked(queue, condition, lock, TASK_UNINTERRUPTIBLE);
  }

  /**
   * {@code wait_event_interruptible_lock_irq(wq_head, condition, lock)}: {@link
   * #wait_event_lock_irq}, until a signal comes.
   *
   * @return 0: it holds; -ERESTARTSYS: a signal waits for the task
   */
  public static int wait_event_interruptible_lock_irq(
      WaitQueueHead queue, BooleanSupplier condition, SpinlockT lock) {
    return waitUnlocked(queue, condition, lock, TASK_INTERRUPTIBLE);
  }

  private static int waitUnlocked(
      WaitQueueHead queue, BooleanSupplier condition, SpinlockT lock, int state) {
    Current current = Current.get();
    TaskStruct self = current.task();
    WaitQueueEntry entry = new WaitQueueEntry();
    try {
      for (; ; ) {
        int interrupted = current.kernel.tasks.prepareToWait(current, queue, entry, state);
        if (condition.getAsBoolean()) {
          return 0;
        }
        if (interrupted != 0) {
          return interrupted;
        }
        Spinlocks.spin_unlock_irq(lock);
        current.kernel.tasks.schedule(current);
        Spinlocks.spin_lock_irq(lock);
      }
    } finally {
      self.__state = TASK_RUNNING; // as in sleepUntil
      entry.__private = null;
      current.kernel.tasks.finishWait(current, queue, entry);
    }
  }

  /**
   * {@code ___wait_event}: what all forms are made of.
   *
   * @return as {@link #wait_event_timeout}; -ERESTARTSYS if a signal has ended it
   */
  static long waitFor(
      WaitQueueHead queue, BooleanSupplier condition, int state, int flags, long timeoutJiffies) {
    Current current = Current.get();
    current.kernel.tasks.mightSleep(current);
    if (condition.getAsBoolean()) {
      return timeoutJiffies == 0 ? 1 : timeoutJiffies;
    }
    if (timeoutJiffies == 0) {
      return 0;
    }
    WaitQueueEntry entry = new WaitQueueEntry();
    entry.flags = flags;
    return sleepUntil(current, queue, entry, condition, state, timeoutJiffies);
  }

  /** {@link #waitFor} from the first sleep on. */
  static long sleepUntil(
      Current current,
      WaitQueueHead queue,
      WaitQueueEntry entry,
      BooleanSupplier condition,
      int state,
      long timeoutJiffies) {
    TaskStruct self = current.task();
    long left = timeoutJiffies;
    try {
      for (; ; ) {
        int interrupted = current.kernel.tasks.prepareToWait(current, queue, entry, state);
        if (condition.getAsBoolean()) {
          return left == 0 ? 1 : left;
        }
        if (left == 0) {
          return 0;
        }
        if (interrupted != 0) {
          return interrupted;
        }
        left = current.kernel.tasks.scheduleTimeout(current, left);
      }
    } finally {
      self.__state = TASK_RUNNING; // first, and no call: the stack may have overflowed
      entry.__private = null; // should it stay queued, it takes nobody's wake-up
      current.kernel.tasks.finishWait(current, queue, entry);
    }
  }
}
