package jiffy.runtime.printk.console;

import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.util.StringBuilderFormattable;

/**
 * The message of an event of the logger {@code kmsg}: a record's text, as every layout prints it,
 * and the form that Linux has on its consoles, which {@code %kmsg} prints. Immutable, so that
 * events may be kept.
 */
final class KmsgMessage implements Message, StringBuilderFormattable {
  private static final long serialVersionUID = 1L;
  private static final int SECONDS_WIDTH = 5;
  private static final int MICROS_WIDTH = 6;

  private final String text;
  private final long nanos;

  /**
   * @param nanos since boot
   */
  KmsgMessage(String text, long nanos) {
    this.text = text;
    this.nanos = nanos;
  }

  @Override
  public String getFormattedMessage() {
    return text;
  }

  @Override
  public String getFormat() {
    return text;
  }

  @Override
  public Object[] getParameters() {
    return new Object[0];
  }

  @Override
  public Throwable getThrowable() {
    return null;
  }

  @Override
  public void formatTo(StringBuilder buffer) {
    buffer.append(text);
  }

  /**
   * {@code [ 1.234567] text}: the prefix repeated on each line, control characters as {@code \xNN}.
   */
  void formatConsole(StringBuilder line) {
    putTime(line);
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append('\n');
        putTime(line);
      } else if (c < ' ' && c != '\t' || c >= 0x7f && c < 0xa0) {
        line.append("\\x").append(Character.forDigit(c >> 4, 16));
        line.append(Character.forDigit(c & 15, 16));
      } else {
        line.append(c);
      }
    }
  }

  private void putTime(StringBuilder line) {
    line.append('[');
    putUptime(line, nanos, SECONDS_WIDTH);
    line.append("] ");
  }

  /**
   * Seconds with six decimals.
   *
   * @param nanos since boot
   * @param width least number of digits and blanks before the point
   */
  static void putUptime(StringBuilder line, long nanos, int width) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    putPadded(line, seconds, width, ' ');
    line.append('.');
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos) - TimeUnit.SECONDS.toMicros(seconds);
    putPadded(line, micros, MICROS_WIDTH, '0');
  }

  private static void putPadded(StringBuilder line, long value, int width, char pad) {
    long bound = 1;
    for (int i = 1; i < width; i++) {
      bound *= 10;
    }
    for (; bound > Math.max(value, 1); bound /= 10) {
      line.append(pad);
    }
    line.append(value);
  }

  @Override
  public String toString() {
    return text;
  }
}
