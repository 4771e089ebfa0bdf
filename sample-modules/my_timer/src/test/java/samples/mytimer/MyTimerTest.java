package samples.mytimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
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
  void pack() throws URISyntaxException {
    Path classes =
        Path.of(MyTimer.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar = ModuleJar.ofPackage(classes, "samples.mytimer").writeTo(directory.resolve("t.jar"));
  }

  @Test
  void my_timer_atTheRecordedJiffies_printsWhatItPrintedOnLinux() throws IOException {
    List<String> printed = new ArrayList<>();
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
      for (String line : machine.dmesg()) {
        String text = line.substring(line.indexOf(']') + 2);
        if (!text.startsWith("my_timer: ")) {
          printed.add(text);
        }
      }
    }
    assertThat(printed).containsExactlyElementsOf(recorded());
  }

  private static List<String> recorded() throws IOException {
    try (InputStream in = MyTimerTest.class.getResourceAsStream("/truth/03_my_timer.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("[ "))
          .map(line -> line.substring(line.indexOf(']') + 2))
          .toList();
    }
  }
}
