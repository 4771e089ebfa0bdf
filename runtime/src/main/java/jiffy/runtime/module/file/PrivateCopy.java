package jiffy.runtime.module.file;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.EISDIR;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ENOSPC;
import static jiffy.linux.Errno.EPERM;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Locale;

/**
 * A module's JAR as it was at insmod, in the cache directory: what is opened is never the file that
 * a build is about to overwrite. Deleted when the module goes.
 */
public final class PrivateCopy {
  private static final String SUFFIX = ".jiffy-copy.jar";
  private static final long PAGE = 4096;

  /** How bytes get from one file to the other; another one in tests of full disks. */
  interface Copier {
    void copy(Path from, Path to) throws IOException;
  }

  private final Path path;
  private final long size;

  private PrivateCopy(Path path, long size) {
    this.path = path;
    this.size = size;
  }

  /**
   * Copies.
   *
   * @throws BadModuleException ENOENT, EISDIR or EINVAL without a message, as Linux; ENOSPC, EPERM
   *     or EIO with one
   */
  public static PrivateCopy of(Path file, Path cache) throws BadModuleException {
    return of(file, cache, (from, to) -> Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING));
  }

  static PrivateCopy of(Path file, Path cache, Copier copier) throws BadModuleException {
    checkFile(file);
    Path copy = null;
    try {
      copy = Files.createTempFile(Files.createDirectories(cache), "", SUFFIX);
      copier.copy(file, copy);
      return new PrivateCopy(copy, Files.size(copy));
    } catch (IOException e) {
      delete(copy);
      throw translate(file, cache, e);
    }
  }

  /** Missing, a directory, empty: as Linux, without a line in the log. */
  private static void checkFile(Path file) throws BadModuleException {
    BasicFileAttributes attributes;
    try {
      attributes = Files.readAttributes(file, BasicFileAttributes.class);
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw new BadModuleException(ENOENT, null);
    } catch (IOException e) {
      throw translate(file, file, e);
    }
    if (attributes.isDirectory()) {
      throw new BadModuleException(EISDIR, null);
    }
    if (!attributes.isRegularFile() || attributes.size() == 0) {
      throw new BadModuleException(EINVAL, null);
    }
  }

  private static BadModuleException translate(Path file, Path cache, IOException e) {
    String reason = String.valueOf(e.getMessage());
    if (reason.toLowerCase(Locale.ROOT).contains("no space left")) {
      return new BadModuleException(
          ENOSPC, file + ": no room for a private copy in " + cache + ": free some space there");
    }
    if (e instanceof AccessDeniedException) {
      return new BadModuleException(EPERM, file + ": permission denied: " + reason);
    }
    if (e instanceof NoSuchFileException) {
      return new BadModuleException(ENOENT, file + ": gone while it was being copied");
    }
    return new BadModuleException(EIO, file + ": could not be copied to " + cache + ": " + reason);
  }

  /** Where it lies. */
  public Path path() {
    return path;
  }

  /** Bytes, rounded up to whole pages. */
  public long pages() {
    return (size + PAGE - 1) / PAGE * PAGE;
  }

  /** Deletes it; a second call does nothing. */
  public void delete() {
    delete(path);
  }

  /** Deletes the copies that lie in a directory, those of a killed host. */
  public static void deleteAll(Path cache) {
    if (!Files.isDirectory(cache)) {
      return;
    }
    try (DirectoryStream<Path> copies = Files.newDirectoryStream(cache, "*" + SUFFIX)) {
      copies.forEach(PrivateCopy::delete);
    } catch (IOException e) {
      return; // another boot may have more luck
    }
  }

  /**
   * Where an open file cannot be deleted (Windows), {@link #deleteAll} does it at the next boot.
   */
  private static void delete(Path path) {
    if (path != null) {
      try {
        Files.deleteIfExists(path);
      } catch (IOException e) {
        path.toFile().deleteOnExit();
      }
    }
  }
}
