package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/sprintf.h}: printk's formats into a buffer.
 *
 * <p>A {@code char *} that is written on is a {@link StringBuilder}: its end is where C's pointer
 * stands, so what C writes as {@code buf += sprintf(buf, ...)} is {@code sprintf(buf, ...)} here.
 * Any context.
 */
public final class Sprintf {
  private Sprintf() {}

  /**
   * {@code int sprintf(char *buf, const char *fmt, ...)}: appends.
   *
   * @param format see {@link Printk}
   * @return characters appended
   */
  public static int sprintf(StringBuilder buf, String format, Object... arguments) {
    String text = Current.get().kernel.log.format(format, arguments);
    buf.append(text);
    return text.length();
  }

  /**
   * {@code int snprintf(char *buf, size_t size, const char *fmt, ...)}: appends at most {@code size
   * - 1} characters.
   *
   * @return characters that it would have appended, had there been room
   */
  public static int snprintf(StringBuilder buf, int size, String format, Object... arguments) {
    String text = Current.get().kernel.log.format(format, arguments);
    buf.append(text, 0, Math.max(0, Math.min(text.length(), size - 1)));
    return text.length();
  }

  /**
   * {@code int scnprintf(char *buf, size_t size, const char *fmt, ...)}: appends at most {@code
   * size - 1} characters.
   *
   * @return characters appended
   */
  public static int scnprintf(StringBuilder buf, int size, String format, Object... arguments) {
    return Math.max(0, Math.min(snprintf(buf, size, format, arguments), size - 1));
  }
}
