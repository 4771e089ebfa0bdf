package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/irqflags.h}: holds off the interrupt and softirq handlers of this CPU.
 *
 * <p>Contexts: any. Does not nest by itself: {@link #local_irq_save} and {@link #local_irq_restore}
 * do.
 */
public final class Irqflags {
  private Irqflags() {}

  /** {@code local_irq_disable()}: waits for a handler that runs on this CPU. */
  public static void local_irq_disable() {
    Current.get().localIrqSave();
  }

  /** {@code local_irq_enable()}: on, whatever was before. */
  public static void local_irq_enable() {
    Current.get().localIrqEnable();
  }

  /**
   * {@code local_irq_save(flags)}: off.
   *
   * @return the flags, for {@link #local_irq_restore}
   */
  public static long local_irq_save() {
    return Current.get().localIrqSave();
  }

  /** {@code local_irq_restore(flags)}: as they were at the save that gave the flags. */
  public static void local_irq_restore(long flags) {
    Current.get().localIrqRestore(flags);
  }

  /**
   * {@code irqs_disabled()}.
   *
   * @return whether they are off for this context
   */
  public static boolean irqs_disabled() {
    return Current.get().irqsDisabled();
  }
}
