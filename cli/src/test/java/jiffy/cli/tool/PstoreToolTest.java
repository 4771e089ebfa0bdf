package jiffy.cli.tool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import jiffy.runtime.Machine;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code jiffy pstore}, on what a kernel has left; none runs. */
class PstoreToolTest {
  @TempDir Path directory;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  /** crash-1: what a kernel's file holds at a moment in the middle of its life, as a death does. */
  @BeforeEach
  void aDeath() throws IOException {
    Path live = directory.resolve("live");
    Files.createDirectory(directory.resolve("dead"));
    try (Machine machine = Machine.boot("nr_cpus=1 pstore=" + live)) {
      machine.writeKmsg("<3>the last <words>");
      Files.copy(live.resolve("ring"), directory.resolve("dead/crash-1"));
    }
  }

  private int run(String... words) {
    List<String> arguments = new ArrayList<>(List.of(words));
    return Toolbox.run(
        new Invocation(
            "pstore",
            arguments,
            directory,
            Map.of("LC_ALL", "C", "TZ", "UTC"),
            false,
            out,
            err,
            HangUp.NEVER,
            null,
            directory.resolve("state")));
  }

  private String out() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String err() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @CsvSource({"dead", "dead/crash-1"})
  void run_onADirectoryOrAFile_showsTheLastWords(String place) {
    assertThat(run(place)).isZero();
    assertThat(out())
        .contains("] Command line: nr_cpus=1 pstore=")
        .endsWith("] the last <words>\n");
    assertThat(err())
        .matches(
            "pstore: \\S+/dead/crash-1: pid \\d+, booted \\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d,"
                + " died after \\d+ s; \\d+ records\n");
  }

  @Test
  void run_withoutAPlace_takesWhereTheLastKernelHadIt() throws IOException {
    Files.createDirectory(directory.resolve("state"));
    Files.writeString(directory.resolve("state/pstore"), directory.resolve("dead") + "\n");
    assertThat(run("-u", "-t", "-x")).isZero();
    assertThat(out()).isEqualTo("user  :err   : the last <words>\n");
  }

  @Test
  void run_withoutAPlaceAndWithoutANote_saysHowToNameOne() {
    assertThat(run()).isEqualTo(1);
    assertThat(err())
        .isEqualTo(
            "pstore: no kernel of "
                + directory.resolve("state")
                + " was booted with pstore=DIR: say where, 'jiffy pstore DIR'\n");
  }

  @Test
  void list_namesEach_alsoOneThatCannotBeRead() throws IOException {
    Files.writeString(directory.resolve("dead/crash-unreadable"), "x");
    assertThat(run("--list", "dead")).isZero();
    assertThat(out().lines())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("crash-unreadable: not the log of a kernel: 1 bytes"))
        .anyMatch(line -> line.contains("crash-1: pid "));
  }

  @ParameterizedTest
  @CsvSource({
    "nowhere,                nowhere: No such file or directory",
    "live,                   'no kernel has died in /D/live: there is nothing'",
    "dead/some,              '/D/dead/some: not the log of a kernel: 4 bytes'",
    "dead -Z,                invalid option -- 'Z'",
    "--list dead -x,         --list takes a directory and nothing else",
    "dead -C,                clear kernel buffer failed: Read-only file system"
  })
  void run_withWhatCannotBe_saysWhy(String line, String reason) throws IOException {
    Files.writeString(directory.resolve("dead/some"), "some");
    assertThat(run(line.split(" "))).isEqualTo(1);
    assertThat(err().replace(directory.toString(), "/D")).contains(reason);
    assertThat(out()).isEmpty();
  }

  @Test
  void run_following_endsWithTheLog() {
    assertThat(run("dead", "-w")).isZero();
    assertThat(out()).endsWith("] the last <words>\n");
  }
}
