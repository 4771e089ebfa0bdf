package samples.semprobe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.ModuleKernel;
import jiffy.testkit.OnBothPlatforms;
import jiffy.testkit.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The probe beside what it printed on a real Linux (truth/semprobe_*.dmesg): a test a line, named
 * as the line.
 *
 * <p>On virtual time each section is begun at the jiffy at which it was recorded, on CPU 0 of two,
 * so every line must be the same to the character but for its time stamp and pids, and for what
 * {@link Exemptions} lists. On the host there must be the same lines, but for numbers and names
 * that time decides.
 */
@OnBothPlatforms
class SemprobeTest {
  /** Printed once more for each timer that was late. */
  private static final String LATE = "hr.note";

  private final ModuleKernel kernel;

  SemprobeTest(Platform platform) {
    kernel = ModuleKernel.bootUnattached(platform, "hz=250 nr_cpus=2");
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @TempDir private static Path directory;

  @TestFactory
  List<DynamicTest> timer_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    kernel.virtualTimeOnly("lasts for 10 seconds");
    return compare("timer");
  }

  @TestFactory
  List<DynamicTest> ctx_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    return compare("ctx");
  }

  @TestFactory
  List<DynamicTest> hr_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    return compare("hr");
  }

  @TestFactory
  List<DynamicTest> tasklet_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    return compare("tasklet");
  }

  @TestFactory
  List<DynamicTest> conv_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    return compare("conv");
  }

  @TestFactory
  List<DynamicTest> wq_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    return compare("wq");
  }

  @TestFactory
  List<DynamicTest> sync_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
    return compare("sync");
  }

  private List<DynamicTest> compare(String section) throws IOException {
    Recording linux = Recording.ofLinux(section);
    Recording jiffy = run(section, linux.startJiffies());
    Exemptions exemptions = Exemptions.of(section);
    List<DynamicTest> tests = new ArrayList<>();
    for (Recording.Line line : linux.lines) {
      tests.add(dynamicTest(line.key(), () -> check(exemptions, line, jiffy)));
    }
    tests.add(
        dynamicTest(
            section + ": all lines, in the order of Linux's, and no others",
            () -> checkKeys(jiffy.keys(), exemptions.keysExpected(linux))));
    tests.add(
        dynamicTest(
            section + ": each exemption is of a line that was recorded",
            () -> assertThat(linux.keys()).containsAll(exemptions.keys())));
    return tests;
  }

  private void check(Exemptions exemptions, Recording.Line linux, Recording jiffy) {
    if (kernel.isSim()) {
      exemptions.check(linux, jiffy.text(linux.key()));
    } else {
      exemptions.checkOnHost(linux, jiffy.text(linux.key()));
    }
  }

  private void checkKeys(List<String> printed, List<String> expected) {
    if (kernel.isSim()) {
      assertThat(printed).isEqualTo(expected);
    } else { // a task and a timer print a line each while the probe goes on
      assertThat(printed)
          .filteredOn(key -> expected.contains(key) || !key.startsWith(LATE))
          .containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  private Recording run(String section, long startJiffies) {
    Path jar =
        ModuleJar.ofModule(Semprobe.class)
            .writeTo(directory.resolve("semprobe-" + section + ".jar"));
    Machine machine = kernel.machine;
    try (Attachment insmod = machine.attach("insmod")) { // the first task: on CPU 0
      kernel.advanceToJiffies(startJiffies);
      machine.insmod(jar, "sect=" + section);
      Recording printed = Recording.of(machine.dmesg());
      machine.rmmod("semprobe");
      return printed;
    }
  }
}
