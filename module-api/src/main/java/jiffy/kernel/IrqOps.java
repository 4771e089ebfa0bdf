package jiffy.kernel;

import jiffy.types.IrqHandler;

/** What a kernel does for the interrupts of {@code jiffy.linux.Interrupts}; contracts are there. */
public interface IrqOps {
  /** {@code request_irq}. */
  int request(
      Current current, int irq, IrqHandler handler, long flags, String name, Object deviceId);

  /** {@code free_irq}. */
  Object free(Current current, int irq, Object deviceId);

  /** {@code disable_irq_nosync}. */
  void disableNosync(Current current, int irq);

  /** {@code disable_irq}. */
  void disable(Current current, int irq);

  /** {@code enable_irq}. */
  void enable(Current current, int irq);

  /** {@code synchronize_irq}. */
  void synchronize(Current current, int irq);
}
