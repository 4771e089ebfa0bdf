package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that leaves its timer armed: named, cancelled, and its loader goes all the same. */
class ForgottenTimerTest {
  private static final int CYCLES = 200;

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar =
        ModuleJar.of(
                """
                package forgetful;
                import static jiffy.linux.Jiffies.*;
                import static jiffy.linux.Printk.*;
                import static jiffy.linux.Timers.*;
                import jiffy.linux.*;
                import jiffy.types.TimerList;
                @ModuleInfo(name = "forgetful", license = "GPL")
                public final class Forgetful extends KernelModule {
                  static final TimerList timer = new TimerList();
                  static void too_late(TimerList t) {
                    printk(KERN_ERR + "ran after exit\\n");
                  }
                  static int arm() {
                    timer_setup(timer, Forgetful::too_late, 0);
                    mod_timer(timer, jiffies() + 10 * HZ());
                    return 0;
                  }
                  static void forget() {}
                  { module_init(Forgetful::arm); module_exit(Forgetful::forget); }
                }
                """)
            .writeTo(directory.resolve("forgetful.jar"));
  }

  @KernelTest(mayComplain = true)
  void rmmod_withATimerArmed_namesItsFunctionAndSiteAndCancelsIt(Machine machine, Simulation sim) {
    machine.insmod(jar);
    machine.rmmod("forgetful");
    sim.advance(java.time.Duration.ofMinutes(1));

    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains("too_late [forgetful] set up at arm (Forgetful.java:")
                    && line.contains("expires in 2500 jiffies"))
        .anyMatch(line -> line.contains("1 timer taken back"))
        .noneMatch(line -> line.contains("ran after exit"));
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void rmmod_whileACallbackNeverReturns_givesItUpAndNamesIt(Machine machine, Simulation sim) {
    Path endless =
        ModuleJar.of(
                """
                package endless;
                import static jiffy.linux.Delay.*;
                import static jiffy.linux.Jiffies.*;
                import static jiffy.linux.Timers.*;
                import jiffy.linux.*;
                import jiffy.types.TimerList;
                @ModuleInfo(name = "endless", license = "GPL")
                public final class Endless extends KernelModule {
                  static final TimerList timer = new TimerList();
                  static void spins(TimerList t) { while (true) { mdelay(10); } }
                  static int arm() {
                    timer_setup(timer, Endless::spins, 0);
                    mod_timer(timer, jiffies() + 2);
                    return 0;
                  }
                  { module_init(Endless::arm); module_exit(() -> {}); }
                }
                """)
            .writeTo(directory.resolve("endless.jar"));
    machine.insmod(endless);
    sim.advance(java.time.Duration.ofSeconds(1));

    machine.rmmod("endless");

    assertThat(machine.modules().list()).isEmpty();
    assertThat(machine.dmesg())
        .anyMatch(
            line -> line.contains("spins [endless]") && line.contains("does not return: given up"));
  }

  @Test
  void cycles_ofLoadAndUnload_leaveNoLoaderAndNoThread() {
    Set<Long> threadsBefore = threads();
    LoadCycles.assertLeaveNoLoader(jar, "forgetful", CYCLES);
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!threadsBefore.contains(thread.getId()) && isOurs(thread)) {
        joinOf(thread);
      }
    }
  }

  private static boolean isOurs(Thread thread) {
    return thread instanceof jiffy.kernel.KernelThread || thread.getName().equals("kthreadd");
  }

  private static void joinOf(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    assertThat(thread.isAlive()).as("thread %s ended", thread.getName()).isFalse();
  }

  private static Set<Long> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getId)
        .collect(Collectors.toSet());
  }
}
