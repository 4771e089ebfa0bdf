package jiffy.cli.kmod;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import jiffy.testkit.ModuleJar;

/** The sample modules that show what the tools answer, compiled from where their sources lie. */
final class ErrsModules {
  /** A sample: its directory, the file it becomes, its package. */
  private record Sample(String directory, String file, String packageName) {
    static Sample ofErrs(String name) {
      String type = name.replace("-", "");
      return new Sample("errs/" + name, name, "samples.errs." + type);
    }
  }

  private static final List<Sample> SAMPLES =
      List.of(
          Sample.ofErrs("dep-a"),
          Sample.ofErrs("dep-b"),
          Sample.ofErrs("dep-c"),
          Sample.ofErrs("hello"),
          Sample.ofErrs("params"),
          Sample.ofErrs("prop"),
          new Sample("jit", "jit", "samples.jit"),
          new Sample("KernelTimer", "KernelTimer", "samples.kerneltimer"),
          new Sample("ktuser", "ktuser", "samples.ktuser"));

  private ErrsModules() {}

  /** Writes the JARs into a directory. */
  static void writeTo(Path directory) {
    try {
      Files.createDirectories(directory);
      List<String> sources = new ArrayList<>();
      for (Sample sample : SAMPLES) {
        try (Stream<Path> files = Files.walk(samples().resolve(sample.directory() + "/src/main"))) {
          for (Path file : files.filter(ErrsModules::isSource).toList()) {
            sources.add(Files.readString(file));
          }
        }
      }
      Path all = directory.resolve("all");
      ModuleJar.of(sources.toArray(String[]::new)).writeTo(all);
      try (FileSystem zip = FileSystems.newFileSystem(all)) {
        for (Sample sample : SAMPLES) {
          ModuleJar.ofPackage(zip.getPath("/"), sample.packageName())
              .writeTo(directory.resolve(sample.file() + ".jar"));
        }
      }
      Files.delete(all);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(".java") && !file.endsWith("package-info.java");
  }

  private static Path samples() {
    Path start = Path.of("").toAbsolutePath();
    for (Path dir = start; dir != null; dir = dir.getParent()) {
      if (Files.exists(dir.resolve("sample-modules/errs"))) {
        return dir.resolve("sample-modules");
      }
    }
    throw new IllegalStateException("no sample-modules/errs in " + start + " or above it");
  }
}
