package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import jiffy.cli.host.ToolSession;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Replays {@code 13_modprobe.txt}, a session of kmod 30 on Linux 6.1, with ports of its modules on
 * a real machine: same output, messages, statuses and log. The tools' own lines behind kmod's are
 * listed here, each.
 */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class RecordedModprobeTest {
  private static final String VERSION = "6.1.0-56-amd64";

  /** What we say more, by the command; behind the recorded messages of that command. */
  private static final Map<String, String> MORE =
      Map.of(
          "modprobe -r -v dep-a", "modprobe: NOTICE: dep_a is held by module dep_b\n",
          "modprobe -r dep-a dep-b", "modprobe: NOTICE: dep_a is held by module dep_b\n",
          "modprobe params myint=zzz",
              "modprobe: WARNING: module params is already loaded: 'myint=zzz' had no effect; see"
                  + " /sys/module/params/parameters\n",
          "insmod dep-c.jar", "insmod: NOTICE: no module in MODULES has dep_a_fn, dep_b_fn\n");

  /** A command with what it printed. */
  private record Step(String command, List<String> out, List<String> err, int status) {}

  @TempDir Path root;

  private ToolSession session;
  private Path extra;

  @BeforeEach
  void boot() throws IOException {
    extra = root.resolve("lib/modules").resolve(VERSION).resolve("extra");
    ErrsModules.writeTo(extra);
    Files.delete(extra.resolve("jit.jar")); // was not installed there
    Files.createFile(extra.resolveSibling("modules.order"));
    session =
        ToolSession.boot("nr_cpus=2", extra)
            .with("MODPROBE_OPTIONS", "-d " + root + " -S " + VERSION)
            .with("JIFFY_MODULES", root.resolve("none").toString());
    // The recorded machine was tainted already.
    assertThat(session.runLine("insmod hello.jar").status()).isZero();
    assertThat(session.runLine("rmmod hello").status()).isZero();
    session.runLine("dmesg -c");
  }

  @AfterEach
  void halt() {
    session.close();
  }

  @Test
  void session_givesRecordedOutput() throws IOException {
    int replayed = 0;
    for (Step step : steps()) {
      replay(step);
      replayed++;
    }
    assertThat(replayed).isEqualTo(39);
  }

  private void replay(Step step) {
    List<String> out = new ArrayList<>();
    StringBuilder err = new StringBuilder();
    StringBuilder more = new StringBuilder();
    int status = 0;
    for (String command : step.command().split("; ")) {
      ToolSession.Result result =
          command.startsWith("cat /lib") ? cat(command) : session.run(words(command));
      result.out().lines().map(this::masked).forEach(out::add);
      err.append(result.err());
      boolean isRefused = result.err().contains(": ERROR:") || result.err().contains(": FATAL:");
      if (!command.equals("modprobe params myint=zzz") || !isRefused) {
        more.append(MORE.getOrDefault(command, ""));
      }
      status = result.status();
    }
    List<String> expected = new ArrayList<>(step.out().stream().map(this::masked).toList());
    if (step.command().startsWith("cat /lib/modules")) {
      expected.sort(null); // the order of a file system's directory
      out.sort(null);
    }
    if (step.command().equals("dmesg")) {
      assertLogs(out, expected);
    } else {
      assertThat(out).as(step.command()).isEqualTo(expected);
    }
    assertThat(err.toString().replace(root + "/none", "MODULES").replace(root.toString(), ""))
        .as(step.command())
        .isEqualTo(more(step, more.toString()));
    assertThat(status).as(step.command()).isEqualTo(step.status());
  }

  private static String more(Step step, String more) {
    String recorded = String.join("\n", step.err()) + (step.err().isEmpty() ? "" : "\n");
    return more.startsWith("modprobe: WARNING") ? more + recorded : recorded + more;
  }

  /** Symbols are looked for in the order of the symbol table, which is nobody's. */
  private static void assertLogs(List<String> ours, List<String> expected) {
    assertThat(withoutSymbols(ours)).isEqualTo(withoutSymbols(expected));
    assertThat(ours).containsExactlyInAnyOrderElementsOf(expected);
  }

  private static List<String> withoutSymbols(List<String> log) {
    return log.stream().filter(line -> !line.contains("Unknown symbol")).toList();
  }

  private ToolSession.Result cat(String command) {
    StringBuilder out = new StringBuilder();
    for (String file : command.replace("$(uname -r)", VERSION).split(" /", -1)) {
      if (!file.equals("cat")) {
        try {
          out.append(Files.readString(root.resolve(file)));
        } catch (IOException e) {
          throw new UncheckedIOException(e);
        }
      }
    }
    return new ToolSession.Result(0, out.toString(), "");
  }

  private String[] words(String command) {
    if (command.equals("depmod -a")) {
      return new String[] {"depmod", "-a", "-b", root.toString(), VERSION};
    }
    return command.equals("dmesg") ? new String[] {"dmesg", "-t", "-c"} : command.split(" ");
  }

  /** Sizes are those of JARs, times are those of today. */
  private String masked(String line) {
    return line.replaceAll("^(\\w+) +\\d+ {2}(-?\\d)", "$1 SIZE  $2")
        .replaceAll("^\\[ *\\d+\\.\\d+\\] ", "")
        .replace(root.toString(), "");
  }

  private static List<Step> steps() throws IOException {
    List<Step> steps = new ArrayList<>();
    Step step = null;
    List<String> into = List.of();
    for (String recorded : text().lines().toList()) {
      String line = recorded.replaceAll("\\.ko\\b", ".jar");
      if (line.startsWith("$ ")) {
        step = new Step(line.substring(2), new ArrayList<>(), new ArrayList<>(), 0);
        into = step.out();
      } else if (line.equals("[stderr]")) {
        into = step.err();
      } else if (line.matches("\\[exit \\d+\\]")) {
        int status = Integer.parseInt(line.replaceAll("\\D", ""));
        steps.add(new Step(step.command(), step.out(), step.err(), status));
        into = new ArrayList<>(); // what the recorder itself looked at
      } else {
        into.add(line);
      }
    }
    return steps;
  }

  private static String text() throws IOException {
    try (InputStream in =
        RecordedModprobeTest.class.getResourceAsStream("/kmod/truth/13_modprobe.txt")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
