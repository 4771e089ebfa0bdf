package jiffy.linux;

import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Sched.MAX_SCHEDULE_TIMEOUT;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_KILLABLE;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import jiffy.types.Completion;
import jiffy.types.WaitQueueEntry;

/**
 * {@code linux/completion.h}: wait until somebody has done something.
 *
 * <p>{@link #complete} is counted: each lets one wait pass, be it present or future, the first come
 * first.
 *
 * <p>Contexts: what begins with {@code wait_for_completion} is for process context, the others for
 * any.
 */
public final class Completions {
  private Completions() {}

  /** {@code DECLARE_COMPLETION(work)}: a new one; for a static initializer. */
  public static Completion DECLARE_COMPLETION() {
    return new Completion();
  }

  /** {@code void init_completion(struct completion *x)}: nothing is done, nobody waits. */
  public static void init_completion(Completion x) {
    x.done = 0;
    x.__wait.__init();
  }

  /** {@code void reinit_completion(struct completion *x)}: nothing is done any more. */
  public static void reinit_completion(Completion x) {
    x.done = 0;
  }

  /** {@code void complete(struct completion *x)}: lets one wait pass. */
  public static void complete(Completion x) {
    int seen;
    do {
      seen = x.done;
    } while (seen != Completion.UINT_MAX && !Completion.__DONE.compareAndSet(x, seen, seen + 1));
    Wait.wake_up(x.__wait);
  }

  /**
   * {@code void complete_all(struct completion *x)}: lets every wait pass until {@link
   * #reinit_completion}.
   */
  public static void complete_all(Completion x) {
    x.done = Completion.UINT_MAX;
    Wait.wake_up_all(x.__wait);
  }

  /** {@code bool completion_done(struct completion *x)}: whether a wait would pass at once. */
  public static boolean completion_done(Completion x) {
    return x.done != 0;
  }

  /**
   * {@code bool try_wait_for_completion(struct completion *x)}: passes if it can, never waits.
   *
   * @return whether it has passed
   */
  public static boolean try_wait_for_completion(Completion x) {
    for (; ; ) {
      int seen = x.done;
      if (seen == 0) {
        return false;
      }
      if (seen == Completion.UINT_MAX || Completion.__DONE.compareAndSet(x, seen, seen - 1)) {
        return true;
      }
    }
  }

  /** {@code void wait_for_completion(struct completion *x)}. */
  public static void wait_for_completion(Completion x) {
    await(x, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * {@code int wait_for_completion_interruptible(struct completion *x)}.
   *
   * @return 0, or -ERESTARTSYS: a signal
   */
  public static int wait_for_completion_interruptible(Completion x) {
    return await(x, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT) < 0 ? -ERESTARTSYS : 0;
  }

  /**
   * {@code int wait_for_completion_killable(struct completion *x)}.
   *
   * @return 0, or -ERESTARTSYS: a fatal signal
   */
  public static int wait_for_completion_killable(Completion x) {
    return await(x, TASK_KILLABLE, MAX_SCHEDULE_TIMEOUT) < 0 ? -ERESTARTSYS : 0;
  }

  /**
   * {@code unsigned long wait_for_completion_timeout(struct completion *x, unsigned long timeout)}.
   *
   * @return 0: not done, the time is over; else it was done, with so many jiffies left, at least 1
   */
  public static long wait_for_completion_timeout(Completion x, long timeoutJiffies) {
    return await(x, TASK_UNINTERRUPTIBLE, timeoutJiffies);
  }

  /**
   * {@code long wait_for_completion_interruptible_timeout(struct completion *x, unsigned long
   * timeout)}.
   *
   * @return as {@link #wait_for_completion_timeout}, or -ERESTARTSYS: a signal
   */
  public static long wait_for_completion_interruptible_timeout(Completion x, long timeoutJiffies) {
    return await(x, TASK_INTERRUPTIBLE, timeoutJiffies);
  }

  /**
   * {@code long wait_for_completion_killable_timeout(struct completion *x, unsigned long timeout)}.
   *
   * @return as {@link #wait_for_completion_timeout}, or -ERESTARTSYS: a fatal signal
   */
  public static long wait_for_completion_killable_timeout(Completion x, long timeoutJiffies) {
    return await(x, TASK_KILLABLE, timeoutJiffies);
  }

  private static long await(Completion x, int state, long timeoutJiffies) {
    if (timeoutJiffies != 0) {
      long left =
          Wait.waitFor(
              x.__wait,
              () -> try_wait_for_completion(x),
              state,
              WaitQueueEntry.WQ_FLAG_EXCLUSIVE,
              timeoutJiffies);
      // The one waiter that a complete() wakes may have been this one when it had just found what
      // an
      // earlier one had left, or was giving up: then the wake-up belongs to the next.
      if (x.done != 0) {
        Wait.wake_up(x.__wait);
      }
      return left;
    }
    if (try_wait_for_completion(x)) {
      return 1;
    }
    Sched.schedule_timeout_uninterruptible(0); // one jiffy, as on Linux: 0 is a time, too
    return try_wait_for_completion(x) ? 1 : 0;
  }
}
