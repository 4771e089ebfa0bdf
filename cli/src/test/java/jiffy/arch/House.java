package jiffy.arch;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What the rules look at: the compiled main classes and the source trees of every house. */
final class House {
  /** The kernel's rooms: each may use only those before it. */
  static final List<String> ROOMS =
      List.of(
          "arch",
          "trace",
          "context",
          "printk",
          "mm",
          "locking",
          "sched",
          "irq",
          "time",
          "workqueue",
          "adapter",
          "proc",
          "module");

  /**
   * Host I/O adapters, which wait and read the clock for themselves; absent in a simulated kernel.
   */
  static final List<String> HOST_ADAPTERS =
      List.of("jiffy.runtime.printk.console.Console", "jiffy.runtime.module.drop.DropFolder");

  /** module-api, runtime, testkit and cli. */
  static final JavaClasses JIFFY =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("jiffy");

  /** Every sample module that has been built. */
  static final JavaClasses SAMPLES =
      new ClassFileImporter().importPaths(existing(samples(), "target/classes"));

  private House() {}

  /** The main source trees of all houses and samples. */
  static List<Path> sourceTrees() {
    return Stream.concat(
            existing(children(root()), "src/main/java").stream(),
            existing(samples(), "src/main/java").stream())
        .toList();
  }

  /** The repository: the nearest directory upwards that holds module-api. */
  static Path root() {
    Path start = Path.of("").toAbsolutePath();
    for (Path dir = start; dir != null; dir = dir.getParent()) {
      if (Files.exists(dir.resolve("module-api/pom.xml"))) {
        return dir;
      }
    }
    throw new IllegalStateException("no module-api/pom.xml in " + start + " or above it");
  }

  /** The samples, and those of errs, which lie one deeper. */
  private static List<Path> samples() {
    Path all = root().resolve("sample-modules");
    return Stream.concat(children(all).stream(), children(all.resolve("errs")).stream()).toList();
  }

  private static List<Path> existing(List<Path> dirs, String child) {
    return dirs.stream().map(dir -> dir.resolve(child)).filter(Files::isDirectory).toList();
  }

  private static List<Path> children(Path dir) {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.filter(Files::isDirectory).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
