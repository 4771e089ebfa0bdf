package jiffy.runtime.context;

/**
 * Linux's preempt_count, bit for bit.
 *
 * <pre>
 * bits  0- 7  preempt_disable() depth, spinlocks held
 * bit      8  serving a softirq
 * bits  9-15  local_bh_disable() depth
 * bits 16-19  serving a hard interrupt
 * bits 20-23  NMI
 * </pre>
 */
public final class PreemptCount {
  /** One {@code preempt_disable()}. */
  public static final int PREEMPT_OFFSET = 0x1;

  /** Depth of preempt_disable(). */
  public static final int PREEMPT_MASK = 0xff;

  /** A softirq handler runs. */
  public static final int SOFTIRQ_OFFSET = 0x100;

  /** One {@code local_bh_disable()}. */
  public static final int SOFTIRQ_DISABLE_OFFSET = 0x200;

  /** Depth of local_bh_disable(). */
  public static final int SOFTIRQ_DISABLED = 0xfe00;

  /** All softirq bits. */
  public static final int SOFTIRQ_MASK = 0xff00;

  /** A hard interrupt handler runs. */
  public static final int HARDIRQ_OFFSET = 0x10000;

  /** All hardirq bits. */
  public static final int HARDIRQ_MASK = 0xf0000;

  /** What a handler's context has and a task's has not. */
  static final int HANDLER_MASK = SOFTIRQ_OFFSET | HARDIRQ_MASK | 0xf00000;

  private PreemptCount() {}
}
