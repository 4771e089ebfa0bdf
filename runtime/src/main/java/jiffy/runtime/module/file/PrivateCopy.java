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
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A module's JAR as it was at insmod, in the cache directory, and beside it the libraries that lie
 * in it: what is opened is never the file that a build is about to overwrite. Deleted when the
 * module goes.
 */
public final class PrivateCopy {
  private static final String SUFFIX = ".jiffy-copy.jar";
  private static final long PAGE = 4096;

  /** What not every file system takes in a name, and how much of one. */
  private static final Pattern UNUSUAL = Pattern.compile("[^\\w.-]");

  private static final int LONGEST_PART = 80;

  /** How bytes get from one file to the other; another one in tests of full disks. */
  interface Copier {
    void copy(Path from, Path to) throws IOException;
  }

  private final Path path;
  private final List<Library> libraries;
  private final long size;

  private PrivateCopy(Path path, List<Library> libraries, long size) {
    this.path = path;
    this.libraries = List.copyOf(libraries);
    this.size = size;
  }

  /**
   * Copies.
   *
   * @throws BadModuleException ENOENT, EISDIR or EINVAL without a message, as Linux; ENOSPC, EPERM,
   *     EIO, or ENOEXEC for a library that cannot be read, with one
   */
  public static PrivateCopy of(Path file, Path cache) throws BadModuleException {
    return of(file, cache, (from, to) -> Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING));
  }

  static PrivateCopy of(Path file, Path cache, Copier copier) throws BadModuleException {
    checkFile(file);
    Path copy = null;
    List<Library> libraries = new ArrayList<>();
    boolean isWhole = false;
    try {
      copy = Files.createTempFile(Files.createDirectories(cache), "", SUFFIX);
      copier.copy(file, copy);
      String name = String.valueOf(file.getFileName());
      Path own = copy;
      Library.copyOut(copy, name, entry -> beside(own, libraries.size(), entry), libraries);
      isWhole = true;
      return new PrivateCopy(copy, libraries, Files.size(copy));
    } catch (IOException e) {
      throw translate(file, cache, e);
    } finally {
      if (!isWhole) {
        delete(copy);
        libraries.forEach(library -> delete(library.path()));
      }
    }
  }

  /** Of {@code 4711} and {@code lib/json-1.2.jar}: {@code 4711.0.json-1.2.jiffy-copy.jar}. */
  private static Path beside(Path copy, int index, String entry) {
    String stem = copy.getFileName().toString().replace(SUFFIX, "");
    String name = entry.substring(entry.lastIndexOf('/') + 1, entry.length() - ".jar".length());
    String plain = UNUSUAL.matcher(name).replaceAll("_");
    String part = plain.substring(0, Math.min(plain.length(), LONGEST_PART));
    return copy.resolveSibling(stem + "." + index + "." + part + SUFFIX);
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

  /** The JAR and the libraries that lay in it, as a class path. */
  public List<Path> classPath() {
    List<Path> path = new ArrayList<>(List.of(this.path));
    libraries.forEach(library -> path.add(library.path()));
    return path;
  }

  /** Whether libraries lay in it. */
  public boolean hasLibraries() {
    return !libraries.isEmpty();
  }

  /** The libraries that lay in it, in the order of the class path. */
  List<Library> libraries() {
    return libraries;
  }

  /** Bytes of the JAR, rounded up to whole pages. */
  public long pages() {
    return (size + PAGE - 1) / PAGE * PAGE;
  }

  /** Deletes it with its libraries; a second call does nothing. */
  public void delete() {
    delete(path);
    libraries.forEach(library -> delete(library.path()));
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
