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
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * The probe on virtual time, beside what it printed on a real Linux (truth/semprobe_*.dmesg): a
 * test a line, named as the line. Each section is begun at the jiffy at which it was recorded, on
 * CPU 0 of two, so every line must be the same to the character but for its time stamp and pids,
 * and for what {@link Exemptions} lists.
 */
class SemprobeTest {
  @TempDir private static Path directory;

  @TestFactory
  List<DynamicTest> timer_atItsRecordedJiffy_printsWhatItPrintedOnLinux() throws Exception {
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

  private static List<DynamicTest> compare(String section) throws IOException {
    Recording linux = Recording.ofLinux(section);
    Recording jiffy = run(section, linux.startJiffies());
    Exemptions exemptions = Exemptions.of(section);
    List<DynamicTest> tests = new ArrayList<>();
    for (Recording.Line line : linux.lines) {
      tests.add(dynamicTest(line.key(), () -> exemptions.check(line, jiffy.text(line.key()))));
    }
    tests.add(
        dynamicTest(
            section + ": all lines, in the order of Linux's, and no others",
            () -> assertThat(jiffy.keys()).isEqualTo(exemptions.keysExpected(linux))));
    tests.add(
        dynamicTest(
            section + ": each exemption is of a line that was recorded",
            () -> assertThat(linux.keys()).containsAll(exemptions.keys())));
    return tests;
  }

  /** Prints what a section prints on Jiffy: for who wants to compare by eye. */
  private static Recording run(String section, long startJiffies) {
    Path jar =
        ModuleJar.ofModule(Semprobe.class)
            .writeTo(directory.resolve("semprobe-" + section + ".jar"));
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment insmod = machine.attach("insmod")) { // the first task: on CPU 0
      machine.simulation().orElseThrow().advanceToJiffies(startJiffies);
      machine.insmod(jar, "sect=" + section);
      Recording printed = Recording.of(machine.dmesg());
      machine.rmmod("semprobe");
      return printed;
    }
  }
}
