package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.printk.KmsgFormat;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The probe's printk section, ported, beside what it printed on a real Linux: in /dev/kmsg, and by
 * dmesg in each form that was recorded. The same to the character but for what {@link #RULES} name.
 */
class PrintkProbeTest {
  /** What is not compared, and why. */
  private record Rule(String pattern, String instead, String reason) {}

  /** Where a record begins, in the forms that are lines, once its time is masked. */
  private static final String LINE = "(?m)^(?:(?:<\\d>|kern  :\\w+ *: )?\\[TIME] |\\d,SEQ,TIME,-;)";

  /** And in JSON. */
  private static final String OBJECT =
      "         \"pri\": 4,\n         \"time\": TIME,\n         \"msg\": \"";

  /** A line of the stack, there and here; or of x86's registers. */
  private static final String FRAME =
      "(?: (?:\\? )?(?:\\w+\\+)?0x.*| \\w+ \\(\\w+\\.java:\\d+\\).*"
          + "|(?:RIP|Code|RSP|RAX|RDX|RBP|R10|R13|Hardware name): .*)";

  private static final List<Rule> RULES =
      List.of(
          new Rule("\\[ *\\d+\\.\\d{6}]", "[TIME]", "how fast that machine was"),
          new Rule("(?m)^(\\d),\\d+,\\d+,", "$1,SEQ,TIME,", "the same; what was logged before"),
          new Rule("\"time\": +\\d+\\.\\d{6}", "\"time\": TIME", "the same"),
          new Rule("%p=00000000[0-9a-f]{8} ", "%p=00000000HASHED ", "addresses are random there"),
          new Rule("(%pS=sp_printk)\\+0x0/0x[0-9a-f]+ ", "$1 ", "a method has no address"),
          new Rule("(PID): \\d+ ", "$1: N ", "how many tasks there were before"),
          new Rule(
              "(Tainted: G           OE      )\\S+ #1(?:  Debian [-.\\d]+)?",
              "$1RELEASE",
              "the kernel's version"),
          new Rule(LINE + FRAME + "\n", "", "other functions, and registers"),
          new Rule(OBJECT + FRAME + "\"\n      },\\{\n", "", "the same"));

  private static final Path SOURCES =
      Path.of(System.getProperty("basedir", "cli"), "../sample-modules/semprobe/src/main/java");

  private static final Pattern START = Pattern.compile("jiffies=(\\d+)");

  @TempDir private static Path directory;

  private static List<String> records;

  @BeforeAll
  static void insmodTheProbe() throws IOException {
    Path jar = ModuleJar.of(sources()).writeTo(directory.resolve("semprobe.jar"));
    var recorded = START.matcher(recorded("semprobe_printk.dmesg"));
    assertThat(recorded.find()).isTrue();
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment insmod = machine.attach("insmod")) { // the first task: on CPU 0
      machine.simulation().orElseThrow().advanceToJiffies(Long.parseLong(recorded.group(1)));
      machine.insmod(jar, "sect=printk");
      records = records(machine);
    }
  }

  private static String[] sources() throws IOException {
    List<String> sources = new ArrayList<>();
    try (Stream<Path> files = Files.list(SOURCES.resolve("samples/semprobe"))) {
      for (Path file : files.sorted().toList()) {
        if (!file.endsWith("package-info.java")) {
          sources.add(Files.readString(file));
        }
      }
    }
    return sources.toArray(String[]::new);
  }

  /** Those of the section, as /dev/kmsg has them, without their last newline. */
  private static List<String> records(Machine machine) {
    List<String> all = new ArrayList<>();
    LogReader reader = machine.log().ring().reader();
    LogRecord record = new LogRecord();
    FormatBuffer text = new FormatBuffer(KmsgFormat.RECORD_MAX);
    while (reader.read(record)) {
      text.clear(KmsgFormat.RECORD_MAX);
      KmsgFormat.format(record, false, text);
      all.add(text.toString().replaceFirst("\n$", ""));
    }
    int from = 0;
    while (!all.get(from).contains("== section printk start")) {
      from++;
    }
    return all.subList(from, all.size());
  }

  @Test
  void kmsg_hasTheRecordedRecords() {
    assertThat(masked(String.join("\n", records) + "\n"))
        .isEqualTo(masked(recorded("semprobe_printk_kmsg.txt")));
  }

  @Test
  void dump_stack_namesItsCallers() {
    assertThat(records)
        .filteredOn(record -> record.contains(".java:"))
        .extracting(record -> record.substring(record.indexOf(';') + 1))
        .map(frame -> frame.replaceAll("\\.java:\\d+", ""))
        .startsWith(
            " dump_stack (Printk)",
            " dumps (SpPrintk) [semprobe]",
            " sp_printk (SpPrintk) [semprobe]",
            " i_init (Semprobe) [semprobe]");
  }

  @Test
  void kmsg_numbersItsRecordsWithoutAGap() {
    long first = sequenceOf(records.get(0));
    for (int i = 0; i < records.size(); i++) {
      assertThat(sequenceOf(records.get(i))).isEqualTo(first + i);
    }
  }

  private static long sequenceOf(String record) {
    return Long.parseLong(record.split(",", 3)[1]);
  }

  @ParameterizedTest
  @CsvSource({
    "'', semprobe_printk.dmesg",
    "-x, semprobe_printk_x.dmesg",
    "-r, semprobe_printk_r.dmesg",
    "--json, semprobe_printk_json.dmesg",
    "--noescape, semprobe_printk_noescape.dmesg",
    "-l warn, semprobe_printk_lwarn.dmesg"
  })
  void dmesg_printsWhatWasRecorded(String options, String file) {
    FakeKernelLog log = new FakeKernelLog();
    records.forEach(log::log);
    Run run = Run.of(log, Run.words(options));
    assertThat(masked(run.out())).isEqualTo(masked(recorded(file)));
    assertThat(run.err()).isEmpty();
    assertThat(run.status()).isZero();
  }

  @Test
  void eachRule_isOfSomethingThatWasRecorded() {
    String all =
        recorded("semprobe_printk_kmsg.txt")
            + recorded("semprobe_printk.dmesg")
            + recorded("semprobe_printk_json.dmesg");
    for (Rule rule : RULES) {
      String without = all.replaceAll(rule.pattern, rule.instead);
      assertThat(without).as(rule.reason).isNotEqualTo(all);
      all = without;
    }
  }

  private static String masked(String text) {
    String masked = text;
    for (Rule rule : RULES) {
      masked = masked.replaceAll(rule.pattern, rule.instead);
    }
    return masked;
  }

  private static String recorded(String file) {
    return Run.content(Run.RESOURCES.resolve("recorded").resolve(file));
  }
}
