package jiffy.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;

/**
 * A recorded terminal session, to compare a machine's log with: lines such as {@code [ 12.345678]
 * text} are dmesg's, lines that begin with {@code $} are commands, {@code [exit 0]} ends one.
 * Immutable.
 */
public final class GoldenLog {
  private static final String PROMPT = "$ ";
  private static final String EXIT = "[exit";

  private final List<String> lines;

  private GoldenLog(List<String> lines) {
    this.lines = lines;
  }

  /**
   * Reads a resource in UTF-8.
   *
   * @param anchor whose class loader has it
   * @throws IllegalArgumentException if there is none of that name
   */
  public static GoldenLog read(Class<?> anchor, String resource) {
    try (InputStream in = anchor.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalArgumentException(
            "there is no resource " + resource + " beside " + anchor.getName());
      }
      return new GoldenLog(new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All its lines, of dmesg or not. */
  public List<String> lines() {
    return lines;
  }

  /** What dmesg printed in the whole session, with its stamps. */
  public List<String> records() {
    return lines.stream().filter(GoldenLog::isRecord).toList();
  }

  /** The texts of {@link #records}. */
  public List<String> texts() {
    return texts(records());
  }

  /**
   * The texts that the first {@code dmesg} after a command printed.
   *
   * @param command how it begins
   * @throws IllegalArgumentException if the session has no such command
   */
  public List<String> textsAfter(String command) {
    int at = 0;
    while (at < lines.size() && !lines.get(at).startsWith(PROMPT + command)) {
      at++;
    }
    if (at == lines.size()) {
      throw new IllegalArgumentException("the session has no command " + command);
    }
    return texts(
        lines.subList(at, lines.size()).stream()
            .dropWhile(line -> !line.startsWith(PROMPT + "dmesg"))
            .skip(1)
            .takeWhile(line -> !line.startsWith(EXIT))
            .toList());
  }

  /** The text of a line of dmesg, without its stamp. */
  public static String text(String record) {
    return record.substring(record.indexOf(']') + 2);
  }

  /** The texts of lines of dmesg. */
  public static List<String> texts(Collection<String> records) {
    return records.stream().map(GoldenLog::text).toList();
  }

  private static boolean isRecord(String line) {
    return line.startsWith("[") && !line.startsWith(EXIT);
  }
}
