package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A module that frees a struct whose timer is armed: named, and nothing of it is kept. */
class FreedTimerTest {
  private static final int CYCLES = 100;

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar =
        ModuleJar.of(
                """
                package careless;
                import static jiffy.linux.Jiffies.*;
                import static jiffy.linux.Printk.*;
                import static jiffy.linux.Slab.*;
                import static jiffy.linux.Timers.*;
                import jiffy.linux.*;
                import jiffy.types.TimerList;
                @ModuleInfo(name = "careless", license = "GPL")
                public final class Careless extends KernelModule {
                  static final class Thing { final TimerList timer = TimerList.in(this); }
                  static void too_late(TimerList t) { printk(KERN_ERR + "ran after kfree\\n"); }
                  static void sleepy(TimerList t) { kmalloc(Thing::new, GFP_KERNEL); }
                  static final TimerList other = new TimerList();
                  static int arm() {
                    Thing thing = kmalloc(Thing::new, GFP_KERNEL);
                    timer_setup(thing.timer, Careless::too_late, 0);
                    mod_timer(thing.timer, jiffies() + HZ());
                    kfree(thing);
                    timer_setup(other, Careless::sleepy, 0);
                    mod_timer(other, jiffies() + 1);
                    return 0;
                  }
                  { module_init(Careless::arm); module_exit(() -> del_timer_sync(other)); }
                }
                """)
            .writeTo(directory.resolve("careless.jar"));
  }

  @KernelTest(mayComplain = true)
  void kfree_ofAStructWithAnArmedTimer_namesFunctionAndLineAndDeletesIt(
      Machine machine, Simulation sim) {
    machine.insmod(jar);
    sim.advance(Duration.ofMinutes(1));
    machine.rmmod("careless");

    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.endsWith(
                    "] ODEBUG: free active (active state 0) object type: timer_list hint:"
                        + " too_late [careless]"))
        .anyMatch(
            line ->
                line.matches(
                    ".*] WARNING: CPU: \\d PID: \\d+ at Careless.java:\\d+ arm \\[careless]"))
        .noneMatch(line -> line.contains("left behind") || line.contains("ran after kfree"));
  }

  @KernelTest(mayLeave = true, mayComplain = true)
  void kmalloc_withGfpKernelInATimer_namesTheLine(Machine machine, Simulation sim) {
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(20));
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.matches(
                    ".*] BUG: sleeping function called from invalid context at sleepy"
                        + " \\(Careless.java:\\d+\\) \\[careless]"));
  }

  @Test
  void cycles_ofLoadAndUnload_leaveNoLoader() {
    LoadCycles.assertLeaveNoLoader(jar, "careless", CYCLES);
  }
}
