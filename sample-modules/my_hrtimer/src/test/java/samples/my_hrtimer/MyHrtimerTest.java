package samples.my_hrtimer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
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

/** my_hrtimer beside what it did on a real Linux: truth/06_hrtimer.txt. */
@OnBothPlatforms
class MyHrtimerTest {
  /** When the recorded module was loaded. */
  private static final long LOADED_JIFFIES = 4_294_898_760L;

  /** From its first line to its last, as recorded. */
  private static final Duration LOADED = Duration.ofNanos(27_312_539_000L - 26_138_950_000L);

  private static final String CALLED = "my_hrtimer_callback called";

  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  MyHrtimerTest(Platform platform) {
    kernel = ModuleKernel.boot(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyHrtimer.class).writeTo(directory.resolve("my_hrtimer.jar"));
  }

  @Test
  void my_hrtimer_loadedAtTheRecordedJiffy_printsWhatItPrintedOnLinux() {
    List<String> recorded = GoldenLog.read(MyHrtimerTest.class, "/truth/06_hrtimer.txt").texts();
    kernel.advanceToJiffies(LOADED_JIFFIES);
    machine.log().clear();
    machine.insmod(jar);
    if (kernel.isSim()) {
      kernel.pass(LOADED);
    } else {
      kernel.untilPrinted(recorded.stream().filter(s -> s.contains(CALLED)).count(), CALLED);
    }
    machine.rmmod("my_hrtimer");

    assertThat(comparable(kernel.printedBy("my_hrtimer"))).isEqualTo(comparable(recorded));
  }

  /** On the host without the jiffies, and without how often it was called. */
  private List<String> comparable(List<String> texts) {
    if (kernel.isSim()) {
      return texts;
    }
    List<String> comparable = new ArrayList<>(kernel.masked(texts, "\\d{10}"));
    comparable.removeIf(text -> text.startsWith(CALLED));
    assertThat(texts.subList(2, texts.size() - 2)).allMatch(text -> text.startsWith(CALLED));
    return comparable;
  }
}
