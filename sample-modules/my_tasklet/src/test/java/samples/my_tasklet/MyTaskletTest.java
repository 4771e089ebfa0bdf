package samples.my_tasklet;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.JiffyTest;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** my_tasklet on virtual time, beside what it did on a real Linux: truth/04_tasklet.txt. */
@JiffyTest("hz=250 nr_cpus=2")
class MyTaskletTest {
  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() throws URISyntaxException {
    Path classes =
        Path.of(MyTasklet.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar =
        ModuleJar.ofPackage(classes, "samples.my_tasklet")
            .writeTo(directory.resolve("my_tasklet.jar"));
  }

  @Test
  void my_tasklet_loadedAndUnloaded_printsWhatItPrintedOnLinux(Machine machine, Simulation sim)
      throws IOException {
    machine.log().clear();
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(10));
    List<String> loaded = printed(machine);
    machine.rmmod("my_tasklet");

    assertThat(loaded).containsExactlyElementsOf(recorded("insmod"));
    assertThat(printed(machine)).containsExactlyElementsOf(recorded("rmmod"));
  }

  @Test
  void my_tasklet_unloadedAtOnce_hasRunAllTheSame(Machine machine) {
    machine.insmod(jar);
    machine.rmmod("my_tasklet");
    assertThat(printed(machine)).contains(MyTasklet.my_tasklet_data);
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
  }

  private static List<String> printed(Machine machine) {
    return machine.dmesg().stream()
        .map(line -> line.substring(line.indexOf(']') + 2))
        .filter(text -> !text.startsWith("my_tasklet: "))
        .toList();
  }

  /** What dmesg printed after that command. */
  private static List<String> recorded(String command) throws IOException {
    try (InputStream in = MyTaskletTest.class.getResourceAsStream("/truth/04_tasklet.txt")) {
      String session = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      String after = session.substring(session.indexOf("$ " + command));
      return after
          .substring(after.indexOf("$ dmesg") + 1)
          .lines()
          .skip(1)
          .takeWhile(line -> !line.startsWith("[exit"))
          .map(line -> line.substring(line.indexOf(']') + 2))
          .toList();
    }
  }
}
