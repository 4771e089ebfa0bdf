package jiffy.runtime.time;

import jiffy.linux.Timers;
import jiffy.types.TimerList;

/**
 * The bits of {@link TimerList#__flags}.
 *
 * <pre>
 * bits  0- 9  CPU whose base the timer belongs to
 * bits 10-13  slack: 0 none, n: at most 2^(n-1) - 1 jiffies ({@link Slack})
 * bits 14-17  target: 0 the bucket it is in; else it is to be filed again when that is run
 *             ({@link Wheel})
 * bit     18  MIGRATING: between two bases, or owned for a moment; spin until it is gone
 * bits 19-21  TIMER_DEFERRABLE, TIMER_PINNED, TIMER_IRQSAFE
 * bits 22-31  bucket; all ones: not pending
 * </pre>
 */
final class TimerFlags {
  static final int CPU_MASK = 0x3ff;
  static final int SLACK_SHIFT = 10;
  static final int SLACK_MASK = 0xf << SLACK_SHIFT;
  static final int TARGET_SHIFT = 14;
  static final int TARGET_MASK = 0xf << TARGET_SHIFT;
  static final int MIGRATING = 1 << 18;
  static final int SETUP_MASK =
      Timers.TIMER_DEFERRABLE | Timers.TIMER_PINNED | Timers.TIMER_IRQSAFE;
  static final int BUCKET_SHIFT = 22;

  /** {@link TimerList#__flags} of a timer that is not pending has these bits. */
  static final int NO_BUCKET = -1 << BUCKET_SHIFT;

  /** What stays when a timer is filed or taken out. */
  private static final int STAYS = ~(TARGET_MASK | NO_BUCKET);

  private TimerFlags() {}

  static int bucket(int flags) {
    return flags >>> BUCKET_SHIFT;
  }

  /** The flags in a bucket, with a target. */
  static int filed(int flags, int bucket, int target) {
    return flags & STAYS | bucket << BUCKET_SHIFT | target << TARGET_SHIFT;
  }

  /** The flags of a timer that is taken out. */
  static int takenOut(int flags) {
    return flags & STAYS | NO_BUCKET;
  }

  static int target(int flags) {
    return (flags & TARGET_MASK) >>> TARGET_SHIFT;
  }
}
