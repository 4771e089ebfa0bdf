package jiffy.cli.dmesg;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.cli.dmesg.print.Client;
import jiffy.cli.dmesg.print.PagedStream;
import jiffy.cli.dmesg.record.KmsgRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What this dmesg has and util-linux's has not. */
class OwnOptionsTest {
  private static final long NOON = 1_700_000_000_000_000L;

  @TempDir Path directory;

  private final FakeKernelLog log = new FakeKernelLog();

  private void log(String text, long wallMicros, String module) {
    log.log(new KmsgRecord(text + "\n", wallMicros, module, 0));
  }

  private Run at(String... args) {
    return Run.of(log, directory, Map.of("DMESG_TEST_BOOTIME", ""), args);
  }

  @Test
  void wallTime_isTheRecordsOwn_notCountedFromTheBoot() throws Exception {
    log("6,1,1000000,-;before", NOON, "");
    log("6,2,2000000,-;suspended an hour", NOON + 3_600_000_000L, "");
    log("6,3,2500000,-;set back a day", NOON - 86_400_000_000L, "");
    assertThat(at("-T").out())
        .isEqualTo(
            """
            [Tue Nov 14 22:13:20 2023] before
            [Tue Nov 14 23:13:20 2023] suspended an hour
            [Mon Nov 13 22:13:20 2023] set back a day
            """);
    assertThat(at("-e").out())
        .isEqualTo(
            "[Nov14 22:13] before\n[Nov14 23:13] suspended an hour\n[Nov13 22:13] set back a day\n");
    assertThat(at("-dt").out()).contains("[<    0.500000>] set back");
    assertThat(at("-t", "--since", "@1700000000.5").out()).isEqualTo("suspended an hour\n");
    assertThat(at("-t", "--until", "2023-11-14 22:13:20.000001").out())
        .isEqualTo("before\nset back a day\n");
    assertThat(at("--export-kmsg", "saved").status()).isZero();
    assertThat(at("-T", "-K", "saved").out())
        .as("a file knows the boot time only")
        .startsWith("[Fri Feb 13 23:31:31 2009] before\n[Fri Feb 13 23:31:32 2009] suspended");
  }

  @Test
  void module_choosesWhatItCaused() {
    log("6,1,1000000,-;one", NOON, "kt");
    log("6,2,2000000,-;two", NOON, "");
    log("6,3,3000000,-;three", NOON, "my_timer");
    assertThat(at("-t", "--module", "kt").out()).isEqualTo("one\n");
    assertThat(at("-t", "--module=kt,my-timer").out()).isEqualTo("one\nthree\n");
    assertThat(at("-t", "--mod", "kt", "--module", "my_timer").out()).isEqualTo("one\nthree\n");
    assertThat(at("-S", "-t", "--module", "kt").out()).isEqualTo("one\n");
    assertThat(at("--module", "none")).isEqualTo(new Run(0, "", ""));
    assertThat(at("--module", "kt,").err()).isEqualTo("dmesg: invalid module name ''\n");
    for (String file : List.of("-F", "-K")) {
      assertThat(at("--module", "kt", file, "x"))
          .isEqualTo(
              new Run(
                  1,
                  "",
                  "dmesg: --module can be used only on the log of a running kernel: a file does"
                      + " not say whose records it holds\n"));
    }
  }

  @Test
  void grep_choosesByText() throws Exception {
    log.log("6,1,1000000,-;Entering: kt_init");
    log.log("6,2,2000000,-;entering: caf\\xc3\\xa9\\x0asecond line");
    log.log("6,3,3000000,-;other");
    assertThat(at("-t", "--grep", "^entering").out().lines()).hasSize(3);
    assertThat(at("-t", "--grep", "^Entering").out()).isEqualTo("Entering: kt_init\n");
    assertThat(at("-t", "--grep", "CAF\u00c9|É").out()).isEmpty();
    assertThat(at("-t", "--grep", "caf\u00e9$").out()).startsWith("entering: ");
    assertThat(at("-t", "--grep", "^second").out()).startsWith("entering: ");
    assertThat(at("-J", "--grep", "^other$").out()).contains("\"msg\": \"other\"");
    assertThat(at("--grep", "(").err())
        .startsWith("dmesg: invalid pattern \"(\": Unclosed group")
        .doesNotContain("Exception");
    Files.writeString(directory.resolve("f"), "<6>[    1.000000] one\n<6>[    2.000000] two\nx\n");
    assertThat(at("-F", "f", "--grep", "two").out())
        .isEqualTo("[    2.000000] two\n" + " ".repeat(15) + "x\n");
    assertThat(at("-r", "-F", "f", "--grep", "one").out()).isEqualTo("<6>[    1.000000] one\n");
  }

  @Test
  void grep_thatWouldNeverEnd_isGivenUp() {
    log.log("6,1,1000000,-;" + "a".repeat(200) + "!");
    Run run = at("--grep", "^(a|aa)+\\1$");
    assertThat(run.err()).startsWith("dmesg: pattern \"^(a|aa)+\\1$\" takes too long");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void export_separatesByOneNul_andCutsWhatIsTooLong() throws Exception {
    log.log("6,1,1000000,-;one");
    log.log("4,2,2000000,-,caller=T7;x" + "\\x0a\\xc3\\xa9".repeat(600) + "y\n SUBSYSTEM=cpu");
    log.log("3,3,3000000,-;three\n DEVICE=c1:3");
    assertThat(at("--export-kmsg", "saved")).isEqualTo(new Run(0, "", ""));
    String file = Run.content(directory.resolve("saved"));
    assertThat(file)
        .startsWith("6,1,1000000,-;one\n\0" + "4,2,")
        .endsWith("\n\0" + "3,3,3000000,-;three\n DEVICE=c1:3\n");
    String[] records = file.split("\0", -1);
    assertThat(records).allSatisfy(r -> assertThat(r).endsWith("\n").hasSizeLessThan(2048));
    StringBuilder text = new StringBuilder();
    for (int i = 1; i < records.length - 1; i++) {
      assertThat(records[i]).startsWith("4,2,2000000,-,caller=T7;").matches("(?s).*(\\\\x..|y)\n");
      text.append(records[i].strip().substring("4,2,2000000,-,caller=T7;".length()));
    }
    assertThat(text).hasToString("x" + "\\x0a\\xc3\\xa9".repeat(600) + "y");
    assertThat(at("-l", "err", "--export-kmsg", "errors").status()).isZero();
    assertThat(directory.resolve("errors")).hasContent("3,3,3000000,-;three\n DEVICE=c1:3\n");
    assertThat(at("-w", "--export-kmsg", "x").err())
        .isEqualTo("dmesg: options --follow and --export-kmsg cannot be combined\n");
    assertThat(at("--export-kmsg", "no/such").err())
        .isEqualTo("dmesg: cannot open no/such: No such file or directory\n");
  }

  @Test
  void file_cannotBeFollowed_andThatIsSaid() throws Exception {
    Files.writeString(directory.resolve("f"), "<6>[    1.000000] one\n");
    assertThat(at("-w", "-F", "f"))
        .isEqualTo(
            new Run(
                0, "[    1.000000] one\n", "dmesg: a file is not followed: this was all of it\n"));
    assertThat(at("-S", "-W").err())
        .isEqualTo("dmesg: options --syslog and --follow-new cannot be combined\n");
  }

  @Test
  void emptyLog_isNoErrorInAnyForm() {
    for (String option : List.of("", "-p", "-T", "-e", "-d", "-r", "-S", "-x", "-H")) {
      assertThat(at(Run.words(option))).as(option).isEqualTo(new Run(0, "", ""));
    }
    assertThat(at("-J").out()).isEqualTo("{\n   \"dmesg\": []\n}\n");
  }

  @Test
  void bufferSize_ofSyslog_keepsTheNewestThatFit() {
    for (int i = 0; i < 100; i++) {
      log.log("6," + i + "," + i + ",-;" + "x".repeat(75)); // 94 bytes with prefix and newline
    }
    assertThat(at("-S", "-s", "4096").out().lines()).hasSize(43);
    assertThat(at("-S", "-s", "1").out().lines()).as("at least 4096").hasSize(43);
    assertThat(at("-S", "-s", "9600").out().lines()).hasSize(100);
    assertThat(at("-S").out().lines()).hasSize(100);
    assertThat(at("-s", "4096").out().lines()).as("kmsg has no buffer").hasSize(100);
    assertThat(at("-s", "4294967296").err())
        .isEqualTo("dmesg: invalid buffer size argument: '4294967296'\n");
  }

  /** A terminal that remembers when it was paged. */
  private static final class Screen extends PagedStream {
    final ByteArrayOutputStream shown = new ByteArrayOutputStream();
    int pages;

    @Override
    public void page() throws IOException {
      assertThat(shown.size()).isZero();
      pages++;
    }

    @Override
    public void write(int b) {
      shown.write(b);
    }
  }

  private int pages(boolean terminal, String... args) {
    Screen screen = new Screen();
    Client client = new Client(Map.of("TZ", "UTC"), directory, terminal, screen, screen.shown);
    new Dmesg(log, log).run(client, List.of(args));
    return screen.pages;
  }

  @Test
  void human_isPagedOnATerminalOnly() {
    log.log("6,1,1000000,-;one");
    log.halt();
    assertThat(pages(true, "-H")).isEqualTo(1);
    assertThat(pages(true, "-Hc")).isEqualTo(1);
    assertThat(pages(false, "-H")).isZero();
    for (String args : List.of("", "-HP", "-Hw", "-HW", "-HJ", "-C")) {
      assertThat(pages(true, Run.words(args))).as(args).isZero();
    }
  }

  private String onTerminal(String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Map<String, String> environment =
        Map.of("TERM", "xterm", "XDG_CONFIG_HOME", directory.toString());
    Client client = new Client(environment, directory, true, out, out);
    assertThat(new Dmesg(log, log).run(client, List.of(args))).isZero();
    return out.toString(StandardCharsets.UTF_8);
  }

  @Test
  void terminalColors_mostSpecificFileDecides() throws Exception {
    log.log("3,1,1000000,-;usb: gone");
    Path colors = Files.createDirectories(directory.resolve("terminal-colors.d"));
    assertThat(onTerminal()).contains("\u001b[");
    for (String file : List.of("ls.disable", "@vt100.disable", "dmesg.scheme", "README")) {
      Files.createFile(colors.resolve(file));
    }
    assertThat(onTerminal()).contains("\u001b[");
    Files.createFile(colors.resolve("disable"));
    assertThat(onTerminal()).doesNotContain("\u001b[");
    assertThat(onTerminal("--color=auto")).as("asked for").contains("\u001b[");
    Files.createFile(colors.resolve("@xterm.enable"));
    assertThat(onTerminal()).contains("\u001b[");
    Files.createFile(colors.resolve("dmesg.disable"));
    assertThat(onTerminal()).doesNotContain("\u001b[");
    Files.createFile(colors.resolve("dmesg@xterm.disable"));
    Files.createFile(colors.resolve("dmesg@xterm.enable"));
    assertThat(onTerminal()).contains("\u001b[");
  }
}
