package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Finds JARs. Results are sorted by name: a file system's own order is nobody's. */
public final class JarFiles {
  private JarFiles() {}

  static boolean isJar(Path file) {
    String name = file.getFileName().toString();
    return name.toLowerCase(Locale.ROOT).endsWith(".jar") && !name.startsWith(".");
  }

  /**
   * Those in a directory; none if there is no such directory.
   *
   * @throws IOException if it cannot be read
   */
  public static List<Path> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(JarFiles::isJar).filter(Files::isRegularFile).sorted().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /** Those in a directory, as far as it can be read. */
  static List<Path> orNone(Path directory) {
    try {
      return in(directory);
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Those in and below a directory, as far as it can be read. */
  static List<Path> below(Path directory) {
    try {
      return below(directory, each -> false);
    } catch (IOException e) {
      return List.of();
    }
  }

  /**
   * Those in and below a directory, links followed.
   *
   * @param isExcluded of directories
   * @throws IOException if the directory itself cannot be read
   */
  static List<Path> below(Path directory, Predicate<Path> isExcluded) throws IOException {
    List<Path> found = new ArrayList<>();
    Files.walkFileTree(
        directory,
        EnumSet.of(FileVisitOption.FOLLOW_LINKS),
        Integer.MAX_VALUE,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
            return !each.equals(directory) && isExcluded.test(each)
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path each, BasicFileAttributes attributes) {
            if (attributes.isRegularFile() && isJar(each)) {
              found.add(each);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path each, IOException e) throws IOException {
            if (each.equals(directory)) {
              throw e;
            }
            return FileVisitResult.CONTINUE; // a link to nowhere, or in a circle
          }
        });
    found.sort(null);
    return found;
  }
}
