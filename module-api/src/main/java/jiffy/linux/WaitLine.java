package jiffy.linux;

import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;

/**
 * Waiting in line, for what is taken by an attempt that may fail: semaphores and rw_semaphores.
 *
 * <p>Only the first one in the line tries, and who leaves the line, with success or without, wakes
 * the next if that may have success. Who comes anew tries at once only if nobody waits. So nobody
 * is overtaken; and no wake-up is lost, for what it let pass is still there when the one that it
 * woke leaves. A place whose task was lost in a StackOverflowError is none.
 */
final class WaitLine {
  private WaitLine() {}

  /** Whether somebody waits. */
  static boolean isAwaited(WaitQueueHead queue) {
    return queue.__first() != null;
  }

  /**
   * Waits until the attempt succeeds. Who makes that possible calls {@code wake_up}.
   *
   * @param attempt takes it, if that is possible
   * @param isOpen whether an attempt might succeed
   * @return as {@link Wait#wait_event_timeout}, with the attempt as condition; -ERESTARTSYS if a
   *     signal has ended it
   */
  static long await(
      WaitQueueHead queue,
      BooleanSupplier attempt,
      BooleanSupplier isOpen,
      int state,
      long timeoutJiffies) {
    Current current = Current.get();
    WaitQueueEntry entry = new WaitQueueEntry();
    entry.flags = WaitQueueEntry.WQ_FLAG_EXCLUSIVE; // at the end, and woken one by one
    BooleanSupplier myTurn = () -> queue.__first() == entry && attempt.getAsBoolean();
    try {
      return Wait.sleepUntil(current, queue, entry, myTurn, state, timeoutJiffies);
    } finally {
      if (isOpen.getAsBoolean()) {
        Wait.wake_up(queue);
      }
    }
  }
}
