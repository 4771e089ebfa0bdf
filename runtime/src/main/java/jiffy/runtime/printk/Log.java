package jiffy.runtime.printk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The kernel's log: printk in, readers out. One per kernel.
 *
 * <p>Thread safety: any thread, in any context; nothing here waits. Time and caller are parameters:
 * this class knows neither clock nor task.
 */
public final class Log {
  /*
   * How a printk becomes a record, as on Linux 6.1:
   *
   *   format         headers included, cut at 991 bytes (so 989 remain behind one header)
   *   newline        one trailing newline goes, and says that the record is complete
   *   headers        SOH and 0..7, c or d, as many as there are, at the start only;
   *                  the first level counts; c asks for continuation
   *   continuation   appended to the newest record if that is open, of the same caller and short
   *                  enough, else a record of its own with flag c
   *
   * A record without its newline is open: readers see it when the next record comes, or its newline.
   */

  /** {@code LOGLEVEL_DEFAULT}: take default_message_loglevel. */
  public static final int LEVEL_DEFAULT = -1;

  /** First byte of a header, {@code KERN_SOH}. */
  public static final char SOH = 1;

  /** Longest line that a user program may write to /dev/kmsg, in bytes. */
  public static final int LINE_MAX = 992;

  private static final int TEXT_MAX = LINE_MAX - 1;
  private static final int HEADER_BYTES = 2;
  private static final int BUFFER_BYTES = 1024;
  private static final int SPRINTF_MAX = 1 << 20;

  /** A buffer is shut so many bytes before its end, at most: no part of a character is stored. */
  private static final int MAX_CHARACTER = 4;

  private static final int EINVAL = 22;
  private static final int WARNING = 4;

  private final LogRing ring;
  private final LogLevels levels = new LogLevels();
  private final FormatCache formats = new FormatCache();
  private final Symbolizer symbols;
  private final ThreadLocal<FormatBuffer> buffers =
      ThreadLocal.withInitial(() -> new FormatBuffer(BUFFER_BYTES));
  private volatile long clearSeq;
  private volatile boolean toldBadFormat;
  private volatile long toldDropped;

  /** Makes a log of that many bytes ({@code log_buf_len}). */
  public Log(int logBufLen, Symbolizer symbols) {
    this.ring = new LogRing(logBufLen);
    this.symbols = symbols;
  }

  /** The records; readers start here. */
  public LogRing ring() {
    return ring;
  }

  /** The log levels. */
  public LogLevels levels() {
    return levels;
  }

  /** Where {@code dmesg} starts: the number of the first record after the last {@link #clear}. */
  public long clearSeq() {
    return clearSeq;
  }

  /** dmesg -C: moves the mark behind the newest record; the records stay. */
  public void clear() {
    clearSeq = ring.nextSeq();
  }

  /**
   * printk with up to three arguments.
   *
   * @param nowNanos time stamp, nanoseconds since boot
   * @param callerId pid, or {@link LogRecord#CPU_CALLER} with the number of the CPU
   * @param level 0..7, whatever the text states; {@link #LEVEL_DEFAULT}: as the text states
   * @param format as {@link FormatString}
   * @param shape bits 0-1: number of arguments; bit 4 + i: argument i is the object (x, y, z), else
   *     the long (a, b, c)
   * @return bytes stored, without headers and newline; 0 also if the record was dropped
   */
  public int vprintk(
      long nowNanos,
      int callerId,
      int level,
      String format,
      int shape,
      long a,
      long b,
      long c,
      Object x,
      Object y,
      Object z) {
    FormatBuffer buffer = begin(textMax(level));
    try {
      formats.get(format).format(buffer, symbols, shape, a, b, c, x, y, z);
      int stored = store(buffer, nowNanos, callerId, level);
      if (buffer.problems() != 0 && !toldBadFormat) {
        tellBadFormat(nowNanos, callerId, format);
      }
      return stored;
    } finally {
      buffer.release();
    }
  }

  /** printk with any number of arguments, at the default level; returns the same. */
  public int vprintk(long nowNanos, int callerId, String format, Object[] args) {
    return vprintk(nowNanos, callerId, LEVEL_DEFAULT, format, args);
  }

  /** printk with any number of arguments; returns the same. */
  public int vprintk(long nowNanos, int callerId, int level, String format, Object[] args) {
    FormatBuffer buffer = begin(textMax(level));
    try {
      formats.get(format).format(buffer, symbols, args);
      int stored = store(buffer, nowNanos, callerId, level);
      if (buffer.problems() != 0 && !toldBadFormat) {
        tellBadFormat(nowNanos, callerId, format);
      }
      return stored;
    } finally {
      buffer.release();
    }
  }

  /** {@code vsprintf}: a format of printk as text, headers and all; at most 1 MiB. */
  public String format(String format, Object[] args) {
    return formatted(format, args).toString();
  }

  /** As above, as bytes. */
  public byte[] formatBytes(String format, Object[] args) {
    FormatBuffer buffer = formatted(format, args);
    return Arrays.copyOf(buffer.bytes(), buffer.length());
  }

  private FormatBuffer formatted(String format, Object[] args) {
    FormatString compiled = formats.get(format);
    for (int size = BUFFER_BYTES; ; size <<= 3) {
      FormatBuffer buffer = new FormatBuffer(size);
      compiled.format(buffer, symbols, args);
      if (buffer.length() < size - MAX_CHARACTER || size >= SPRINTF_MAX) {
        return buffer;
      }
    }
  }

  /**
   * Stores a text as it is, headers unparsed, but for its one trailing newline; without one, the
   * record is complete all the same.
   *
   * @param facility 0 for the kernel's own messages
   * @param level 0..7, or {@link #LEVEL_DEFAULT}
   * @return bytes stored; 0 also if the record was dropped
   */
  public int emit(long nowNanos, int callerId, int facility, int level, CharSequence text) {
    FormatBuffer buffer = begin(TEXT_MAX);
    try {
      buffer.put(text);
      int length = lengthWithoutNewline(buffer.bytes(), 0, buffer.length());
      return append(
          nowNanos, callerId, facility, level, LogRing.NEWLINE, buffer.bytes(), 0, length);
    } finally {
      buffer.release();
    }
  }

  /**
   * A user program's write to /dev/kmsg: one complete record, {@code <N>} in front is its priority.
   *
   * @return {@code length}, or -EINVAL if that is more than {@link #LINE_MAX}
   */
  public int write(long nowNanos, int callerId, byte[] line, int from, int length) {
    if (length > LINE_MAX) {
      return -EINVAL;
    }
    long parsed = KmsgFormat.parseWrite(line, from, length, levels.defaultMessage());
    int start = KmsgFormat.textStartOf(parsed);
    int end = from + length;
    int textLength = lengthWithoutNewline(line, start, Math.min(end, start + TEXT_MAX));
    append(
        nowNanos,
        callerId,
        KmsgFormat.facilityOf(parsed),
        KmsgFormat.levelOf(parsed),
        LogRing.NEWLINE,
        line,
        start,
        textLength);
    return length;
  }

  /** As {@link #write(long, int, byte[], int, int)}, of text. */
  public int write(long nowNanos, int callerId, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return write(nowNanos, callerId, bytes, 0, bytes.length);
  }

  /** Says, once a boot, which format does not fit its arguments; the text itself shows where. */
  private void tellBadFormat(long nowNanos, int callerId, String format) {
    toldBadFormat = true;
    boolean header = format.length() > 1 && format.charAt(0) == SOH;
    emit(
        nowNanos,
        callerId,
        0,
        WARNING,
        "printk: format does not fit its arguments: " + (header ? format.substring(2) : format));
  }

  /**
   * This thread's buffer; another one if an argument's toString prints while it is being printed.
   */
  private FormatBuffer begin(int limit) {
    FormatBuffer buffer = buffers.get();
    if (buffer.inUse) {
      buffer = new FormatBuffer(BUFFER_BYTES);
    }
    buffer.inUse = true;
    buffer.clear(limit);
    return buffer;
  }

  /** A level that is given apart takes the room of its header all the same. */
  private static int textMax(int level) {
    return level == LEVEL_DEFAULT ? TEXT_MAX : TEXT_MAX - HEADER_BYTES;
  }

  /** Parses headers and newline of the formatted text, then continues a record or makes one. */
  private int store(FormatBuffer buffer, long nowNanos, int callerId, int givenLevel) {
    byte[] text = buffer.bytes();
    int formatted = buffer.length();
    int end = lengthWithoutNewline(text, 0, formatted);
    int flags = end < formatted ? LogRing.NEWLINE : 0;
    int level = givenLevel; // the first one counts
    int from = 0;
    for (; from + 1 < end && text[from] == SOH; from += 2) {
      byte header = text[from + 1];
      if (header >= '0' && header <= '7') {
        level = level == LEVEL_DEFAULT ? header - '0' : level;
      } else if (header == 'c') {
        flags |= LogRing.CONT;
      } else if (header != 'd') {
        break;
      }
    }
    int length = end - from;
    if ((flags & LogRing.CONT) != 0
        && ring.extend(callerId, flags, text, from, length, TEXT_MAX - formatted) != LogRing.NONE) {
      return length;
    }
    return append(nowNanos, callerId, 0, level, flags, text, from, length);
  }

  private int append(
      long nowNanos,
      int callerId,
      int facility,
      int level,
      int flags,
      byte[] text,
      int from,
      int n) {
    int shown = level == LEVEL_DEFAULT ? levels.defaultMessage() : level;
    long seq = ring.append(nowNanos, callerId, facility, shown, flags, text, from, n);
    if (seq == LogRing.NONE) {
      return 0;
    }
    if (ring.dropped() != toldDropped) {
      tellDropped(nowNanos);
    }
    return n;
  }

  /** Says in the log itself how many records found no place in it. */
  private synchronized void tellDropped(long nowNanos) {
    long untold = ring.dropped() - toldDropped;
    if (untold > 0) {
      toldDropped += untold;
      emit(nowNanos, 0, 0, WARNING, "** " + untold + " printk messages dropped **");
    }
  }

  private static int lengthWithoutNewline(byte[] text, int from, int end) {
    return end > from && text[end - 1] == '\n' ? end - 1 - from : end - from;
  }
}
