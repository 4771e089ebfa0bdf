package samples.mytimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** my_timer on virtual time, beside what it did on a real Linux: truth/03_my_timer.txt. */
class MyTimerTest {
  /** In which jiffies it was loaded, as its messages say. */
  private static final long FIRST = 4_294_898_262L;

  private static final long SECOND = 4_294_898_461L;

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyTimer.class).writeTo(directory.resolve("t.jar"));
  }

  @Test
  void my_timer_atTheRecordedJiffies_printsWhatItPrintedOnLinux() {
    List<String> printed;
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment shell = machine.attach("insmod", 0)) {
      Simulation sim = machine.simulation().orElseThrow();
      sim.advanceToJiffies(FIRST);
      machine.log().clear();
      machine.insmod(jar);
      sim.advanceToJiffies(FIRST + 125);
      machine.rmmod("my_timer");
      sim.advanceToJiffies(SECOND);
      machine.insmod(jar);
      machine.rmmod("my_timer");
      printed = GoldenLog.texts(machine.dmesg());
    }
    assertThat(printed)
        .filteredOn(text -> !text.startsWith("my_timer: "))
        .containsExactlyElementsOf(
            GoldenLog.read(MyTimerTest.class, "/truth/03_my_timer.txt").texts());
  }
}
