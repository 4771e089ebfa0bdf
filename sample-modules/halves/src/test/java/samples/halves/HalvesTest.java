package samples.halves;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import jiffy.runtime.Machine;
import jiffy.runtime.ModuleException;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.ModuleKernel;
import jiffy.testkit.OnBothPlatforms;
import jiffy.testkit.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who runs which half. */
@OnBothPlatforms
class HalvesTest {
  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  HalvesTest(Platform platform) {
    kernel = ModuleKernel.boot(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(Halves.class).writeTo(directory.resolve("halves.jar"));
  }

  @Test
  void halves_interrupted_runsTheTopHalfThenTheBottomHalf() {
    machine.insmod(jar);
    machine.log().clear();
    machine.raiseIrq(9);
    kernel.untilPrinted(1, "1 new");
    machine.rmmod("halves");

    assertThat(GoldenLog.texts(machine.dmesg()))
        .containsExactly(
            "top half: CPU 1, swapper/1, in_hardirq 1, in_serving_softirq 0, irqs_disabled 1",
            "bottom half: CPU 1, swapper/1, in_hardirq 0, in_serving_softirq 1, irqs_disabled 0",
            "1 new, 1 in all",
            "halves: 1 interrupts");
  }

  @Test
  void halves_onTheLineItIsGiven_showsItInProcInterrupts() {
    machine.insmod(jar, "irq=4");
    machine.raiseIrq(4);
    assertThat(machine.proc().read("/proc/interrupts").orElseThrow())
        .contains("  4:          1          0     Jiffy   4 Edge      halves\n");
    machine.rmmod("halves");
    assertThatThrownBy(() -> machine.raiseIrq(4)).hasMessageContaining("nobody has requested");
  }

  @Test
  void halves_onALineThatThereIsNot_isNotLoaded() {
    assertThatThrownBy(() -> machine.insmod(jar, "irq=64")).isInstanceOf(ModuleException.class);
    assertThat(machine.dmesg()).anyMatch(line -> line.endsWith("irq 64 cannot be had: error -22"));
  }
}
