package jiffy.runtime.printk;

import java.nio.charset.StandardCharsets;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.LogRing;

/**
 * The text of /dev/kmsg, out and in.
 *
 * <pre>
 * read:   PRIORITY,SEQ,MICROSECONDS,FLAG[,caller=T123];TEXT\n      FLAG: c for a fragment, else -
 *         [ SUBSYSTEM=VALUE\n] [ DEVICE=VALUE\n]                  each begins with its blank
 * write:  [&lt;PRIORITY&gt;]TEXT
 * </pre>
 *
 * <p>In what is read, text and values, bytes below 0x20 or above 0x7e and the backslash are written
 * {@code \xNN}.
 */
public final class KmsgFormat {
  /** Room that the text of any record needs in a buffer, in bytes. */
  public static final int RECORD_MAX = 8192;

  private static final int USER_FACILITY = 1;
  private static final byte[] CALLER = ascii(",caller=");
  private static final byte[] SUBSYSTEM = ascii(" SUBSYSTEM=");
  private static final byte[] DEVICE = ascii(" DEVICE=");

  private KmsgFormat() {}

  /** Appends what one read returns; {@code caller}: say who printed (PRINTK_CALLER). */
  public static void format(LogRecord record, boolean caller, FormatBuffer out) {
    out.putDecimal(record.priority());
    out.put(',');
    out.putDecimal(record.seq());
    out.put(',');
    out.putDecimal(record.nanos() / 1000);
    out.put(',');
    out.put((record.flags() & LogRing.CONT) != 0 ? 'c' : '-');
    if (caller) {
      out.put(CALLER, 0, CALLER.length);
      putCaller(record.callerId(), out);
    }
    out.put(';');
    putEscaped(record.bytes(), record.length(), out);
    putProperty(SUBSYSTEM, record.subsystem(), out);
    putProperty(DEVICE, record.device(), out);
  }

  /** {@code msg_add_dict_text}. */
  private static void putProperty(byte[] key, String value, FormatBuffer out) {
    if (!value.isEmpty()) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      out.put(key, 0, key.length);
      putEscaped(bytes, bytes.length, out);
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Appends {@code T77} for a task, {@code C0} for a CPU. */
  public static void putCaller(int callerId, FormatBuffer out) {
    out.put((callerId & LogRecord.CPU_CALLER) != 0 ? 'C' : 'T');
    out.putDecimal(callerId & ~LogRecord.CPU_CALLER);
  }

  /** Appends the text and a newline. */
  private static void putEscaped(byte[] text, int length, FormatBuffer out) {
    for (int i = 0; i < length; i++) {
      putEscaped(text[i], out);
    }
    out.put('\n');
  }

  private static void putEscaped(byte b, FormatBuffer out) {
    if (b >= ' ' && b < 0x7f && b != '\\') {
      out.put(b);
      return;
    }
    out.put('\\');
    out.put('x');
    out.putNumber(b & 0xff, 0, 16, 0, 2, 0);
  }

  /**
   * A parsed write, as one word: facility, level and where the text starts.
   *
   * <p>A user program cannot speak as the kernel: facility 0 becomes 1. What only looks like a
   * prefix is text.
   *
   * @return for {@link #facilityOf}, {@link #levelOf}, {@link #textStartOf}
   */
  static long parseWrite(byte[] line, int from, int length, int defaultLevel) {
    int end = from + length;
    int at = from + 1;
    int priority = 0;
    if (length > 0 && line[from] == '<') {
      while (at < end && line[at] >= '0' && line[at] <= '9') {
        priority = priority * 10 + line[at++] - '0'; // wraps like Linux's
      }
      if (at < end && line[at] == '>') {
        int facility = priority >>> 3 & 0xff;
        return parsed(facility == 0 ? USER_FACILITY : facility, priority & 7, at + 1);
      }
    }
    return parsed(USER_FACILITY, defaultLevel, from);
  }

  private static long parsed(int facility, int level, int start) {
    return (long) start << 16 | facility << 8 | level & 7;
  }

  static int facilityOf(long parsed) {
    return (int) parsed >>> 8 & 0xff;
  }

  static int levelOf(long parsed) {
    return (int) parsed & 7;
  }

  static int textStartOf(long parsed) {
    return (int) (parsed >>> 16);
  }
}
