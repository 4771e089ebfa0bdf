package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Symbols that depmod does not miss: those that the kernel itself is said to have. */
public final class KnownSymbols {
  private static final String EXPORTED = "__ksymtab_";
  private static final Path NOTHING = Path.of("/dev/null");

  private final Set<String> names = new HashSet<>();

  /** None. */
  public KnownSymbols() {}

  /**
   * Adds those of a {@code System.map}: {@code ffffffff81000000 R __ksymtab_printk}.
   *
   * @throws IOException if it cannot be read
   */
  public void addSystemMap(Path file) throws IOException {
    for (String line : lines(file)) {
      String[] words = line.trim().split("\\s+");
      String last = words[words.length - 1];
      if (words.length == 3 && last.startsWith(EXPORTED)) {
        names.add(last.substring(EXPORTED.length()));
      }
    }
  }

  /**
   * Adds those of a {@code Module.symvers}: {@code 0x12345678 printk vmlinux EXPORT_SYMBOL}.
   *
   * @throws IOException if it cannot be read
   */
  public void addSymvers(Path file) throws IOException {
    for (String line : lines(file)) {
      String[] words = line.trim().split("\\s+");
      if (words.length >= 3 && words[0].startsWith("0x")) {
        names.add(words[1]);
      }
    }
  }

  /** A pipe or a device might never end. */
  private static List<String> lines(Path file) throws IOException {
    if (file.equals(NOTHING)) {
      return List.of();
    }
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      throw new IOException("Not a regular file");
    }
    try (Stream<String> lines = Files.lines(file, StandardCharsets.ISO_8859_1)) {
      return lines.toList();
    }
  }

  boolean has(String symbol) {
    return names.contains(symbol);
  }
}
