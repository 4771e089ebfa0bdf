package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/delay.h} and {@code cpu_relax()}: busy waiting, legal in any context.
 *
 * <p>Never shorter than asked. In a simulation they cost just that much virtual time.
 */
public final class Delay {
  private Delay() {}

  /** {@code cpu_relax()}: for the body of a busy loop. */
  public static void cpu_relax() {
    Current.get().cpuRelax();
  }

  /** {@code ndelay(nsecs)}. */
  public static void ndelay(long nsecs) {
    Current.get().delay(nsecs);
  }

  /** {@code udelay(usecs)}. */
  public static void udelay(long usecs) {
    Current.get().delay(usecs * 1_000);
  }

  /** {@code mdelay(msecs)}: for the rare case that must not sleep. */
  public static void mdelay(long msecs) {
    Current.get().delay(msecs * 1_000_000);
  }
}
