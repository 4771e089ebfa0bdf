package jiffy.runtime.printk;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Current;
import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.format.FormatString;
import jiffy.runtime.printk.format.Symbolizer;
import jiffy.runtime.printk.ring.LineFormat;
import jiffy.runtime.printk.ring.LineFormats;
import jiffy.runtime.printk.ring.LogRing;
import jiffy.runtime.printk.ring.PrintkHeader;
import jiffy.runtime.printk.ring.Stamp;

/**
 * The kernel's log: printk in, readers out. One per kernel.
 *
 * <p>Thread safety: any thread, in any context; nothing here waits. Time and caller come from a
 * {@link Stamper}: this class knows neither clock nor task.
 */
public final class Log {
  /*
   * How a printk becomes a record, as on Linux 6.1:
   *
   *   format         headers included, cut at 991 bytes (so 989 remain behind one header)
   *   newline        one trailing newline goes, and says that the record is complete
   *   headers        SOH and 0..7, c or d, as many as there are, at the start only;
   *                  the first level counts; c asks for continuation
   *   raw            a complete line of numbers is none of this: its format has been parsed once, and
   *                  the ring keeps the numbers (see LogRing)
   *   continuation   appended to the newest record if that is open, of the same caller and short
   *                  enough, else a record of its own with flag c
   *
   * A record without its newline is open: readers see it when the next record comes, or its newline.
   */

  /** {@code LOGLEVEL_DEFAULT}: take default_message_loglevel. */
  public static final int LEVEL_DEFAULT = PrintkHeader.LEVEL_DEFAULT;

  /** First byte of a header, {@code KERN_SOH}. */
  public static final char SOH = PrintkHeader.SOH;

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
  private final Symbolizer symbols;
  private final Stamper stamper;

  /** Of threads that are in no context of this kernel. */
  private final ThreadLocal<Draft> drafts = ThreadLocal.withInitial(Draft::new);

  private volatile long clearSeq;
  private volatile boolean toldBadFormat;
  private final AtomicLong toldDropped = new AtomicLong();

  /**
   * A record in the making; each context has one. What ends its use is a plain store, then the
   * release of its arguments, which may meet a StackOverflowError and is done again at the next
   * use.
   */
  private static final class Draft {
    final FormatBuffer text = new FormatBuffer(BUFFER_BYTES);
    final Stamp stamp = new Stamp();
    boolean inUse;

    private LineFormat last = LineFormat.NONE;

    /** A thread prints the same line again and again, as a rule: then its format is at hand. */
    LineFormat line(String format, LineFormats formats) {
      if (last.source != format || last.formats != formats) { // an equal String costs a look-up
        last = formats.get(format);
      }
      return last;
    }
  }

  /** Makes a log of a ring, empty as a rule. */
  public Log(LogRing ring, Symbolizer symbols, Stamper stamper) {
    this.ring = ring;
    this.symbols = symbols;
    this.stamper = stamper;
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
   * @param current who prints
   * @param level 0..7, whatever the text states; {@link #LEVEL_DEFAULT}: as the text states
   * @param format as {@link FormatString}
   * @param shape bits 0-1: number of arguments; bit 4 + i: argument i is the object (x, y, z), else
   *     the long (a, b, c)
   * @return bytes stored, without headers and newline; 0 also if the record was dropped
   */
  public int vprintk(
      Current current,
      int level,
      String format,
      int shape,
      long a,
      long b,
      long c,
      Object x,
      Object y,
      Object z) {
    Draft draft = stamped(current); // the clock first: what follows need not wait for its answer
    LineFormat line = draft.line(format, ring.formats());
    int number = line.number(format, shape);
    if (number > 0) {
      int length = line.textLength(a, b, c);
      int arguments = line.format.arguments();
      if (length <= textMax(level) - line.headerBytes - 1
          && length >= Long.BYTES * (arguments - 1)
          && ring.takesRaw(length)) {
        draft.stamp.setNumbers(number, arguments, a, b, c);
        int shown = shown(level == LEVEL_DEFAULT ? line.level : level);
        return stored(ring.appendRaw(draft.stamp, shown, length), length);
      }
    }
    begin(draft, textMax(level));
    try {
      line.format.format(draft.text, symbols, shape, a, b, c, x, y, z);
      return finish(draft, current, level, format);
    } finally {
      draft.inUse = false;
      draft.text.release();
    }
  }

  /** printk with any number of arguments; returns the same. */
  public int vprintk(Current current, int level, String format, Object[] args) {
    return vprintk(current, level, "", "", format, args);
  }

  /**
   * {@code vprintk_emit}: printk about a device, at a level that is given; returns the same.
   *
   * @param subsystem {@code SUBSYSTEM} of the record's dictionary; empty: none
   * @param device {@code DEVICE}; empty: none
   */
  public int vprintk(
      Current current, int level, String subsystem, String device, String format, Object[] args) {
    Draft draft = begin(current, textMax(level));
    try {
      if (!subsystem.isEmpty() || !device.isEmpty()) {
        draft.stamp.setDevice(subsystem, device);
      }
      draft.line(format, ring.formats()).format.format(draft.text, symbols, args);
      return finish(draft, current, level, format);
    } finally {
      draft.inUse = false;
      draft.text.release();
    }
  }

  private int finish(Draft draft, Current current, int level, String format) {
    int stored = store(draft, level);
    if (draft.text.problems() != 0 && !toldBadFormat) {
      tellBadFormat(current, format);
    }
    return stored;
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
    FormatString compiled = ring.formats().get(format).format;
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
   * @param current who prints; null: nobody of this kernel
   * @param facility 0 for the kernel's own messages
   * @param level 0..7, or {@link #LEVEL_DEFAULT}
   * @return bytes stored; 0 also if the record was dropped
   */
  public int emit(Current current, int facility, int level, CharSequence text) {
    Draft draft = begin(current, TEXT_MAX);
    try {
      draft.text.put(text);
      byte[] bytes = draft.text.bytes();
      int length = lengthWithoutNewline(bytes, 0, draft.text.length());
      return append(draft.stamp, facility, level, LogRing.NEWLINE, bytes, 0, length);
    } finally {
      draft.inUse = false;
      draft.text.release();
    }
  }

  /**
   * A user program's write to /dev/kmsg: one complete record, {@code <N>} in front is its priority.
   *
   * @return {@code length}, or -EINVAL if that is more than {@link #LINE_MAX}
   */
  public int write(Current current, byte[] line, int from, int length) {
    if (length > LINE_MAX) {
      return -EINVAL;
    }
    long parsed = KmsgFormat.parseWrite(line, from, length, levels.defaultMessage());
    int start = KmsgFormat.textStartOf(parsed);
    int end = from + length;
    int textLength = lengthWithoutNewline(line, start, Math.min(end, start + TEXT_MAX));
    Draft draft = begin(current, TEXT_MAX);
    try {
      append(
          draft.stamp,
          KmsgFormat.facilityOf(parsed),
          KmsgFormat.levelOf(parsed),
          LogRing.NEWLINE,
          line,
          start,
          textLength);
    } finally {
      draft.inUse = false;
      draft.text.release();
    }
    return length;
  }

  /** As {@link #write(Current, byte[], int, int)}, of text. */
  public int write(Current current, String line) {
    byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
    return write(current, bytes, 0, bytes.length);
  }

  /** Says, once a boot, which format does not fit its arguments; the text itself shows where. */
  private void tellBadFormat(Current current, String format) {
    toldBadFormat = true;
    boolean header = format.length() > 1 && format.charAt(0) == SOH;
    emit(
        current,
        0,
        WARNING,
        "printk: format does not fit its arguments: " + (header ? format.substring(2) : format));
  }

  /** A draft in use, stamped and empty. */
  private Draft begin(Current current, int limit) {
    Draft draft = stamped(current);
    begin(draft, limit);
    return draft;
  }

  /** The last call before the caller's try. */
  private static void begin(Draft draft, int limit) {
    draft.text.clear(limit);
    draft.inUse = true;
  }

  /**
   * The context's draft, stamped; another one if an argument's toString prints while it is printed.
   */
  private Draft stamped(Current current) {
    Draft own = draftOf(current);
    Draft draft = own.inUse ? new Draft() : own;
    draft.text.release(); // of what a StackOverflowError kept there
    stamper.stamp(current, draft.stamp);
    return draft;
  }

  private Draft draftOf(Current current) {
    if (current == null) {
      return drafts.get();
    }
    if (current.draft instanceof Draft) {
      return (Draft) current.draft;
    }
    Draft made = new Draft();
    current.draft = made;
    return made;
  }

  /** A level that is given apart takes the room of its header all the same. */
  private static int textMax(int level) {
    return level == LEVEL_DEFAULT ? TEXT_MAX : TEXT_MAX - HEADER_BYTES;
  }

  /** Parses headers and newline of the formatted text, then continues a record or makes one. */
  private int store(Draft draft, int givenLevel) {
    byte[] text = draft.text.bytes();
    int formatted = draft.text.length();
    int end = lengthWithoutNewline(text, 0, formatted);
    int header = PrintkHeader.parse(text, end);
    int level = givenLevel == LEVEL_DEFAULT ? PrintkHeader.levelOf(header) : givenLevel;
    int flags =
        (end < formatted ? LogRing.NEWLINE : 0)
            | (PrintkHeader.isContinuation(header) ? LogRing.CONT : 0);
    int from = PrintkHeader.bytesOf(header);
    int length = end - from;
    if ((flags & LogRing.CONT) != 0
        && ring.extend(draft.stamp.callerId(), flags, text, from, length, TEXT_MAX - formatted)
            != LogRing.NONE) {
      return length;
    }
    return append(draft.stamp, 0, level, flags, text, from, length);
  }

  private int append(
      Stamp stamp, int facility, int level, int flags, byte[] text, int from, int n) {
    return stored(ring.append(stamp, facility, shown(level), flags, text, from, n), n);
  }

  private int shown(int level) {
    return level == LEVEL_DEFAULT ? levels.defaultMessage() : level;
  }

  private int stored(long seq, int n) {
    if (seq == LogRing.NONE) {
      return 0;
    }
    long told = toldDropped.get();
    if (ring.dropped() > told) {
      tellDropped(told);
    }
    return n;
  }

  /** Says in the log itself how many records found no place in it; if that finds none, later. */
  private void tellDropped(long told) {
    long dropped = ring.dropped();
    if (toldDropped.compareAndSet(told, dropped)
        && emit(null, 0, WARNING, "** " + (dropped - told) + " printk messages dropped **") == 0) {
      toldDropped.addAndGet(told - dropped);
    }
  }

  private static int lengthWithoutNewline(byte[] text, int from, int end) {
    return end > from && text[end - 1] == '\n' ? end - 1 - from : end - from;
  }
}
