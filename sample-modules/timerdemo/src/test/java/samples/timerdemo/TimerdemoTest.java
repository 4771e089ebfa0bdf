package samples.timerdemo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * timerdemo on virtual time, beside what it did on a real Linux: truth/08_timerdemo6.txt and
 * timerdemo_100.txt.
 *
 * <p>Two CPUs print at the same time there, in any order, and both change the number: compared is
 * what each function prints in which jiffy, the number being masked; that the number is right is
 * checked in the order of the log itself.
 */
class TimerdemoTest {
  private static final long INITIAL_JIFFIES = 4_294_892_296L;
  private static final Pattern DATA =
      Pattern.compile("(timer2?_func) : data = (\\d+)(\\.\\.\\.|\\*\\*\\*)");

  @TempDir private Path directory;
  private Path jar;

  /** A line of the log with its jiffy, counted from boot. */
  private record Line(long jiffy, String text) {}

  @BeforeEach
  void pack() throws URISyntaxException {
    Path classes =
        Path.of(Timerdemo.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    jar = ModuleJar.ofPackage(classes, "samples.timerdemo").writeTo(directory.resolve("t.jar"));
  }

  @Test
  void timerdemo_from6_printsWhatItPrintedOnLinux() throws IOException {
    List<Line> recorded = recorded("08_timerdemo6.txt", 0, 0.2801);
    assertSame(run(7650, 6, 0, 9921), recorded, 6);
  }

  @Test
  void timerdemo_unloadedWhileBothArePending_printsWhatItPrintedOnLinux() throws IOException {
    List<Line> recorded = recorded("08_timerdemo6.txt", 1, 0.2801);
    assertSame(run(10_618, 100, 0, 10_960), recorded, 100);
  }

  @Test
  void timerdemo_from100ToTheEnd_printsWhatItPrintedOnLinux() throws IOException {
    List<Line> recorded = recorded("timerdemo_100.txt", 0, 0.2726);
    long unloaded =
        recorded.stream().filter(l -> l.text.startsWith("stop_module")).findFirst().get().jiffy;
    assertSame(run(1122, 100, 1, unloaded), recorded, 100);
  }

  private static void assertSame(List<Line> printed, List<Line> recorded, long start) {
    for (String function : List.of("timer_func", "timer2_func")) {
      assertThat(of(function, printed)).isEqualTo(of(function, recorded));
    }
    assertThat(of("", printed)).isEqualTo(of("", recorded));
    long data = start;
    for (Line line : printed) {
      Matcher number = DATA.matcher(line.text);
      if (number.matches()) {
        data += number.group(1).equals("timer_func") ? -1 : 1;
        assertThat(number.group(2)).as("%s", line).isEqualTo(Long.toString(data));
      }
    }
  }

  /** What the function printed, or what none of the two did. */
  private static List<Line> of(String function, List<Line> lines) {
    return lines.stream()
        .filter(
            line ->
                function.isEmpty()
                    ? !line.text.matches("timer2?_func.*")
                    : line.text.matches(function + "\\W.*"))
        .map(line -> new Line(line.jiffy, DATA.matcher(line.text).replaceFirst("$1 : data = #$3")))
        .toList();
  }

  private List<Line> run(long loaded, long data, int rmmodCpu, long unloaded) {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2")) {
      Simulation sim = machine.simulation().orElseThrow();
      try (Attachment insmod = machine.attach("insmod", 0)) {
        sim.advanceToJiffies(INITIAL_JIFFIES + loaded);
        machine.log().clear();
        machine.insmod(jar, "data=" + data);
        sim.advanceToJiffies(INITIAL_JIFFIES + unloaded);
      }
      try (Attachment rmmod = machine.attach("rmmod", rmmodCpu)) {
        machine.rmmod("timerdemo");
      }
      return lines(machine.dmesg().stream(), 0);
    }
  }

  /** The messages of one {@code $ dmesg} of a recording. */
  private static List<Line> recorded(String file, int which, double lead) throws IOException {
    try (InputStream in = TimerdemoTest.class.getResourceAsStream("/truth/" + file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      List<String> sessions = new ArrayList<>(List.of(text.split("\\$ dmesg", -1)));
      return lines(sessions.get(which + 1).lines().takeWhile(l -> !l.startsWith("[exit")), lead);
    }
  }

  /**
   * Time stamps as jiffies.
   *
   * @param lead seconds by which that boot's log was ahead of its jiffies: taken from timers, which
   *     ran at the beginning of a jiffy
   */
  private static List<Line> lines(Stream<String> dmesg, double lead) {
    return dmesg
        .filter(line -> line.startsWith("["))
        .map(
            line -> {
              String stamp = line.substring(1, line.indexOf(']')).strip();
              long micros = Math.round((Double.parseDouble(stamp) - lead) * 1e6);
              return new Line(micros / 4_000, line.substring(line.indexOf(']') + 2));
            })
        .filter(line -> !line.text.matches("(timerdemo|kt): .*"))
        .toList();
  }
}
