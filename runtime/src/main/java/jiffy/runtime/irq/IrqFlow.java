package jiffy.runtime.irq;

import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.IRQ_NONE;
import static jiffy.linux.Interrupts.IRQ_WAKE_THREAD;

import java.util.List;
import java.util.Locale;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.WaitList;

/**
 * What happens when a line interrupts its CPU: all its handlers are called, one after the other,
 * and what they leave behind is put right. On the CPU's interrupt thread.
 */
final class IrqFlow implements Interrupts.Handler {
  private final Arch arch;
  private final IrqLine line;
  private final RunSlot slot;
  private final Interrupts interrupts;
  private final WaitList waiters;
  private final KernelLog log;

  /**
   * @param slot the CPU's, shared by its lines: it serves one at a time
   * @param waiters woken when the line's handlers have returned
   */
  IrqFlow(
      Arch arch,
      IrqLine line,
      RunSlot slot,
      Interrupts interrupts,
      WaitList waiters,
      KernelLog log) {
    this.arch = arch;
    this.line = line;
    this.slot = slot;
    this.interrupts = interrupts;
    this.waiters = waiters;
    this.log = log;
  }

  @Override
  public String label() {
    return line.toString();
  }

  /** Sends it to its CPU. */
  void send() {
    interrupts.raise(line.cpu, this);
  }

  @Override
  public void handle(Context context) {
    List<IrqAction> actions = line.begin();
    if (actions.isEmpty()) {
      return;
    }
    line.served.incrementAndGet();
    boolean handled = false;
    boolean mine = true;
    for (int i = 0; i < actions.size() && mine; i++) {
      IrqAction action = actions.get(i);
      long ticket = slot.begin(context, line, action.origin.owner);
      handled |= call(context, action) != IRQ_NONE;
      mine = slot.end(arch, context, ticket);
    }
    if (line.note(handled, arch.now())) {
      reportNobodyCares(actions);
    }
    if (line.end() > 0) {
      send();
    }
    if (!waiters.isEmpty()) {
      waiters.wakeAll();
    }
  }

  private int call(Context context, IrqAction action) {
    int count = context.preemptCount();
    Owner before = context.setOwner(action.origin.owner);
    int result = IRQ_NONE;
    try {
      result = action.handler.handle(line.number, action.deviceId);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      String what = "irq " + line.number + " " + action.origin.function;
      Oops.print(log, action.origin.owner.name, what, e, context);
    }
    context.setOwner(before);
    int after = context.preemptCount();
    if (after != count) {
      interrupts.reportLeak(this, count, after);
      context.setPreemptCount(count);
    }
    if (!context.irqsDisabled()) {
      warn("irq %d handler %s enabled interrupts", line.number, action.origin.symbol());
      context.localIrqSave();
    }
    if (result == IRQ_WAKE_THREAD) {
      warnOfThread(action);
    } else if (result != IRQ_NONE && result != IRQ_HANDLED) {
      warn("irq event %d: bogus return value %x", line.number, result);
    }
    return result;
  }

  private void warnOfThread(IrqAction action) {
    if (!action.warnedOfThread) {
      action.warnedOfThread = true;
      warn(
          "IRQ %d device %s returned IRQ_WAKE_THREAD but no thread function available.",
          line.number, action.name);
    }
  }

  private void reportNobodyCares(List<IrqAction> actions) {
    log.print(
        KernelLog.ERR,
        "irq " + line.number + ": nobody cared (try booting with the \"irqpoll\" option)");
    log.print(KernelLog.ERR, "handlers:");
    for (IrqAction action : actions) {
      log.print(KernelLog.ERR, action.origin.toString());
    }
    log.print(0, "Disabling IRQ #" + line.number);
  }

  private void warn(String format, Object... arguments) {
    log.print(KernelLog.WARNING, String.format(Locale.ROOT, format, arguments));
  }
}
