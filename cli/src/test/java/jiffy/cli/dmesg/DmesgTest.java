package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.cli.dmesg.print.Client;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What neither the vectors nor the recorded sessions show. */
class DmesgTest {
  private final FakeKernelLog log = new FakeKernelLog();

  @Test
  void readClear_showsThenClears() {
    log.log("6,1,1000000,-;one");
    assertThat(Run.of(log, "-c")).isEqualTo(new Run(0, "[    1.000000] one\n", ""));
    assertThat(Run.of(log)).isEqualTo(new Run(0, "", ""));
  }

  @Test
  void refusals_giveTheReason() {
    log.refuse("Operation not permitted");
    assertThat(failure()).isEqualTo("dmesg: read kernel buffer failed: Operation not permitted\n");
    assertThat(failure("-C"))
        .isEqualTo("dmesg: clear kernel buffer failed: Operation not permitted\n");
    for (String option : List.of("-D", "-E", "-n3")) {
      assertThat(failure(option)).isEqualTo("dmesg: klogctl failed: Operation not permitted\n");
    }
  }

  @Test
  void consoleLevel_ofName_showsItToo() {
    for (String[] pair : new String[][] {{"emerg", "1"}, {"DEBUG", "8"}, {"8", "8"}, {"1", "1"}}) {
      assertThat(Run.of(log, "-n", pair[0])).isEqualTo(new Run(0, "", ""));
      assertThat(log.printkLevels()).isEqualTo(pair[1] + "\t4\t1\t7\n");
    }
  }

  @Test
  void syslog_repeatsThePrefixOnEachLine() {
    log.log("6,1,1000000,-,caller=T77;one\\x0atwo");
    assertThat(Run.of(log, "-S").out())
        .isEqualTo("[    1.000000] [   T77] one\n[    1.000000] [   T77] two\n");
    assertThat(Run.of(log, "-S", "-r").out())
        .isEqualTo("<6>[    1.000000][   T77] one\n<6>[    1.000000][   T77] two\n");
  }

  @Test
  void errors_comeInTheOrderTyped() {
    assertThat(failure("-l", "bogus", "-Z")).isEqualTo("dmesg: unknown level 'bogus'\n");
    assertThat(failure("-Z", "-l", "bogus"))
        .startsWith("dmesg: invalid option -- 'Z'\nTry 'dmesg --help'");
    assertThat(failure("foo", "-f", "bogus")).isEqualTo("dmesg: unknown facility 'bogus'\n");
    assertThat(failure("-rxT")).isEqualTo("dmesg: options --raw and --decode cannot be combined\n");
    assertThat(failure("--raw=1")).startsWith("dmesg: option '--raw' doesn't allow an argument\n");
    assertThat(failure("--bogus=3")).startsWith("dmesg: unrecognized option '--bogus=3'\n");
    assertThat(failure("--sinc")).startsWith("dmesg: option '--since' requires an argument\n");
    assertThat(failure("--f"))
        .startsWith(
            "dmesg: option '--f' is ambiguous; possibilities: '--file' '--facility' '--follow'"
                + " '--follow-new' '--force-prefix'\n");
    assertThat(Run.of(log, "foo", "-hZ").status()).isZero();
    assertThat(Run.of(log, "-V", "-Z").status()).isZero();
  }

  @Test
  void values_mayLookLikeOptionsOrBeEmpty() {
    assertThat(failure("-l", "-x")).isEqualTo("dmesg: unknown level '-x'\n");
    assertThat(failure("--since=")).isEqualTo("dmesg: invalid time value \"\"\n");
    assertThat(failure("--since", "@x")).isEqualTo("dmesg: invalid time value \"@x\"\n");
    assertThat(failure("--color=")).isEqualTo("dmesg: unsupported color mode: \n");
    assertThat(failure("--", "-x")).startsWith("dmesg: bad usage\n");
    assertThat(Run.of(log, "-L=never", "-s1024", "-kuP").status()).isZero();
  }

  @Test
  void color_auto_wantsATerminal() {
    log.log("3,1,1000000,-;usb: gone");
    String painted =
        "\u001b[32m[    1.000000] \u001b[0m\u001b[33musb: \u001b[0m\u001b[31mgone\u001b[0m\n";
    assertThat(onTerminal(Map.of("TERM", "xterm"))).isEqualTo(painted);
    assertThat(onTerminal(Map.of("TERM", "dumb"))).isEqualTo("[    1.000000] usb: gone\n");
    assertThat(onTerminal(Map.of("NO_COLOR", "1"))).isEqualTo("[    1.000000] usb: gone\n");
    assertThat(Run.of(log, "-L").out()).isEqualTo("[    1.000000] usb: gone\n");
  }

  @Test
  void zones_arePosixOrNames() {
    log.log("6,1,0,-;boot");
    for (String[] pair :
        new String[][] {
          {"EST5", "18:31:30"}, {"<+0530>-5:30", "05:01:30"}, {"America/New_York", "18:31:30"},
          {":Asia/Tokyo", "08:31:30"}, {"UTC-3", "02:31:30"}, {"", "23:31:30"},
          {"No/Such", "23:31:30"}
        }) {
      Run run = Run.of(log, Run.RESOURCES, Map.of("TZ", pair[0]), "-T");
      assertThat(run.out()).as(pair[0]).contains(" " + pair[1] + " 2009] boot");
    }
  }

  @Test
  void export_isReadBack(@TempDir Path directory) throws Exception {
    log.log("6,1,1000000,-;one\\x0aline\n SUBSYSTEM=cpu");
    log.log("12,2,2000000,-,caller=C1;two");
    Run export = Run.of(log, directory, Map.of(), "--export-kmsg", "log");
    assertThat(export).isEqualTo(new Run(0, "", ""));
    assertThat(Run.of(new FakeKernelLog(), directory, Map.of(), "-x", "-K", "log"))
        .isEqualTo(Run.of(log, "-x"));
    Files.writeString(directory.resolve("raw"), Run.of(log, "-r").out());
    assertThat(Run.of(new FakeKernelLog(), directory, Map.of(), "-t", "-F", "raw").out())
        .startsWith("one\n")
        .contains("line\n[    C1] two\n");
  }

  @Test
  void files_otherThanRegularOnes_areRefused(@TempDir Path directory) {
    Run run = Run.of(log, directory, Map.of(), "-F", ".");
    assertThat(run).isEqualTo(new Run(1, "", "dmesg: cannot mmap: .: No such device\n"));
    assertThat(Run.of(log, "-F", "a\0b").err()).startsWith("dmesg: cannot open a");
  }

  @Test
  void helpFitsTheOptions() {
    for (String option :
        List.of("--kmsg-file", "--export-kmsg", "--time-format", "local7", "debug")) {
      assertThat(Run.of(log, "--help").out()).contains(option);
    }
  }

  @Property(tries = 500)
  void anyArguments_giveNoInternalError(@ForAll @From("arguments") List<String> args) {
    FakeKernelLog some = new FakeKernelLog();
    some.log("6,1,1000000,-,caller=T1;a: b\\x0ac\\x1b");
    some.log("0,2,0,-;");
    some.halt();
    Run run = Run.of(some, args.toArray(String[]::new));
    assertThat(run.err()).doesNotContain("internal error").doesNotContain("picocli");
    assertThat(run.status()).isEqualTo(run.err().isEmpty() ? 0 : 1);
  }

  @Property(tries = 100)
  void anyLog_givesNoInternalError(@ForAll @From("logs") String text) throws Exception {
    Path file = Files.createTempFile("dmesg", ".log");
    try {
      Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
      FakeKernelLog some = new FakeKernelLog();
      some.log(text);
      for (String mode : List.of("-xL=always", "-dTr", "-J", "-edp", "-r", "--time-format=iso")) {
        for (String[] from :
            new String[][] {{}, {"-F", file.toString()}, {"-K", file.toString()}}) {
          String[] args =
              Stream.concat(Stream.of(mode), Arrays.stream(from)).toArray(String[]::new);
          assertThat(Run.of(some, args).err()).doesNotContain("internal error");
        }
      }
    } finally {
      Files.delete(file);
    }
  }

  @Provide
  Arbitrary<List<String>> arguments() {
    Arbitrary<String> options =
        Arbitraries.of(
            "-x",
            "-T",
            "-t",
            "-e",
            "-d",
            "-J",
            "-H",
            "-k",
            "-u",
            "-l",
            "err+",
            "-f",
            "user",
            "-w",
            "-r",
            "-p",
            "-S",
            "-n",
            "3",
            "-L",
            "--color=always",
            "--since",
            "5 days ago",
            "--until",
            "@1.5",
            "--time-format",
            "iso",
            "raw",
            "--no",
            "--",
            "-",
            "",
            "=",
            "--=",
            "-Txd",
            "-K",
            "--grep",
            "a[",
            "(a*)*b",
            "--module",
            "kt,",
            "-s",
            "5000",
            "-c",
            "-W");
    return options.list().ofMaxSize(6);
  }

  @Provide
  Arbitrary<String> logs() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "<6>",
            "<",
            ">",
            "[",
            "]",
            "    1.000000",
            "99999999999999999999",
            ".",
            " ",
            "\n",
            ",",
            ";",
            "-",
            "6,1,2,-;",
            "191,",
            "99999,1,",
            ",caller=T1",
            "T7",
            ":",
            "\\x",
            "\\x41",
            "\\xzz",
            "\0",
            "\u00c3\u00a9",
            "\u00f4\u0090\u0080\u0080",
            "\u00ff",
            "segfault at");
    return pieces.list().ofMaxSize(12).map(list -> String.join("", list));
  }

  private String failure(String... args) {
    Run run = Run.of(log, args);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.out()).isEmpty();
    return run.err();
  }

  private String onTerminal(Map<String, String> environment) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Client client = new Client(environment, Path.of(""), true, out, out);
    assertThat(new Dmesg(log, log).run(client, List.of())).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }
}
