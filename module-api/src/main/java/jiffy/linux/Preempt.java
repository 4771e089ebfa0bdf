package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/preempt.h}: what kind of context this is, computed from preempt_count's bits:
 * preempt depth 0-7, softirq 8-15 (odd: serving one; even steps of 0x200: bh disabled), hardirq
 * 16-19, NMI 20-23.
 *
 * <p>Contexts: any.
 */
public final class Preempt {
  private static final int SOFTIRQ_MASK = 0x0000ff00;
  private static final int SOFTIRQ_OFFSET = 0x00000100;
  private static final int HARDIRQ_MASK = 0x000f0000;
  private static final int NMI_MASK = 0x00f00000;

  private Preempt() {}

  /**
   * {@code preempt_count()}: the whole count.
   *
   * @return the bits, where they are in the count
   */
  public static int preempt_count() {
    return Current.get().preemptCount();
  }

  /**
   * {@code softirq_count()}: the softirq bits of {@link #preempt_count}.
   *
   * @return the bits, where they are in the count
   */
  public static int softirq_count() {
    return preempt_count() & SOFTIRQ_MASK;
  }

  /**
   * {@code hardirq_count()}: the hardirq bits of {@link #preempt_count}.
   *
   * @return the bits, where they are in the count
   */
  public static int hardirq_count() {
    return preempt_count() & HARDIRQ_MASK;
  }

  /**
   * {@code in_interrupt()}: serving an interrupt or softirq, or bh disabled.
   *
   * @return whether it serves an interrupt or a softirq, or has bh disabled
   */
  public static boolean in_interrupt() {
    return (preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_MASK)) != 0;
  }

  /**
   * {@code in_softirq()}: serving a softirq, or bh disabled.
   *
   * @return whether it serves a softirq or has bh disabled
   */
  public static boolean in_softirq() {
    return (preempt_count() & SOFTIRQ_MASK) != 0;
  }

  /**
   * {@code in_serving_softirq()}: in a timer, tasklet or other softirq handler.
   *
   * @return whether it serves a softirq
   */
  public static boolean in_serving_softirq() {
    return (preempt_count() & SOFTIRQ_OFFSET) != 0;
  }

  /**
   * {@code in_hardirq()}: in an interrupt handler or hrtimer.
   *
   * @return whether it serves an interrupt
   */
  public static boolean in_hardirq() {
    return (preempt_count() & HARDIRQ_MASK) != 0;
  }

  /**
   * {@code in_irq()}: the older name of {@link #in_hardirq}.
   *
   * @return whether it serves an interrupt
   */
  public static boolean in_irq() {
    return in_hardirq();
  }

  /**
   * {@code in_task()}: in a task, whatever it holds.
   *
   * @return whether it is a task's context
   */
  public static boolean in_task() {
    return (preempt_count() & (NMI_MASK | HARDIRQ_MASK | SOFTIRQ_OFFSET)) == 0;
  }

  /**
   * {@code in_atomic()}: sleeping is forbidden, as far as the count knows.
   *
   * @return whether the count is not 0
   */
  public static boolean in_atomic() {
    return preempt_count() != 0;
  }

  /** {@code preempt_disable()}; nests. */
  public static void preempt_disable() {
    Current.get().preemptDisableWithoutLock();
  }

  /** {@code preempt_enable()}. */
  public static void preempt_enable() {
    Current.get().preemptEnableWithoutLock();
  }
}
