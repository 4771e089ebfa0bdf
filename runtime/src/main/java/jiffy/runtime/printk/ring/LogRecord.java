package jiffy.runtime.printk.ring;

import java.nio.charset.StandardCharsets;
import jiffy.runtime.printk.format.FormatBuffer;

/**
 * One record of the log, copied out of the ring by {@link LogReader#read}; reused for the next one.
 *
 * <p>Thread safety: none, it belongs to its reader's thread.
 */
public final class LogRecord {
  /*
   * The ring keeps this in one long, what Stamp describes in another:
   *
   *   | caller 32 | length 16 | facility 8 | 0 0 | RAW | flags 2 | level 3 |
   */
  private static final int CALLER_SHIFT = 32;
  static final int LENGTH_SHIFT = 16;
  private static final int FACILITY_SHIFT = 8;
  private static final int FLAGS_SHIFT = 3;

  /** The text is not there yet: a format and its numbers are, see {@link LogRing#appendRaw}. */
  static final int RAW = 1 << 5;

  /** Set in a caller id that names a CPU; else it is a task's pid. */
  public static final int CPU_CALLER = 1 << 31;

  /** Bytes of all tags. */
  static final int TAGS_MAX = Stamp.MODULE_MAX + Stamp.SUBSYSTEM_MAX + Stamp.DEVICE_MAX;

  final byte[] tags = new byte[TAGS_MAX];

  long seq;
  long nanos;
  long wallNanos;
  long origin;
  long meta;
  long lost;
  byte[] text = new byte[256];

  /** Of a raw record, see {@link Stamp}. */
  long format;

  long a;
  long b;
  long c;

  private FormatBuffer formatted; // made when the first raw record is read

  /**
   * A record out of a {@link RingImage}: see there.
   *
   * @param position where its tags and text begin
   * @param ring the ring's bytes, a power of two
   */
  public static LogRecord restore(
      long seq, long nanos, long wallNanos, long meta, long origin, int position, byte[] ring) {
    LogRecord record = new LogRecord();
    record.seq = seq;
    record.nanos = nanos;
    record.wallNanos = wallNanos;
    record.meta = meta;
    record.origin = origin;
    int tags = tagBytesOf(origin);
    int length = lengthOf(meta);
    record.text = new byte[length];
    for (int i = 0; i < tags; i++) {
      record.tags[i] = ring[position + i & ring.length - 1];
    }
    for (int i = 0; i < length; i++) {
      record.text[i] = ring[position + tags + i & ring.length - 1];
    }
    return record;
  }

  /** Makes the text of a raw record. */
  void expand(LineFormats formats) {
    LineFormat line = formats.numbered(Stamp.numberOf(format));
    int length = lengthOf(meta);
    int whole = line.headerBytes + length + 1; // with the newline
    if (formatted == null || formatted.bytes().length < whole) {
      formatted = new FormatBuffer(Math.max(whole, text.length));
    }
    formatted.clear(whole);
    line.print(formatted, a, b, c);
    System.arraycopy(formatted.bytes(), line.headerBytes, text, 0, length);
    meta &= ~RAW;
  }

  /** Sequence number; the first record of a kernel has 0. */
  public long seq() {
    return seq;
  }

  /** Time stamp, nanoseconds since boot. */
  public long nanos() {
    return nanos;
  }

  /** The wall clock when it was printed, nanoseconds since 1970. */
  public long wallNanos() {
    return wallNanos;
  }

  /** The task that printed; in interrupt context the one that was interrupted. */
  public int pid() {
    return (int) (origin >>> Stamp.PID_SHIFT);
  }

  /** The CPU that it was printed on. */
  public int cpu() {
    return (int) (origin >>> Stamp.CPU_SHIFT) & 0xffff;
  }

  /** The module on whose behalf it was printed; empty: the kernel itself, or a user. */
  public String module() {
    return tag(0, moduleBytes());
  }

  /** The subsystem of the device it is about, {@code SUBSYSTEM} of dev_printk; may be empty. */
  public String subsystem() {
    return tag(moduleBytes(), subsystemBytes());
  }

  /** The device it is about, {@code DEVICE} of dev_printk: {@code c127:3}; may be empty. */
  public String device() {
    return tag(moduleBytes() + subsystemBytes(), (int) origin & Stamp.DEVICE_MAX);
  }

  private int moduleBytes() {
    return (int) origin >>> Stamp.MODULE_SHIFT & Stamp.MODULE_MAX;
  }

  private int subsystemBytes() {
    return (int) origin >>> Stamp.SUBSYSTEM_SHIFT & Stamp.SUBSYSTEM_MAX;
  }

  private String tag(int from, int length) {
    return length == 0 ? "" : new String(tags, from, length, StandardCharsets.UTF_8);
  }

  static int tagBytesOf(long origin) {
    int lengths = (int) origin;
    return (lengths >>> Stamp.MODULE_SHIFT & Stamp.MODULE_MAX)
        + (lengths >>> Stamp.SUBSYSTEM_SHIFT & Stamp.SUBSYSTEM_MAX)
        + (lengths & Stamp.DEVICE_MAX);
  }

  /** Severity, 0 (emerg) to 7 (debug). */
  public int level() {
    return (int) meta & 7;
  }

  /** Who logs: 0 is the kernel, 1 a user program. */
  public int facility() {
    return (int) meta >>> FACILITY_SHIFT & 0xff;
  }

  /** {@code facility * 8 + level}, the number of syslog. */
  public int priority() {
    return facility() << 3 | level();
  }

  /** {@link LogRing#NEWLINE} and {@link LogRing#CONT}. */
  public int flags() {
    return flagsOf(meta);
  }

  /** Who printed: a pid, or {@link #CPU_CALLER} with the number of the CPU in interrupt context. */
  public int callerId() {
    return callerOf(meta);
  }

  /** Records that were overwritten before the reader could see them, right before this one. */
  public long lost() {
    return lost;
  }

  /** The text's bytes, UTF-8 as a rule, valid from 0 to {@link #length()}. */
  public byte[] bytes() {
    return text;
  }

  /** Length of the text in bytes. */
  public int length() {
    return lengthOf(meta);
  }

  /** The text as a string; allocates. */
  public String text() {
    return new String(text, 0, length(), StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "record " + seq + " <" + priority() + ">[" + nanos + " ns] " + text();
  }

  static long meta(int callerId, int length, int facility, int flags, int level) {
    return (long) callerId << CALLER_SHIFT
        | (long) length << LENGTH_SHIFT
        | (facility & 0xff) << FACILITY_SHIFT
        | (flags & 3) << FLAGS_SHIFT
        | level & 7;
  }

  /**
   * The same record with more text; what else the flags of a continuation say is not taken over.
   */
  static long grown(long meta, int length, int flags) {
    return meta & ~(0xffffL << LENGTH_SHIFT)
        | (long) length << LENGTH_SHIFT
        | (flags & LogRing.NEWLINE) << FLAGS_SHIFT;
  }

  static int callerOf(long meta) {
    return (int) (meta >>> CALLER_SHIFT);
  }

  static int lengthOf(long meta) {
    return (int) (meta >>> LENGTH_SHIFT) & 0xffff;
  }

  static int flagsOf(long meta) {
    return (int) meta >>> FLAGS_SHIFT & 3;
  }
}
