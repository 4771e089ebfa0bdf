package jiffy.runtime.irq;

import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.request_irq;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.Machine;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.IrqHandler;
import org.junit.jupiter.api.AfterEach;

/** What the tests of interrupt lines share. */
abstract class IrqFixture {
  static final int IRQ = 4;
  static final int ON_CPU_1 = 5;

  final TestKernel kernel;
  final Machine machine;
  final List<String> ran = new CopyOnWriteArrayList<>();
  final Object device = "dev";
  volatile boolean entered;
  volatile boolean release;

  IrqFixture(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    release = true;
    kernel.close();
  }

  void awaitRuns(int count) {
    kernel.until("run " + count, () -> ran.size() >= count);
    kernel.settle();
  }

  IrqHandler handler(String name, int result) {
    return (irq, dev) -> {
      ran.add(name);
      return result;
    };
  }

  void request(int irq) {
    assertThat(request_irq(irq, handler("h", IRQ_HANDLED), 0, "test", device)).isZero();
  }

  void assertLogged(String part) {
    assertThat(machine.dmesg()).anyMatch(line -> line.contains(part));
  }
}
