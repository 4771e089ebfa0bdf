package jiffy.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** A test's directory. */
final class TemporaryDirectory {
  private TemporaryDirectory() {}

  static Path create() {
    try {
      return Files.createTempDirectory("jiffy-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What cannot be deleted stays: the system cleans it up some day. */
  static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      return;
    }
  }
}
