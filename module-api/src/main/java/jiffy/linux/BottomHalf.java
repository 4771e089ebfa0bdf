package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/bottom_half.h}: holds off the softirq handlers (timers, tasklets) of this CPU.
 *
 * <p>Contexts: a task or a softirq handler; not with interrupts off. Nests.
 */
public final class BottomHalf {
  private BottomHalf() {}

  /** {@code void local_bh_disable(void)}: waits for a handler that runs on this CPU. */
  public static void local_bh_disable() {
    Current.get().localBhDisable();
  }

  /**
   * {@code void local_bh_enable(void)}: the outermost one runs what became due meanwhile before it
   * returns, unless the caller still holds a lock.
   */
  public static void local_bh_enable() {
    Current.get().localBhEnable();
  }
}
