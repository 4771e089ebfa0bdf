package jiffy.runtime.irq;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.IRQ_NONE;
import static jiffy.linux.Interrupts.IRQ_WAKE_THREAD;
import static jiffy.linux.Interrupts.disable_irq;
import static jiffy.linux.Interrupts.enable_irq;
import static jiffy.linux.Interrupts.free_irq;
import static jiffy.linux.Interrupts.request_irq;
import static jiffy.linux.Irqflags.local_irq_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_disable;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.IrqHandler;
import org.junit.jupiter.api.Test;

/** A handler that misuses its interrupt line harms no other, and is told. */
@OnBothPlatforms
class IrqAbuseTest extends IrqFixture {
  IrqAbuseTest(Platform platform) {
    super(platform);
  }

  @Test
  void disable_irq_fromItsOwnHandler_warnsAndDoesNotWait() {
    IrqHandler handler =
        (irq, dev) -> {
          disable_irq(irq);
          ran.add("h");
          return IRQ_HANDLED;
        };
    assertThat(request_irq(IRQ, handler, 0, "x", device)).isZero();
    machine.raiseIrq(IRQ);
    machine.raiseIrq(IRQ);
    kernel.settle();
    assertThat(ran).containsExactly("h");
    assertLogged("disable_irq(4) from an interrupt handler");
    enable_irq(IRQ);
    awaitRuns(2);
    assertThat(ran).containsExactly("h", "h");
  }

  @Test
  void line_thatNobodyCaresFor_isDisabledAfterLinuxsThreshold() {
    kernel.virtualTimeOnly("two that come a tenth of a second apart are not counted together");
    AtomicLong calls = new AtomicLong();
    IrqHandler handler =
        (irq, dev) -> {
          calls.incrementAndGet();
          return IRQ_NONE;
        };
    assertThat(request_irq(IRQ, handler, 0, "screaming", device)).isZero();
    for (int i = 0; i < 100_010; i++) {
      machine.raiseIrq(IRQ);
    }
    assertThat(calls).hasValue(100_000);
    assertLogged("irq 4: nobody cared (try booting with the \"irqpoll\" option)");
    assertLogged("handlers:");
    assertLogged("line_thatNobodyCaresFor_isDisabledAfterLinuxsThreshold.lambda");
    assertLogged("Disabling IRQ #4");
  }

  @Test
  void handler_thatMisbehaves_isNamedAndTheLineGoesOn() {
    AtomicInteger turn = new AtomicInteger();
    IrqHandler handler =
        (irq, dev) -> {
          switch (turn.getAndIncrement()) {
            case 0 -> throw new IllegalStateException("on purpose");
            case 1 -> preempt_disable();
            case 2 -> local_irq_enable();
            case 3 -> {
              return IRQ_WAKE_THREAD;
            }
            case 4 -> {
              return 77;
            }
            default -> ran.add("fine " + Current.get().preemptCount());
          }
          return IRQ_HANDLED;
        };
    assertThat(request_irq(IRQ, handler, 0, "bad", device)).isZero();
    for (int i = 0; i < 6; i++) {
      machine.raiseIrq(IRQ);
    }
    assertThat(ran).containsExactly("fine " + 0x10001);
    assertLogged("irq 4 handler_thatMisbehaves_isNamedAndTheLineGoesOn.lambda threw");
    assertLogged("irq: huh, entered irq 4 with preempt_count 00010001, exited with 00010002?");
    assertLogged("irq 4 handler handler_thatMisbehaves");
    assertLogged("IRQ 4 device bad returned IRQ_WAKE_THREAD but no thread function available.");
    assertLogged("irq event 4: bogus return value 4d");
  }

  @Test
  void giveUp_ofAHandlerThatNeverReturns_letsTheCpusOtherLinesGoOn() {
    IrqHandler endless =
        (irq, dev) -> {
          entered = true;
          while (!release) {
            mdelay(1);
          }
          return IRQ_HANDLED;
        };
    assertThat(request_irq(ON_CPU_1, endless, 0, "endless", device)).isZero();
    request(ON_CPU_1 + 2);
    machine.raiseIrq(ON_CPU_1);
    kernel.until("it has begun", () -> entered);
    machine.raiseIrq(ON_CPU_1 + 2);
    kernel.settle();
    assertThat(ran).isEmpty();
    assertThat(machine.irqs().giveUp(kernel.self.context(), 1, Owner.CORE)).isEqualTo(ON_CPU_1);
    kernel.settle();
    machine.raiseIrq(ON_CPU_1 + 2);
    kernel.until("the other line goes on", () -> !ran.isEmpty());
    entered = false;
    machine.raiseIrq(ON_CPU_1); // in progress still: never entered twice
    kernel.settle();
    assertThat(entered).isFalse();
    long before = jiffies();
    free_irq(ON_CPU_1, device);
    assertThat(jiffies() - before)
        .as("5 s, and what the host adds")
        .isLessThan(kernel.isSim() ? 1300 : Long.MAX_VALUE);
    assertLogged("irq 5: a handler has not returned and is not waited for any longer");
  }
}
