package jiffy.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import jiffy.runtime.context.KernelLog;

/** The directory where a kernel keeps its copies of JARs. */
final class JarCopies {
  private JarCopies() {}

  /**
   * A new one.
   *
   * @throws UncheckedIOException if there can be none; it says where, and what to set
   */
  static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("jiffy-");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "no directory for the kernel's copies of JARs can be made in "
              + System.getProperty("java.io.tmpdir")
              + " (set -Djava.io.tmpdir): "
              + e.getMessage(),
          e);
    }
  }

  /**
   * A name for a new one, that the first module makes: most simulated machines never load one, and
   * to make and remove a directory is a good part of what those cost.
   */
  static Path temporaryName() {
    return Path.of(System.getProperty("java.io.tmpdir"), "jiffy-" + UUID.randomUUID());
  }

  /** Deletes it, when the kernel has unloaded what it could; what stays is named. */
  static void delete(Path directory, KernelLog log) {
    try {
      Files.deleteIfExists(directory);
    } catch (DirectoryNotEmptyException e) {
      log.print(
          KernelLog.WARNING, "jiffy: " + directory + " is left: a module in it has not ended");
    } catch (IOException e) {
      log.print(KernelLog.WARNING, "jiffy: " + directory + " cannot be deleted: " + e.getMessage());
    }
  }
}
