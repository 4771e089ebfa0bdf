package jiffy.runtime.irq;

import jiffy.kernel.Origin;
import jiffy.types.IrqHandler;

/** {@code struct irqaction}: one handler of a line, and who asked for it. */
final class IrqAction {
  final IrqHandler handler;
  final long flags;
  final String name;
  final Object deviceId;
  final Origin origin;

  /** That it asked for a thread, which there is not, has been said. Of the line's CPU alone. */
  boolean warnedOfThread;

  IrqAction(IrqHandler handler, long flags, String name, Object deviceId, Origin origin) {
    this.handler = handler;
    this.flags = flags;
    this.name = name;
    this.deviceId = deviceId;
    this.origin = origin;
  }
}
