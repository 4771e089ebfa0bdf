package jiffy.cli.kmod.index;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Reads text that anybody may have put there. */
public final class TextFile {
  /** Far more than the index of a whole distribution has. */
  private static final int MOST_BYTES = 16 << 20;

  private static final Path NOTHING = Path.of("/dev/null");

  private TextFile() {}

  /**
   * The text of a file; what is no UTF-8 in it becomes U+FFFD. {@code /dev/null}, or a link to it,
   * is empty: so users say that they want none.
   *
   * @throws IOException if it cannot be read, is larger than any such text, or is a pipe or a
   *     device, which might never end
   */
  public static String read(Path file) throws IOException {
    if (Files.exists(file) && !Files.isRegularFile(file)) {
      if (file.toRealPath().equals(NOTHING)) {
        return "";
      }
      throw new IOException("not a regular file");
    }
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MOST_BYTES + 1);
      if (bytes.length > MOST_BYTES) {
        throw new IOException("larger than " + MOST_BYTES + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }
}
