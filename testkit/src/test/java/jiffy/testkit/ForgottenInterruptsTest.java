package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modules that go without giving back tasklets, softirqs and interrupt lines. */
class ForgottenInterruptsTest {
  private static final int CYCLES = 50;

  private static final String HEAD =
      """
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Interrupts.*;
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      """;

  @TempDir private Path directory;

  private Path module(String name, String body) {
    String type = Character.toUpperCase(name.charAt(0)) + name.substring(1);
    String source =
        "package "
            + name
            + ";\n"
            + HEAD
            + "public final class "
            + type
            + " extends KernelModule {\n"
            + body
            + "\n}\n";
    return ModuleJar.of(source).writeTo(directory.resolve(name + ".jar"));
  }

  private static void assertLogged(Machine machine, String part) {
    assertThat(machine.dmesg()).anyMatch(line -> line.contains(part));
  }

  private Path disabledTasklet() {
    return module(
        "tired",
        """
        static final TaskletStruct t = new TaskletStruct();
        static void too_late(TaskletStruct t) { printk(KERN_ERR + "ran after exit\\n"); }
        static int arm() {
          tasklet_setup(t, Tired::too_late);
          tasklet_disable(t);
          tasklet_schedule(t);
          return 0;
        }
        { module_init(Tired::arm); module_exit(() -> {}); }
        """);
  }

  @KernelTest(mayComplain = true)
  void rmmod_withADisabledTaskletScheduled_namesItAndTakesItBack(Machine machine, Simulation sim) {
    machine.insmod(disabledTasklet());
    sim.advance(Duration.ofMillis(100));
    machine.rmmod("tired");
    sim.advance(Duration.ofSeconds(1));
    assertLogged(machine, "tasklet was left behind: too_late [tired] set up at arm (Tired.java:");
    assertLogged(machine, "scheduled, disabled (count 1)");
    assertLogged(machine, "1 tasklet taken back");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("ran after exit"));
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void rmmod_whileATaskletNeverReturns_givesItUpAndOthersRun(Machine machine, Simulation sim) {
    machine.insmod(
        module(
            "endless",
            """
            static final TaskletStruct t = DECLARE_TASKLET(Endless::spins);
            static void spins(TaskletStruct t) { while (true) { mdelay(10); } }
            static int arm() { tasklet_schedule(t); return 0; }
            { module_init(Endless::arm); module_exit(() -> {}); }
            """));
    sim.advance(Duration.ofSeconds(1));
    machine.rmmod("endless");
    assertThat(machine.modules().list()).isEmpty();
    assertLogged(machine, "tasklet: spins [endless]");
    assertLogged(machine, "does not return: given up");
    machine.insmod(disabledTasklet());
    machine.rmmod("tired");
    assertLogged(machine, "1 tasklet taken back");
  }

  @KernelTest(mayComplain = true)
  void rmmod_withAnIrqRequested_freesItByName(Machine machine, Simulation sim) {
    machine.insmod(
        module(
            "irqs",
            """
            static int top(int irq, Object dev) { printk(KERN_INFO + "irq %d\\n", irq); return IRQ_HANDLED; }
            static int arm() { return request_irq(3, Irqs::top, 0, "forgotten", null); }
            { module_init(Irqs::arm); module_exit(() -> {}); }
            """));
    machine.raiseIrq(3);
    sim.advance(Duration.ofMillis(10));
    assertLogged(machine, "] irq 3");
    machine.rmmod("irqs");
    assertLogged(
        machine,
        "irq handler was left behind: irq 3 (forgotten), top [irqs] set up at arm (Irqs.java:");
    assertLogged(machine, "1 irq handler taken back");
    assertThatThrownBy(() -> machine.raiseIrq(3)).hasMessageContaining("nobody has requested");
  }

  @KernelTest(mayComplain = true)
  void rmmod_withAnOpenSoftirq_closesIt(Machine machine, Simulation sim) {
    Path jar =
        module(
            "vector",
            """
            static int arm() {
              open_softirq(BLOCK_SOFTIRQ, h -> printk(KERN_INFO + "served\\n"));
              raise_softirq(BLOCK_SOFTIRQ);
              return 0;
            }
            { module_init(Vector::arm); module_exit(() -> {}); }
            """);
    for (int i = 1; i <= 2; i++) {
      machine.insmod(jar);
      sim.advance(Duration.ofMillis(10));
      assertThat(machine.dmesg().stream().filter(line -> line.endsWith("served"))).hasSize(i);
      machine.rmmod("vector");
    }
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("refused"));
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void open_softirq_ofAnotherModules_isRefusedByName(Machine machine) {
    String body =
        """
        static int arm() { open_softirq(RCU_SOFTIRQ, h -> {}); return 0; }
        { module_init(%s::arm); module_exit(() -> {}); }
        """;
    machine.insmod(module("first", body.formatted("First")));
    machine.insmod(module("second", body.formatted("Second")));
    assertLogged(machine, "by arm.lambda [second] is refused: RCU is opened by arm.lambda [first]");
  }

  @Test
  void cycles_ofLoadAndUnload_leaveNoLoader() {
    LoadCycles.assertLeaveNoLoader(disabledTasklet(), "tired", CYCLES);
  }
}
