package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/sprintf.h}: printk's formats into a buffer.
 *
 * <p>A {@code char *} that is written on is a {@link StringBuilder}: its end is where C's pointer
 * stands, so what C writes as {@code buf += sprintf(buf, ...)} is {@code sprintf(buf, ...)} here.
 * There is no NUL at its end, but sizes count one, as in C. Lengths and sizes are bytes, in UTF-8;
 * what does not fit is cut off before a character, not within. Formats are {@link Printk}'s.
 *
 * <p>Contexts: any.
 */
public final class Sprintf {
  private Sprintf() {}

  /**
   * {@code int sprintf(char *buf, const char *fmt, ...)}: appends.
   *
   * @return bytes appended
   */
  public static int sprintf(StringBuilder buf, String format, Object... arguments) {
    return vsnprintf(buf, Integer.MAX_VALUE, format, arguments);
  }

  /** {@code int vsprintf(char *buf, const char *fmt, va_list args)}: {@link #sprintf}. */
  public static int vsprintf(StringBuilder buf, String format, Object[] arguments) {
    return vsnprintf(buf, Integer.MAX_VALUE, format, arguments);
  }

  /**
   * {@code int snprintf(char *buf, size_t size, const char *fmt, ...)}: appends at most {@code size
   * - 1} bytes.
   *
   * @return bytes that it would have appended, had there been room: the text is whole if that is
   *     less than {@code size}
   */
  public static int snprintf(StringBuilder buf, long size, String format, Object... arguments) {
    return vsnprintf(buf, size, format, arguments);
  }

  /**
   * {@code int vsnprintf(char *buf, size_t size, const char *fmt, va_list args)}: {@link
   * #snprintf}.
   *
   * @param size negative or above INT_MAX, which a subtraction gone wrong gives: nothing is
   *     appended, and 0 returned
   */
  public static int vsnprintf(StringBuilder buf, long size, String format, Object[] arguments) {
    if (size < 0 || size > Integer.MAX_VALUE) {
      return 0;
    }
    String text = Current.get().kernel.log.format(format, arguments);
    append(buf, size, text);
    return text.codePoints().map(Sprintf::utf8Length).sum();
  }

  /**
   * {@code int scnprintf(char *buf, size_t size, const char *fmt, ...)}: appends at most {@code
   * size - 1} bytes.
   *
   * @return bytes appended, so that {@code n += scnprintf(buf, size - n, ...)} never goes too far;
   *     0 if {@code size} is 0
   */
  public static int scnprintf(StringBuilder buf, long size, String format, Object... arguments) {
    return vscnprintf(buf, size, format, arguments);
  }

  /**
   * {@code int vscnprintf(char *buf, size_t size, const char *fmt, va_list args)}: {@link
   * #scnprintf}.
   */
  public static int vscnprintf(StringBuilder buf, long size, String format, Object[] arguments) {
    if (size < 0 || size > Integer.MAX_VALUE) {
      return 0;
    }
    return append(buf, size, Current.get().kernel.log.format(format, arguments));
  }

  /** Appends what fits. @return bytes appended */
  private static int append(StringBuilder buf, long size, String text) {
    int end = 0;
    int bytes = 0;
    while (end < text.length()) {
      int c = text.codePointAt(end);
      int length = utf8Length(c);
      if (bytes + length >= size) {
        break;
      }
      bytes += length;
      end += Character.charCount(c);
    }
    buf.append(text, 0, end);
    return bytes;
  }

  private static int utf8Length(int c) {
    return c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }
}
