package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * Writes index files so that whoever reads them meanwhile, or after a full disk, finds the old ones
 * or the new ones whole: all are written beside them first, under other names, then renamed.
 */
final class IndexFiles {
  private static final String TEMPORARY = ".tmp";

  /** Files that are there only if they have something to say. */
  private static final String DEVICES = "modules.devname";

  private IndexFiles() {}

  /**
   * @param directory is made if it is not there
   * @throws IOException if not all could be written: then the old ones are as they were, unless it
   *     was a renaming that failed
   */
  static void write(Path directory, Map<String, String> texts) throws IOException {
    Files.createDirectories(directory);
    Map<Path, Path> written = new LinkedHashMap<>();
    try {
      for (Map.Entry<String, String> each : texts.entrySet()) {
        Path file = directory.resolve(each.getKey());
        if (Files.isDirectory(file)) {
          throw new IOException(each.getKey() + " is a directory");
        }
        Path temporary = directory.resolve(each.getKey() + "." + UUID.randomUUID() + TEMPORARY);
        written.put(temporary, file);
        byte[] bytes = each.getValue().getBytes(StandardCharsets.UTF_8);
        Files.write(temporary, bytes, StandardOpenOption.CREATE_NEW);
      }
      for (Map.Entry<Path, Path> each : written.entrySet()) {
        move(each.getKey(), each.getValue());
      }
      if (!texts.containsKey(DEVICES)) {
        Files.deleteIfExists(directory.resolve(DEVICES));
      }
    } finally {
      for (Path temporary : written.keySet()) {
        Files.deleteIfExists(temporary);
      }
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
