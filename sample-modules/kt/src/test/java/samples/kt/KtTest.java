package samples.kt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.ModuleKernel;
import jiffy.testkit.OnBothPlatforms;
import jiffy.testkit.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kt beside what it did on a real Linux: truth/kt_original_10s.txt. */
@OnBothPlatforms
class KtTest {
  private static final Duration DAY = Duration.ofDays(1);

  private static final String CALLED = "Entering: timer_callback";

  @TempDir private Path directory;
  private Path jar;
  private final ModuleKernel kernel;
  private final Machine machine;

  KtTest(Platform platform) {
    kernel = ModuleKernel.boot(platform, "hz=250 nr_cpus=2");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(Kt.class).writeTo(directory.resolve("kt.jar"));
  }

  @Test
  void kt_for42Seconds_printsWhatItPrintedOnLinux() {
    kernel.virtualTimeOnly("lasts for 42 seconds");
    machine.log().clear();
    machine.insmod(jar);
    kernel.pass(Duration.ofMillis(42_362));
    machine.rmmod("kt");

    assertThat(kernel.printedBy("kt")).containsExactlyElementsOf(recorded());
  }

  @Test
  void kt_forADay_runsAtTheWheelsGranules() {
    kernel.virtualTimeOnly("lasts for a day");
    long armed = machine.timekeeping().clock().now();
    machine.insmod(jar);
    List<Long> ran = new ArrayList<>();
    long start = System.nanoTime();
    kernel.pass(DAY);
    long tookMillis = (System.nanoTime() - start) / 1_000_000;
    for (long nanos : timesOf(machine, CALLED)) {
      ran.add(armedJiffiesAt(machine, nanos));
    }
    System.out.println("kt: a virtual day, " + ran.size() + " callbacks, in " + tookMillis + " ms");

    List<Long> expected = new ArrayList<>();
    long end = armed + 250L * DAY.toSeconds();
    for (long at = granuleAfter(armed + 2500); at <= end; at += 2560) {
      expected.add(at);
    }
    assertThat(ran).isEqualTo(expected);
  }

  @Test
  void kt_forADayTwice_printsTheSameLogByteForByte() {
    kernel.virtualTimeOnly("lasts for two days");
    assertThat(dmesgOfADay()).isEqualTo(dmesgOfADay());
  }

  @Test
  void kt_withChoicePoints_printsTheSameLog() {
    kernel.virtualTimeOnly("choice points are a simulation's");
    try (Machine plain = Machine.simulate("hz=250 nr_cpus=2");
        Machine woven = Machine.simulate("hz=250 nr_cpus=2", choice -> 0)) {
      assertThat(dmesgOfAMinute(woven)).isEqualTo(dmesgOfAMinute(plain));
    }
  }

  private List<String> dmesgOfAMinute(Machine machine) {
    machine.insmod(jar);
    machine.simulation().orElseThrow().advance(Duration.ofMinutes(1));
    machine.rmmod("kt");
    return machine.dmesg();
  }

  @Test
  void kt_withAnInterval_runsAtIt() {
    machine.log().clear();
    machine.insmod(jar, "interval=1");
    if (kernel.isSim()) {
      kernel.pass(Duration.ofSeconds(4));
      // truth/01_kt_fast.txt: HZ jiffies are 256, for the granule is 64 there.
      assertThat(timesOf(machine, CALLED)).hasSize(3);
    } else {
      kernel.untilPrinted(2, CALLED);
    }
    machine.rmmod("kt");
    List<String> printed = kernel.printedBy("kt");
    long runs = printed.stream().filter(CALLED::equals).count();
    assertThat(withoutRuns(printed)).isEqualTo(withoutRuns(recorded()));
    assertThat(printed).last().isEqualTo("kt_global_data.count = [" + (runs + 1) + "]");
  }

  /** What a task prints, without the numbers that a timer meanwhile counts up. */
  private static List<String> withoutRuns(List<String> lines) {
    return lines.stream()
        .filter(line -> !line.equals(CALLED))
        .map(line -> line.replaceAll("\\d+", "N"))
        .toList();
  }

  @Test
  void kt_everySecond_runsAtTheJiffiesRecordedOnLinux() {
    kernel.virtualTimeOnly("at which jiffy it runs is exact there only");
    long boot = machine.timekeeping().clock().initialJiffies;
    kernel.advanceToJiffies(boot + jiffy(3.598367));
    machine.insmod(jar, "interval=1");
    kernel.advanceToJiffies(boot + jiffy(7.477145));
    machine.rmmod("kt");
    List<String> printed =
        machine.dmesg().stream()
            .filter(line -> line.matches(".*] (Entering|kt_|Before|After|exiting).*"))
            .map(line -> stamped(line, 0))
            .toList();
    assertThat(printed).isEqualTo(recordedFast());
  }

  /** All of it, the loader's lines too; there the module is called kt_fast. */
  @Test
  void kt_everySecond_printsWhatWasRecordedAtItsLevels() {
    kernel.virtualTimeOnly("lasts for four seconds");
    LogReader reader = machine.log().ring().reader();
    reader.seekEnd();
    machine.insmod(jar, "interval=1");
    kernel.pass(Duration.ofMillis(3_879));
    machine.rmmod("kt");
    List<String> printed = new ArrayList<>();
    LogRecord record = new LogRecord();
    while (reader.read(record)) {
      printed.add("<" + record.level() + ">" + record.text());
    }
    List<String> recorded =
        GoldenLog.read(KtTest.class, "/truth/01_kt_fast.txt").lines().stream()
            .dropWhile(line -> !line.equals("$ dmesg -r"))
            .skip(1)
            .takeWhile(line -> line.startsWith("<"))
            .map(line -> line.substring(0, 3) + GoldenLog.text(line).replace("kt_fast", "kt"))
            .toList();
    assertThat(printed).isEqualTo(recorded).hasSize(11);
  }

  /**
   * By how much that boot's log was ahead of its jiffies, in seconds: see truth/03_my_timer.txt.
   */
  private static final double LEAD = 0.2801;

  private static long jiffy(double stamp) {
    return (long) ((stamp - LEAD) * 250);
  }

  /** The time stamp as a jiffy since boot. */
  private static String stamped(String line, double lead) {
    double stamp = Double.parseDouble(line.substring(1, line.indexOf(']')).strip());
    long micros = Math.round((stamp - lead) * 1e6);
    return micros / 4_000 + " " + GoldenLog.text(line);
  }

  private static List<String> recordedFast() {
    return GoldenLog.read(KtTest.class, "/truth/01_kt_fast.txt").lines().stream()
        .dropWhile(line -> !line.equals("$ rmmod kt_fast"))
        .dropWhile(line -> !line.startsWith("[ "))
        .takeWhile(line -> line.startsWith("[ "))
        .filter(line -> !line.contains("kt_fast: "))
        .map(line -> stamped(line, LEAD))
        .toList();
  }

  private String dmesgOfADay() {
    List<String> lines = new ArrayList<>();
    Thread day =
        new Thread(
            () -> {
              try (Machine machine = Machine.simulate("hz=250 nr_cpus=2 log_buf_len=4M")) {
                machine.insmod(jar);
                machine.simulation().orElseThrow().advance(DAY);
                machine.rmmod("kt");
                lines.addAll(machine.dmesg());
              }
            });
    day.start();
    boolean interrupted = false;
    while (day.isAlive()) {
      try {
        day.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    assertThat(interrupted).isFalse();
    assertThat(lines).hasSizeGreaterThan(8_000);
    return String.join("\n", lines);
  }

  private static long granuleAfter(long expires) {
    return ((expires >> 6) + 1) << 6;
  }

  private static long armedJiffiesAt(Machine machine, long nanosSinceBoot) {
    var clock = machine.timekeeping().clock();
    return clock.initialJiffies + nanosSinceBoot / clock.tickNanos;
  }

  private static List<Long> timesOf(Machine machine, String text) {
    return machine.dmesg().stream()
        .filter(line -> line.endsWith("] " + text))
        .map(line -> line.substring(1, line.indexOf(']')).strip())
        .map(time -> Long.parseLong(time.replace(".", "")) * 1_000)
        .toList();
  }

  private static List<String> recorded() {
    return GoldenLog.read(KtTest.class, "/truth/kt_original_10s.txt").texts();
  }
}
