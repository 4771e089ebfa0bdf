package jiffy.runtime.time;

import jiffy.linux.Timers;
import jiffy.types.TimerList;

/**
 * The bits of {@link TimerList#__flags}.
 *
 * <pre>
 * bits  0-17  CPU whose base the timer belongs to
 * bit     18  MIGRATING: between two bases; spin until it is gone
 * bits 19-21  TIMER_DEFERRABLE, TIMER_PINNED, TIMER_IRQSAFE
 * bits 22-31  bucket
 * </pre>
 */
final class TimerFlags {
  static final int CPU_MASK = 0x0003_ffff;
  static final int MIGRATING = 0x0004_0000;
  static final int SETUP_MASK =
      Timers.TIMER_DEFERRABLE | Timers.TIMER_PINNED | Timers.TIMER_IRQSAFE;
  static final int BUCKET_SHIFT = 22;
  static final int BELOW_BUCKET = (1 << BUCKET_SHIFT) - 1;

  private TimerFlags() {}

  static int bucket(TimerList timer) {
    return timer.__flags >>> BUCKET_SHIFT;
  }
}
