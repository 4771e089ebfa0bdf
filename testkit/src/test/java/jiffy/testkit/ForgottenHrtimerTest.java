package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A module that leaves its hrtimer started: named, cancelled, and its loader goes all the same. */
class ForgottenHrtimerTest {
  private static final int CYCLES = 50;

  @TempDir private Path directory;
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();

  @AfterEach
  void close() {
    machine.close();
  }

  private Path forgetful(String mode, String body) {
    return ModuleJar.of(
            """
            package forgetful;
            import static jiffy.linux.Delay.*;
            import static jiffy.linux.Hrtimers.*;
            import static jiffy.linux.Ktime.*;
            import static jiffy.linux.Printk.*;
            import jiffy.linux.*;
            import jiffy.types.*;
            @ModuleInfo(name = "forgetful", license = "GPL")
            public final class Forgetful extends KernelModule {
              static final Hrtimer timer = new Hrtimer();
              static HrtimerRestart too_late(Hrtimer t) { BODY }
              static int arm() {
                hrtimer_init(timer, CLOCK_MONOTONIC, MODE);
                timer.function = Forgetful::too_late;
                hrtimer_start(timer, ms_to_ktime(10), MODE);
                return 0;
              }
              static void forget() {}
              { module_init(Forgetful::arm); module_exit(Forgetful::forget); }
            }
            """
                .replace("MODE", mode)
                .replace("BODY", body))
        .writeTo(directory.resolve("forgetful.jar"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"HRTIMER_MODE_REL", "HRTIMER_MODE_REL_SOFT"})
  void rmmod_withAPeriodicHrtimer_namesItsFunctionAndSiteAndCancelsIt(String mode) {
    Path jar =
        forgetful(
            mode,
            "printk(\"ran\\n\"); hrtimer_forward_now(t, ms_to_ktime(10)); return HRTIMER_RESTART;");
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(35));
    machine.rmmod("forgetful");
    sim.advance(Duration.ofMinutes(1));

    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains("too_late [forgetful] set up at arm (Forgetful.java:")
                    && line.contains("expires in 5000000 ns"))
        .anyMatch(line -> line.contains("1 hrtimer taken back"));
    assertThat(machine.dmesg()).filteredOn(line -> line.endsWith("] ran")).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(strings = {"HRTIMER_MODE_REL", "HRTIMER_MODE_REL_SOFT"})
  void rmmod_whileAnHrtimerNeverReturns_givesItUpAndNamesIt(String mode) {
    machine.insmod(forgetful(mode, "while (true) { mdelay(10); }"));
    sim.advance(Duration.ofSeconds(1));

    machine.rmmod("forgetful");

    assertThat(machine.modules().list()).isEmpty();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains("too_late [forgetful]")
                    && line.contains("does not return: given up"));
  }

  @Test
  void cycles_ofLoadAndUnload_leaveNoLoader() {
    Path jar = forgetful("HRTIMER_MODE_REL", "return HRTIMER_RESTART;");
    LoadCycles.assertLeaveNoLoader(jar, "forgetful", CYCLES);
  }
}
