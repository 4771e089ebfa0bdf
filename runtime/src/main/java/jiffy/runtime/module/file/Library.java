package jiffy.runtime.module.file;

import static jiffy.linux.Errno.ENOEXEC;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * A JAR in the directory {@code lib} of a module's JAR, copied out: no class loader opens a JAR
 * within another.
 *
 * @param entry its name in the module's JAR: {@code lib/json-1.2.jar}
 * @param path where the copy lies
 */
record Library(String entry, Path path) {
  /** Directly in lib, as PF4J has it for a plugin that is a directory. */
  private static final Pattern ENTRY = Pattern.compile("lib/[^/\\\\]+\\.jar");

  /** Nobody's library is longer; a few bytes of a JAR can say that it is. */
  private static final long MAX_LIBRARY = 256L << 20;

  /** All of a module's together. */
  private static final long MAX_LIBRARIES = 1L << 30;

  private static final int BUFFER = 1 << 16;

  /** Where the copy of an entry is to lie. */
  @FunctionalInterface
  interface Place {
    Path of(String entry) throws IOException;
  }

  /**
   * Copies a module's libraries, in the order of their names, which is that of the class path.
   *
   * @param jar the module's; one that is no JAR has no libraries, and its reader says so
   * @param file what messages call it
   * @param place gives each a path; what is there is overwritten
   * @param copies takes each before it is written, so that those of a failed call can be deleted
   * @throws BadModuleException ENOEXEC: an entry cannot be read
   * @throws IOException if a copy cannot be written
   */
  static void copyOut(Path jar, String file, Place place, List<Library> copies)
      throws BadModuleException, IOException {
    ZipFile zip;
    try {
      zip = new ZipFile(jar.toFile());
    } catch (ZipException | IllegalArgumentException e) {
      return;
    }
    try (zip) {
      List<? extends ZipEntry> entries =
          zip.stream()
              .filter(entry -> ENTRY.matcher(entry.getName()).matches())
              .sorted(Comparator.comparing(ZipEntry::getName))
              .toList();
      long left = MAX_LIBRARIES;
      for (ZipEntry entry : entries) {
        Library library = new Library(entry.getName(), place.of(entry.getName()));
        copies.add(library);
        left -= library.fill(zip, entry, file, Math.min(left, MAX_LIBRARY));
      }
    }
  }

  private long fill(ZipFile zip, ZipEntry zipped, String file, long limit)
      throws BadModuleException, IOException {
    byte[] buffer = new byte[BUFFER];
    long length = 0;
    try (InputStream in = open(zip, zipped, file);
        OutputStream out = Files.newOutputStream(path)) {
      int got = read(in, buffer, file);
      while (got >= 0) {
        length += got;
        if (length > limit) {
          throw bad(file, "has more than " + (limit >> 20) + " MB: that is no library");
        }
        out.write(buffer, 0, got);
        got = read(in, buffer, file);
      }
    }
    return length;
  }

  private InputStream open(ZipFile zip, ZipEntry zipped, String file) throws BadModuleException {
    try {
      return zip.getInputStream(zipped);
    } catch (IOException e) {
      throw bad(file, "cannot be read: " + e.getMessage());
    }
  }

  /** What is wrong with the module's file is not to be taken for a full disk. */
  private int read(InputStream in, byte[] buffer, String file) throws BadModuleException {
    try {
      return in.read(buffer);
    } catch (IOException e) {
      throw bad(file, "cannot be read: " + e.getMessage());
    }
  }

  private BadModuleException bad(String file, String sentence) {
    return new BadModuleException(ENOEXEC, file + ": " + entry + ": " + sentence);
  }
}
