package samples.my_workqueue;

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

/** my_workqueue beside what it did on a real Linux: truth/05_workqueue.txt. */
@OnBothPlatforms
class MyWorkqueueTest {
  private static final GoldenLog SESSION =
      GoldenLog.read(MyWorkqueueTest.class, "/truth/05_workqueue.txt");

  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  MyWorkqueueTest(Platform platform) {
    kernel = ModuleKernel.boot(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyWorkqueue.class).writeTo(directory.resolve("my_workqueue.jar"));
  }

  @Test
  void my_workqueue_loadedAndUnloaded_printsWhatItPrintedOnLinux() {
    machine.log().clear();
    machine.insmod(jar);
    kernel.untilPrinted(2, "my_work.x");
    List<String> loaded = kernel.printedBy("my_workqueue");
    machine.rmmod("my_workqueue");

    assertThat(loaded).containsExactlyElementsOf(SESSION.textsAfter("insmod"));
    assertThat(kernel.printedBy("my_workqueue"))
        .containsExactlyElementsOf(SESSION.textsAfter("rmmod"));
  }

  @Test
  void my_workqueue_unloadedAtOnce_hasRunBothItems() {
    machine.log().clear();
    machine.insmod(jar);
    machine.rmmod("my_workqueue");

    assertThat(kernel.printedBy("my_workqueue"))
        .containsExactlyElementsOf(SESSION.textsAfter("rmmod"));
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
  }

  /** An item that frees itself is no mistake: it runs, but it is not pending any more. */
  @Test
  void items_thatFreeThemselves_areNotComplainedAbout() {
    machine.insmod(jar);
    kernel.untilPrinted(2, "my_work.x");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("ODEBUG"));
  }
}
