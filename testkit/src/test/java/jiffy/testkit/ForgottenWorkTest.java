package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that go without taking back works and queues. */
class ForgottenWorkTest {
  private static final int CYCLES = 50;

  private static final String HEAD =
      """
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.Workqueues.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      """;

  @TempDir private Path directory;

  private Path module(String name, String body) {
    String type = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    String source =
        "package %s;\n%spublic final class %s extends KernelModule {\n%s\n}\n"
            .formatted(name, HEAD, type, body);
    return ModuleJar.of(source).writeTo(directory.resolve(name + ".jar"));
  }

  private static void assertLogged(Machine machine, String part) {
    assertThat(machine.dmesg()).anyMatch(line -> line.contains(part));
  }

  /** Three works in a queue of one at a time: the first sleeps, so two are pending at the exit. */
  private Path hasty() {
    return module(
        "hasty",
        """
        static void slow(WorkStruct w) { printk(KERN_INFO + "slow\\n"); msleep(100); }
        static int begin() {
          WorkqueueStruct queue = create_workqueue("hasty_q");
          for (int i = 0; i < 3; i++) {
            WorkStruct work = new WorkStruct();
            INIT_WORK(work, Hasty::slow);
            queue_work(queue, work);
          }
          msleep(20);
          return 0;
        }
        { module_init(Hasty::begin); module_exit(() -> {}); }
        """);
  }

  @KernelTest(mayComplain = true)
  void rmmod_withWorksPendingAndRunning_namesThemAndTakesThemBack(Machine machine, Simulation sim) {
    machine.insmod(hasty());
    machine.rmmod("hasty");
    sim.advance(Duration.ofSeconds(1));
    assertLogged(machine, "work was left behind: slow [hasty] set up at begin (Hasty.java:");
    assertLogged(machine, ", pending");
    assertLogged(machine, ", running");
    assertLogged(machine, "workqueue hasty_q, not destroyed");
    assertThat(machine.dmesg().stream().filter(line -> line.endsWith("] slow"))).hasSize(1);
    assertThat(machine.modules().list()).isEmpty();
  }

  @KernelTest(mayComplain = true)
  void rmmod_withADelayedWorkPending_takesItBack(Machine machine, Simulation sim) {
    machine.insmod(
        module(
            "later",
            """
            static final DelayedWork work = DECLARE_DELAYED_WORK(Later::too_late);
            static void too_late(WorkStruct w) { printk(KERN_ERR + "ran after exit\\n"); }
            static int begin() { schedule_delayed_work(work, 100); return 0; }
            { module_init(Later::begin); module_exit(() -> {}); }
            """));
    machine.rmmod("later");
    sim.advance(Duration.ofSeconds(2));
    assertLogged(machine, "too_late [later] set up at begin (Later.java:");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("ran after exit"));
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void rmmod_whileAWorkNeverReturns_leavesItsKworkerToIt_andOthersRun(
      Machine machine, Simulation sim) {
    machine.insmod(
        module(
            "endless",
            """
            static final WorkStruct work = DECLARE_WORK(Endless::spins);
            static void spins(WorkStruct w) { while (true) { mdelay(10); } }
            static int begin() { schedule_work(work); return 0; }
            { module_init(Endless::begin); module_exit(() -> {}); }
            """));
    sim.advance(Duration.ofSeconds(1));
    machine.rmmod("endless");
    assertLogged(machine, "endless: work spins [endless]");
    assertLogged(machine, "has not ended: its kworker is left to it");
    assertThat(machine.modules().list()).isEmpty();
    machine.insmod(hasty());
    assertLogged(machine, "] slow");
  }

  /** A rescuer's thread is made at init, for the module. */
  @Test
  void cycles_withQueuesThatHaveRescuers_leaveNoLoader() {
    Path jar =
        module(
            "rescued",
            """
            static final WorkStruct work = DECLARE_WORK(w -> {});
            static WorkqueueStruct destroyed;
            static int begin() {
              destroyed = create_workqueue("destroyed");
              queue_work(destroyed, work);
              return create_singlethread_workqueue("forgotten") == null ? -12 : 0;
            }
            { module_init(Rescued::begin); module_exit(() -> destroy_workqueue(destroyed)); }
            """);
    LoadCycles.assertLeaveNoLoader(jar, "rescued", CYCLES);
  }

  @Test
  void cycles_ofLoadAndUnload_leaveNoLoader() {
    Path jar =
        module(
            "clean",
            """
            static final ThreadLocal<Clean> kept = new ThreadLocal<>();
            static final WorkStruct work = DECLARE_WORK(w -> kept.set(new Clean()));
            static int begin() { schedule_work(work); flush_work(work); return 0; }
            { module_init(Clean::begin); module_exit(() -> {}); }
            """);
    LoadCycles.assertLeaveNoLoader(jar, "clean", CYCLES);
  }

  /** The first goes by the list, the next by the ring of the kworker that rests. */
  @Test
  void cycles_withWorksThatLieInTheRing_leaveNoLoader() {
    Path jar =
        module(
            "ringed",
            """
            static final WorkStruct work = DECLARE_WORK(w -> {});
            static int begin() {
              for (int i = 0; i < 5; i++) {
                schedule_work(work);
                flush_work(work);
                msleep(2);
              }
              return 0;
            }
            { module_init(Ringed::begin); module_exit(() -> {}); }
            """);
    LoadCycles.assertLeaveNoLoader(jar, "ringed", CYCLES);
  }
}
