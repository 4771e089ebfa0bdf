package jiffy.cli.dmesg.record;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Locale;
import java.util.Map;

/**
 * Text as a log holds it: bytes, one char (0..255) a byte, because a log need not be valid in any
 * encoding. Escapes coming in (/dev/kmsg) and going out (a terminal must not be driven by a log).
 */
public final class Bytes {
  private Bytes() {}

  /** Bytes as text of one char each. */
  public static String text(byte[] bytes) {
    return new String(bytes, ISO_8859_1);
  }

  /** A Java string as such text: itself, unless it holds what is no byte. */
  public static String text(String string) {
    boolean bytes = string.chars().allMatch(c -> c < 0x100);
    return bytes ? string : text(string.getBytes(UTF_8));
  }

  /** Whether an environment's locale is a UTF-8 one. */
  public static boolean isUtf8(Map<String, String> environment) {
    for (String variable : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
      String locale = environment.getOrDefault(variable, "");
      if (!locale.isEmpty()) {
        String lower = locale.toLowerCase(Locale.ROOT);
        return lower.contains(".utf-8") || lower.contains(".utf8");
      }
    }
    return false;
  }

  /** Replaces each {@code \xNN} by the byte that it names. */
  public static String unescape(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder plain = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean escape = c == '\\' && i + 3 < text.length() && text.charAt(i + 1) == 'x';
      int high = escape ? Character.digit(text.charAt(i + 2), 16) : -1;
      int low = escape ? Character.digit(text.charAt(i + 3), 16) : -1;
      if (high >= 0 && low >= 0) {
        plain.append((char) (high << 4 | low));
        i += 3;
      } else {
        plain.append(c);
      }
    }
    return plain.toString();
  }

  /**
   * Writes what is neither printable nor white space as {@code \xNN}, byte by byte.
   *
   * @param utf8 whether valid UTF-8 sequences of printable characters may pass
   */
  public static String escape(String text, boolean utf8) {
    StringBuilder safe = new StringBuilder(text.length() + 16);
    for (int i = 0; i < text.length(); ) {
      char c = text.charAt(i);
      int length = c >= 0x80 && utf8 ? printableSequence(text, i) : 1;
      boolean ascii = c >= 0x20 && c < 0x7f || c >= '\t' && c <= '\r';
      if (ascii || length > 1) {
        safe.append(text, i, i + length);
        i += length;
      } else {
        hex(safe.append("\\x"), c);
        i++;
      }
    }
    return safe.toString();
  }

  /** Appends a JSON string with its quotes; bytes from 0x7f on pass as they are. */
  public static void quote(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\b' -> json.append("\\b");
        case '\f' -> json.append("\\f");
        case '\n' -> json.append("\\n");
        case '\r' -> json.append("\\r");
        case '\t' -> json.append("\\t");
        default -> {
          if (c < 0x20) {
            hex(json.append("\\u00"), c);
          } else {
            json.append(c);
          }
        }
      }
    }
    json.append('"');
  }

  private static void hex(StringBuilder out, char b) {
    out.append(Character.forDigit(b >> 4, 16)).append(Character.forDigit(b & 15, 16));
  }

  /** The length of the printable UTF-8 sequence at {@code begin}; 1 if there is none. */
  private static int printableSequence(String text, int begin) {
    int lead = text.charAt(begin);
    int length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1;
    if (length == 1 || lead > 0xf4 || begin + length > text.length()) {
      return 1;
    }
    int point = lead & 0x7f >> length;
    for (int i = begin + 1; i < begin + length; i++) {
      int follow = text.charAt(i);
      if ((follow & 0xc0) != 0x80) {
        return 1;
      }
      point = point << 6 | follow & 0x3f;
    }
    int shortest = length == 2 ? 0x80 : length == 3 ? 0x800 : 0x10000;
    if (point < shortest || !Character.isValidCodePoint(point)) {
      return 1;
    }
    return switch (Character.getType(point)) {
      case Character.CONTROL, Character.SURROGATE, Character.UNASSIGNED -> 1;
      default -> length;
    };
  }
}
