package jiffy.runtime.irq;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Interrupts.IRQF_SHARED;
import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.disable_irq;
import static jiffy.linux.Interrupts.enable_irq;
import static jiffy.linux.Interrupts.free_irq;
import static jiffy.linux.Interrupts.request_irq;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks share two lines, raise, disable and enable them, and come and go. Forbidden: a line
 * whose handlers run twice at once, or while it is disabled, or for who has freed it; an interrupt
 * after which no handler runs. Length: {@code -Djiffy.stress=SECONDS}.
 */
class IrqStressTest {
  private static final int TASKS = 4;

  private final AtomicInteger[] inside = {new AtomicInteger(), new AtomicInteger()};
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicLong interrupts = new AtomicLong();

  private static final class Device {
    final AtomicLong served = new AtomicLong();
    volatile boolean forbidden;
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void lines_usedByManyTasks_areServedOneAtATimeAndLoseNothing() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("irq "));
    }
    assertThat(violations).hasValue(0);
    System.out.println("irq: " + interrupts + " interrupts waited for");
  }

  private int handle(int irq, Device device) {
    if (inside[irq].incrementAndGet() != 1 || device.forbidden) {
      violations.incrementAndGet();
    }
    device.served.incrementAndGet();
    inside[irq].decrementAndGet();
    return IRQ_HANDLED;
  }

  private int work(Machine machine, int seed, long until) {
    SplittableRandom random = new SplittableRandom(seed);
    while (machine.uptimeNanos() < until) {
      int irq = random.nextInt(2);
      Device device = new Device();
      String name = "d" + seed;
      assertThat(request_irq(irq, (i, d) -> handle(i, (Device) d), IRQF_SHARED, name, device))
          .isZero();
      for (int i = random.nextInt(50); i > 0; i--) {
        raiseAndWait(machine, irq, device);
        if (random.nextInt(8) == 0) {
          disable_irq(irq);
          device.forbidden = true;
          machine.raiseIrq(irq);
          cpu_relax();
          device.forbidden = false;
          enable_irq(irq);
        }
      }
      assertThat(free_irq(irq, device)).isEqualTo(name);
      device.forbidden = true;
    }
    return 0;
  }

  /** Waits for a run that began after the raise: hangs, and times out, if the interrupt is lost. */
  private void raiseAndWait(Machine machine, int irq, Device device) {
    long before = device.served.get();
    machine.raiseIrq(irq);
    while (device.served.get() == before) {
      cpu_relax();
    }
    interrupts.incrementAndGet();
  }
}
