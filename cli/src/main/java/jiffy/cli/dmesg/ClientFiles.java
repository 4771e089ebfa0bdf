package jiffy.cli.dmesg;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import jiffy.cli.dmesg.record.Bytes;
import jiffy.cli.dmesg.record.DmesgFailure;

/** The files that a client names, with the errors that dmesg gives for them. */
final class ClientFiles {
  private final Path workingDirectory;

  ClientFiles(Path workingDirectory) {
    this.workingDirectory = workingDirectory;
  }

  /**
   * The bytes of a regular file as {@link Bytes#text}. Others are refused: a pipe or a device could
   * block the host, or fill it.
   */
  String read(String name) throws DmesgFailure {
    try {
      Path path = resolve(name);
      if (Files.exists(path) && !Files.isRegularFile(path)) {
        throw DmesgFailure.of("cannot mmap: " + name + ": No such device");
      }
      return Bytes.text(Files.readAllBytes(path));
    } catch (IOException e) {
      throw cannotOpen(name, e);
    } catch (OutOfMemoryError tooLarge) {
      throw DmesgFailure.of("cannot mmap: " + name + ": Cannot allocate memory");
    }
  }

  /** Creates or empties a file. */
  OutputStream create(String name) throws DmesgFailure {
    try {
      return Files.newOutputStream(resolve(name));
    } catch (IOException e) {
      throw cannotOpen(name, e);
    }
  }

  private Path resolve(String name) throws DmesgFailure {
    try {
      return workingDirectory.resolve(name);
    } catch (InvalidPathException e) {
      throw DmesgFailure.of("cannot open " + name + ": Invalid argument");
    }
  }

  private static DmesgFailure cannotOpen(String name, IOException e) {
    String reason = e.getMessage();
    if (e instanceof NoSuchFileException) {
      reason = "No such file or directory";
    } else if (e instanceof AccessDeniedException) {
      reason = "Permission denied";
    } else if (e instanceof java.nio.file.FileSystemException named && named.getReason() != null) {
      reason = named.getReason();
    }
    return DmesgFailure.of("cannot open " + name + ": " + reason);
  }
}
