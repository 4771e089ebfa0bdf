package samples.my_tasklet;

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

/** my_tasklet on virtual time, beside what it did on a real Linux: truth/04_tasklet.txt. */
@JiffyTest("hz=250 nr_cpus=2")
class MyTaskletTest {
  private static final GoldenLog SESSION =
      GoldenLog.read(MyTaskletTest.class, "/truth/04_tasklet.txt");

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyTasklet.class).writeTo(directory.resolve("my_tasklet.jar"));
  }

  @Test
  void my_tasklet_loadedAndUnloaded_printsWhatItPrintedOnLinux(Machine machine, Simulation sim) {
    machine.log().clear();
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(10));
    List<String> loaded = printed(machine);
    machine.rmmod("my_tasklet");

    assertThat(loaded).containsExactlyElementsOf(SESSION.textsAfter("insmod"));
    assertThat(printed(machine)).containsExactlyElementsOf(SESSION.textsAfter("rmmod"));
  }

  @Test
  void my_tasklet_unloadedAtOnce_hasRunAllTheSame(Machine machine) {
    machine.insmod(jar);
    machine.rmmod("my_tasklet");
    assertThat(printed(machine)).contains(MyTasklet.my_tasklet_data);
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
  }

  private static List<String> printed(Machine machine) {
    return GoldenLog.texts(machine.dmesg()).stream()
        .filter(text -> !text.startsWith("my_tasklet: "))
        .toList();
  }
}
