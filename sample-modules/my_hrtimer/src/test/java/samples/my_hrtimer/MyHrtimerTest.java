package samples.my_hrtimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.JiffyTest;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** my_hrtimer on virtual time, beside what it did on a real Linux: truth/06_hrtimer.txt. */
@JiffyTest("hz=250 nr_cpus=2")
class MyHrtimerTest {
  /** When the recorded module was loaded. */
  private static final long LOADED_JIFFIES = 4_294_898_760L;

  /** From its first line to its last, as recorded. */
  private static final Duration LOADED = Duration.ofNanos(27_312_539_000L - 26_138_950_000L);

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyHrtimer.class).writeTo(directory.resolve("my_hrtimer.jar"));
  }

  @Test
  void my_hrtimer_loadedAtTheRecordedJiffy_printsWhatItPrintedOnLinux(
      Machine machine, Simulation sim) {
    sim.advanceToJiffies(LOADED_JIFFIES);
    machine.log().clear();
    machine.insmod(jar);
    sim.advance(LOADED);
    machine.rmmod("my_hrtimer");

    assertThat(GoldenLog.texts(machine.dmesg()))
        .filteredOn(text -> !text.startsWith("my_hrtimer: "))
        .containsExactlyElementsOf(
            GoldenLog.read(MyHrtimerTest.class, "/truth/06_hrtimer.txt").texts());
  }
}
