package jiffy.kernel;

import jiffy.types.SoftirqFunction;

/** What a kernel does for the softirqs of {@code jiffy.linux.Interrupts}; contracts are there. */
public interface SoftirqOps {
  /** {@code open_softirq}. */
  void open(Current current, int nr, SoftirqFunction action);

  /** {@code raise_softirq}, and with {@code irqsOff} {@code raise_softirq_irqoff}. */
  void raise(Current current, int nr, boolean irqsOff);

  /** {@code local_softirq_pending}. */
  int pending(Current current);
}
