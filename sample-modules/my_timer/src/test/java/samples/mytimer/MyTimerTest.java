package samples.mytimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.ModuleKernel;
import jiffy.testkit.OnBothPlatforms;
import jiffy.testkit.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** my_timer beside what it did on a real Linux: truth/03_my_timer.txt. */
@OnBothPlatforms
class MyTimerTest {
  /** In which jiffies it was loaded, as its messages say. */
  private static final long FIRST = 4_294_898_262L;

  private static final long SECOND = 4_294_898_461L;

  private static final String JIFFIES = "\\d{10}";

  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  MyTimerTest(Platform platform) {
    kernel = ModuleKernel.boot(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyTimer.class).writeTo(directory.resolve("t.jar"));
  }

  @Test
  void my_timer_atTheRecordedJiffies_printsWhatItPrintedOnLinux() {
    kernel.advanceToJiffies(FIRST);
    machine.log().clear();
    machine.insmod(jar);
    kernel.untilPrinted(1, "my_timer_callback called");
    kernel.advanceToJiffies(FIRST + 125);
    machine.rmmod("my_timer");
    List<String> first = printed();
    machine.log().clear();
    kernel.advanceToJiffies(SECOND);
    machine.insmod(jar);
    machine.rmmod("my_timer");
    List<String> second = printed();

    assertThat(first).isEqualTo(recorded(0));
    if (kernel.isSim()) {
      assertThat(second).isEqualTo(recorded(1));
    } else { // rmmod need not come within 200 ms
      assertThat(second).isIn(recorded(1), recorded(0));
    }
  }

  private List<String> printed() {
    return kernel.masked(kernel.printedBy("my_timer"), JIFFIES);
  }

  /** What it printed at the nth run, of four lines each. */
  private List<String> recorded(int nth) {
    List<String> texts = GoldenLog.read(MyTimerTest.class, "/truth/03_my_timer.txt").texts();
    return kernel.masked(texts.subList(4 * nth, 4 * nth + 4), JIFFIES);
  }
}
