package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Modules that go without taking back what they gave to a scheduler of their host. */
class ForgottenJobTest {
  /** Where the host has put it: in a place of the JDK's, for modules see nothing else of it. */
  private static final String PLACE = "jiffy.testkit.ForgottenJobTest";

  private static final int CYCLES = 50;

  private static final String MODULE =
      """
      package %1$s;
      import static jiffy.linux.Printk.*;
      import java.util.concurrent.*;
      import jiffy.linux.*;
      @ModuleInfo(license = "GPL")
      public final class %2$s extends KernelModule {
        static final ScheduledExecutorService scheduler =
            (ScheduledExecutorService) System.getProperties().get("%3$s");
        static void tick() { printk(KERN_INFO + "tick\\n"); }
        static int begin() { %4$s return 0; }
        { module_init(%2$s::begin); module_exit(() -> {}); }
      }
      """;

  @TempDir private Path directory;
  private ScheduledExecutorService scheduler;

  @BeforeEach
  void offer(Machine machine) {
    scheduler = machine.scheduler();
    System.getProperties().put(PLACE, scheduler);
  }

  @AfterEach
  void takeAway() {
    System.getProperties().remove(PLACE);
  }

  private Path module(String name, String init) {
    String type = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    return ModuleJar.of(MODULE.formatted(name, type, PLACE, init))
        .writeTo(directory.resolve(name + ".jar"));
  }

  private static void assertLogged(Machine machine, String part) {
    assertThat(machine.dmesg()).anyMatch(line -> line.contains(part));
  }

  @KernelTest(mayComplain = true)
  void rmmod_withJobsQueuedAndRunning_namesThemAndTakesThemBack(Machine machine, Simulation time)
      throws Exception {
    Future<String> ours = scheduler.schedule(() -> "ours", 1, TimeUnit.HOURS);
    machine.insmod(
        module(
            "late",
            """
            scheduler.scheduleAtFixedRate(Late::tick, 1, 1, TimeUnit.SECONDS);
            Future<?> never = scheduler.schedule(Late::tick, 1, TimeUnit.DAYS);
            scheduler.execute(() -> {
              try {
                never.get();
              } catch (CancellationException | InterruptedException | ExecutionException e) {
                printk(KERN_INFO + "ends\\n");
              }
            });
            """));
    time.advance(Duration.ofMillis(3_500));
    machine.rmmod("late");
    time.advance(Duration.ofSeconds(10));
    assertLogged(machine, "late: rmmod: job was left behind: Late");
    assertLogged(machine, ", due in 500 ms");
    assertLogged(machine, ", running");
    assertLogged(machine, "late: rmmod: 3 jobs taken back");
    assertLogged(machine, "ends");
    assertThat(machine.dmesg().stream().filter(line -> line.endsWith("] tick"))).hasSize(3);
    assertThat(ours.get()).isEqualTo("ours");
  }

  @KernelTest(mayComplain = true)
  void module_whoseJobsRan_leavesNoLoader(Machine machine, Simulation time) {
    Path jar = module("clean", "scheduler.execute(Clean::tick);");
    for (int i = 0; i < CYCLES; i++) {
      machine.insmod(jar);
      time.advance(Duration.ofMillis(1));
      machine.rmmod("clean");
    }
    assertThat(machine.dmesg().stream().filter(line -> line.endsWith("] tick"))).hasSize(CYCLES);
    LoaderLeaks.collectUntil(() -> held(machine) == 0);
    assertThat(held(machine)).as("unloaded loaders that live on").isZero();
  }

  private static long held(Machine machine) {
    return machine.modules().unloadedLoaders().stream().filter(l -> !l.isCollected()).count();
  }
}
