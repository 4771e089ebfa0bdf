package samples.my_tasklet;

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

/** my_tasklet beside what it did on a real Linux: truth/04_tasklet.txt. */
@OnBothPlatforms
class MyTaskletTest {
  private static final GoldenLog SESSION =
      GoldenLog.read(MyTaskletTest.class, "/truth/04_tasklet.txt");

  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  MyTaskletTest(Platform platform) {
    kernel = ModuleKernel.boot(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(MyTasklet.class).writeTo(directory.resolve("my_tasklet.jar"));
  }

  @Test
  void my_tasklet_loadedAndUnloaded_printsWhatItPrintedOnLinux() {
    machine.log().clear();
    machine.insmod(jar);
    kernel.untilPrinted(1, MyTasklet.my_tasklet_data);
    List<String> loaded = kernel.printedBy("my_tasklet");
    machine.rmmod("my_tasklet");

    assertThat(loaded).containsExactlyElementsOf(SESSION.textsAfter("insmod"));
    assertThat(kernel.printedBy("my_tasklet"))
        .containsExactlyElementsOf(SESSION.textsAfter("rmmod"));
  }

  @Test
  void my_tasklet_unloadedAtOnce_hasRunAllTheSame() {
    machine.insmod(jar);
    machine.rmmod("my_tasklet");
    assertThat(kernel.printedBy("my_tasklet")).contains(MyTasklet.my_tasklet_data);
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("left behind"));
  }
}
