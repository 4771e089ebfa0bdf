package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * What modinfo printed on a real Linux 6.1 of the C modules that our samples are ports of: the same
 * of the JARs. Only the values of {@code srcversion} and {@code vermagic} are our own, and {@code
 * retpoline} is the compiler's.
 */
class RecordedModinfoTest {
  @TempDir static Path mods;

  /** A command, all that it printed, its exit status. */
  private record Step(String command, String out, String err, int status) {}

  @BeforeAll
  static void buildModules() {
    ErrsModules.writeTo(mods);
  }

  @TestFactory
  Stream<DynamicTest> modinfo_printsWhatIsRecorded() throws IOException {
    List<Step> steps = new ArrayList<>(steps("/truth/10_params.txt"));
    steps.addAll(steps("/kmod/truth/07_09_modinfo.txt"));
    assertThat(steps).hasSize(14);
    return steps.stream().map(step -> DynamicTest.dynamicTest(step.command(), () -> check(step)));
  }

  private static void check(Step step) {
    boolean isDump = step.command().endsWith(" | od -c");
    String command = step.command().replace(" | od -c", "").replace(".ko", ".jar");
    ToolRun run = ToolRun.of(mods, Map.of("JIFFY_MODULES", mods.toString()), command.split(" "));
    String out = isDump ? "Second Author\0First Author <a@b>\0" : step.out();
    assertThat(new ToolRun(run.status(), masked(run.out()), run.err()))
        .isEqualTo(new ToolRun(step.status(), masked(out), step.err().replace(".ko", ".jar")));
  }

  private static String masked(String out) {
    return out.lines()
            .filter(line -> !line.startsWith("retpoline:"))
            .map(line -> line.replaceFirst("^((?:srcversion|vermagic): +).*", "$1..."))
            .map(line -> line.replace("/mods/", mods + "/").replace(".ko", ".jar"))
            .collect(Collectors.joining("\n"))
        + (out.endsWith("\0") ? "\0" : "");
  }

  private static List<Step> steps(String recording) throws IOException {
    List<String> lines;
    try (InputStream in = RecordedModinfoTest.class.getResourceAsStream(recording)) {
      lines = new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String command = lines.get(i).substring(2);
      StringBuilder out = new StringBuilder();
      StringBuilder err = new StringBuilder();
      StringBuilder to = out;
      for (i++; !lines.get(i).startsWith("[exit "); i++) {
        if (lines.get(i).equals("[stderr]")) {
          to = err;
        } else {
          to.append(lines.get(i)).append('\n');
        }
      }
      int status = Integer.parseInt(lines.get(i).replaceAll("\\D", ""));
      if (command.equals("modinfo") || command.startsWith("modinfo ")) {
        steps.add(new Step(command, out.toString(), err.toString(), status));
      }
    }
    return steps;
  }
}
