package jiffy.types;

import java.io.Serializable;

/**
 * The top half: {@code irqreturn_t handler(int irq, void *dev_id)}.
 *
 * <p>Runs in hard interrupt context, with interrupts off, on the line's CPU: it must not sleep and
 * should be short. Serializable for its method's name, as {@link TimerFunction}.
 */
@FunctionalInterface
public interface IrqHandler extends Serializable {
  /**
   * Called once for each interrupt on the line; interrupts that come while it runs are one.
   *
   * @param irq number of the line
   * @param dev_id what {@code request_irq} was given
   * @return {@code IRQ_HANDLED} if the interrupt was this device's, {@code IRQ_NONE} if not
   * @throws Throwable what it throws is reported like a kernel oops; counts as {@code IRQ_NONE}
   */
  int handle(int irq, Object dev_id) throws Throwable;
}
