package samples.my_workqueue;

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

/** my_workqueue on virtual time, beside what it did on a real Linux: truth/05_workqueue.txt. */
@JiffyTest("hz=250 nr_cpus=2")
class MyWorkqueueTest {
  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() throws URISyntaxException {
    Path classes =
        Path.of(MyWorkqueue.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar =
        ModuleJar.ofPackage(classes, "samples.my_workqueue")
            .writeTo(directory.resolve("my_workqueue.jar"));
  }

  @Test
  void my_workqueue_loadedAndUnloaded_printsWhatItPrintedOnLinux(Machine machine, Simulation sim)
      throws IOException {
    machine.log().clear();
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(10));
    List<String> loaded = printed(machine);
    machine.rmmod("my_workqueue");

    assertThat(loaded).containsExactlyElementsOf(recorded("insmod"));
    assertThat(printed(machine)).containsExactlyElementsOf(recorded("rmmod"));
  }

  @Test
  void my_workqueue_unloadedAtOnce_hasRunBothItems(Machine machine) throws IOException {
    machine.log().clear();
    machine.insmod(jar);
    machine.rmmod("my_workqueue");

    assertThat(printed(machine)).containsExactlyElementsOf(recorded("rmmod"));
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
    return machine.dmesg().stream()
        .map(line -> line.substring(line.indexOf(']') + 2))
        .filter(text -> !text.startsWith("my_workqueue: "))
        .toList();
  }

  /** What dmesg printed after that command. */
  private static List<String> recorded(String command) throws IOException {
    try (InputStream in = MyWorkqueueTest.class.getResourceAsStream("/truth/05_workqueue.txt")) {
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
