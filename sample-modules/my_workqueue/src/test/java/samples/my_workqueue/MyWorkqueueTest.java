package samples.my_workqueue;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.JiffyTest;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** my_workqueue on virtual time, beside what it did on a real Linux: truth/05_workqueue.txt. */
@JiffyTest("hz=250 nr_cpus=2")
class MyWorkqueueTest {
  private static final GoldenLog SESSION =
      GoldenLog.read(MyWorkqueueTest.class, "/truth/05_workqueue.txt");

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyWorkqueue.class).writeTo(directory.resolve("my_workqueue.jar"));
  }

  @Test
  void my_workqueue_loadedAndUnloaded_printsWhatItPrintedOnLinux(Machine machine, Simulation sim) {
    machine.log().clear();
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(10));
    List<String> loaded = printed(machine);
    machine.rmmod("my_workqueue");

    assertThat(loaded).containsExactlyElementsOf(SESSION.textsAfter("insmod"));
    assertThat(printed(machine)).containsExactlyElementsOf(SESSION.textsAfter("rmmod"));
  }

  @Test
  void my_workqueue_unloadedAtOnce_hasRunBothItems(Machine machine) {
    machine.log().clear();
    machine.insmod(jar);
    machine.rmmod("my_workqueue");

    assertThat(printed(machine)).containsExactlyElementsOf(SESSION.textsAfter("rmmod"));
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
  }

  /** An item that frees itself is no mistake: it runs, but it is not pending any more. */
  @Test
  void items_thatFreeThemselves_areNotComplainedAbout(Machine machine, Simulation sim) {
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(10));
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("ODEBUG"));
  }

  private static List<String> printed(Machine machine) {
    return GoldenLog.texts(machine.dmesg()).stream()
        .filter(text -> !text.startsWith("my_workqueue: "))
        .toList();
  }
}
