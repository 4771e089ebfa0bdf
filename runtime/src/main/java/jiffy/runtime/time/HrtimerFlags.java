package jiffy.runtime.time;

import jiffy.types.Hrtimer;

/**
 * The bits of {@link Hrtimer#__flags}.
 *
 * <pre>
 * bits  0-17  CPU whose base the timer belongs to
 * bit     18  MIGRATING: between two bases; spin until it is gone
 * bit     19  SOFT: belongs to the CPU's soft base, else to its hard one
 * bit     20  REALTIME: its times are of the wall clock, else since boot
 * </pre>
 */
final class HrtimerFlags {
  static final int CPU_MASK = 0x0003_ffff;
  static final int MIGRATING = 0x0004_0000;
  static final int SOFT = 0x0008_0000;
  static final int REALTIME = 0x0010_0000;

  /** What names a base. */
  static final int BASE_MASK = CPU_MASK | MIGRATING | SOFT;

  private HrtimerFlags() {}

  static boolean isReal(Hrtimer timer) {
    return (timer.__flags & REALTIME) != 0;
  }
}
