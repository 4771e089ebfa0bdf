package jiffy.benchmarks.hrtimers;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import jiffy.benchmarks.report.Forks;

/** The peer in C, compiled when the suite starts if there is a compiler. */
final class CompiledC {
  private static final Path SOURCE = Path.of("benchmarks", "src", "main", "c", "nanosleep.c");
  private static final Path BINARY = Path.of("benchmarks", "target", "nanosleep");

  private CompiledC() {}

  /**
   * Compiles.
   *
   * @return whether it could be: not without a compiler
   */
  static boolean compile() {
    Optional<Path> compiler = compiler();
    if (compiler.isEmpty() || !Files.isReadable(SOURCE)) {
      return false;
    }
    Map<String, Double> unused =
        Forks.run(
            List.of(compiler.get().toString(), "-O2", "-o", BINARY.toString(), SOURCE.toString()));
    return true;
  }

  private static Optional<Path> compiler() {
    String path = System.getenv().getOrDefault("PATH", "");
    for (String name : List.of("cc", "gcc", "clang")) {
      for (String directory : path.split(":")) {
        Path candidate = Path.of(directory, name);
        if (Files.isExecutable(candidate)) {
          return Optional.of(candidate);
        }
      }
    }
    return Optional.empty();
  }

  /** Runs it. */
  static Map<String, Double> run(long seconds) {
    return Forks.run(List.of(BINARY.toAbsolutePath().toString(), Long.toString(seconds)));
  }
}
