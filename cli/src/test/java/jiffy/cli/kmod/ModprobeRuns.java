package jiffy.cli.kmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jiffy.cli.tool.FakeKernel;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Runs modprobe over the tree of eight modules, against a kernel that only remembers. */
abstract class ModprobeRuns {
  @TempDir static Path root;

  static ProbeTree tree;

  final FakeKernel kernel = new FakeKernel();
  Path config;

  @BeforeAll
  static void buildTree() {
    tree = ProbeTree.in(root);
  }

  @BeforeEach
  void noConfig() throws IOException {
    config = Files.createTempDirectory(root, "conf");
    kernel.commandLine = "";
  }

  void configured(String... lines) throws IOException {
    Files.write(config.resolve("a.conf"), List.of(lines));
  }

  KmodRun run(String line) {
    String[] words =
        Stream.concat(
                Stream.of("modprobe", "-d", root.toString(), "-S", "1.0.0"),
                Stream.concat(
                    Stream.of("-C", config.toString()),
                    Stream.of(line.split(" ")).filter(word -> !word.isEmpty())))
            .toArray(String[]::new);
    return KmodRun.of(kernel, Map.of(), root, words);
  }

  /** The names of what it loads or unloads, in order. */
  static String steps(KmodRun run) {
    return run.calls().stream()
        .map(call -> call.replaceAll("^(\\w+) (?:.*/)?([\\w-]+)(?:\\.jar)?(.*)$", "$1 $2$3"))
        .collect(Collectors.joining("; "));
  }
}
