package samples.kt;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.JiffyTest;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** kt on virtual time, beside what it did on a real Linux: truth/kt_original_10s.txt. */
@JiffyTest
class KtTest {
  private static final Duration DAY = Duration.ofDays(1);

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void pack() {
    jar = ModuleJar.ofModule(Kt.class).writeTo(directory.resolve("kt.jar"));
  }

  @Test
  void kt_for42Seconds_printsWhatItPrintedOnLinux(Machine machine, Simulation sim) {
    machine.log().clear();
    machine.insmod(jar);
    sim.advance(Duration.ofMillis(42_362));
    machine.rmmod("kt");

    List<String> printed =
        GoldenLog.texts(machine.dmesg()).stream().filter(text -> !text.startsWith("kt: ")).toList();

    assertThat(printed).containsExactlyElementsOf(recorded());
  }

  @Test
  void kt_forADay_runsAtTheWheelsGranules(Machine machine, Simulation sim) {
    long armed = machine.timekeeping().clock().now();
    machine.insmod(jar);
    List<Long> ran = new ArrayList<>();
    long start = System.nanoTime();
    sim.advance(DAY);
    long tookMillis = (System.nanoTime() - start) / 1_000_000;
    for (long nanos : timesOf(machine, "Entering: timer_callback")) {
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
    assertThat(dmesgOfADay()).isEqualTo(dmesgOfADay());
  }

  @Test
  void kt_withChoicePoints_printsTheSameLog() {
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
  void kt_withAnInterval_runsAtIt(Machine machine, Simulation sim) {
    machine.insmod(jar, "interval=1");
    sim.advance(Duration.ofSeconds(4));
    // truth/01_kt_fast.txt: HZ jiffies are 256, for the granule is 64 there.
    assertThat(timesOf(machine, "Entering: timer_callback")).hasSize(3);
  }

  @Test
  void kt_everySecond_runsAtTheJiffiesRecordedOnLinux() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment shell = machine.attach("insmod", 0)) {
      Simulation sim = machine.simulation().orElseThrow();
      long boot = machine.timekeeping().clock().initialJiffies;
      sim.advanceToJiffies(boot + jiffy(3.598367));
      machine.insmod(jar, "interval=1");
      sim.advanceToJiffies(boot + jiffy(7.477145));
      machine.rmmod("kt");
      List<String> printed =
          machine.dmesg().stream()
              .filter(line -> line.matches(".*] (Entering|kt_|Before|After|exiting).*"))
              .map(line -> stamped(line, 0))
              .toList();
      assertThat(printed).isEqualTo(recordedFast());
    }
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
