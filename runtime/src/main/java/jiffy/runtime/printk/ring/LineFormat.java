package jiffy.runtime.printk.ring;

import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.format.FormatString;

/**
 * A format of printk with what can be known of its lines before one is printed: the level in its
 * header, the newline at its end.
 *
 * <p>Thread safety: any.
 */
public final class LineFormat {
  /** Its lines are stored as text, for ever. */
  public static final int AS_TEXT = -1;

  private static final int NOT_YET = 0;

  /** No line of a longer format is stored whole; its text need not be kept for ever. */
  private static final int LONGEST = 1024;

  /** A format is numbered when its second line is printed: many are printed once, at boot. */
  private static final int OFTEN = 2;

  /** Of no log; for a start. */
  public static final LineFormat NONE = new LineFormat(null, "");

  /** The log's to which it belongs; its number means nothing in another. */
  public final LineFormats formats;

  public final FormatString format;

  /** The very String that it was made of. */
  public final String source;

  /** Level in the header, or {@link PrintkHeader#LEVEL_DEFAULT}. */
  public final int level;

  /** Bytes of the header, which is not stored. */
  public final int headerBytes;

  private volatile int number;
  private int uses; // racy: a hint

  LineFormat(LineFormats formats, String source) {
    this.formats = formats;
    this.source = source;
    this.format = FormatString.compile(source);
    byte[] start = format.start();
    int header = PrintkHeader.parse(start, start.length);
    this.level = PrintkHeader.levelOf(header);
    this.headerBytes = PrintkHeader.bytesOf(header);
    boolean cut =
        headerBytes < start.length && start[headerBytes] == PrintkHeader.SOH; // a %d goes on
    boolean whole =
        format.isPlain() && format.endsWithNewline() && format.plainLength(0, 0, 0) <= LONGEST;
    this.number = whole && !cut && !PrintkHeader.isContinuation(header) ? NOT_YET : AS_TEXT;
  }

  /**
   * Under which number a record may refer to it, above 0; {@link #AS_TEXT} if this one may not.
   *
   * @param printed the String that is printed: one that is equal only may have been put together
   *     just now, and there may be any number of those
   * @param shape the arguments, see {@link FormatString#fits}
   */
  public int number(String printed, int shape) {
    int known = number;
    if (known == AS_TEXT || printed != source || !format.fits(shape)) {
      return AS_TEXT;
    }
    if (known != NOT_YET) {
      return known;
    }
    if (++uses >= OFTEN) {
      number = formats.add(this);
    }
    return AS_TEXT;
  }

  /** Length of a line's text in bytes, without header and newline, of a format with a number. */
  public int textLength(long a, long b, long c) {
    return format.plainLength(a, b, c) - headerBytes - 1;
  }

  /** Prints a line into an empty buffer: {@link #textLength} bytes from {@link #headerBytes} on. */
  void print(FormatBuffer to, long a, long b, long c) {
    format.formatPlain(to, a, b, c);
  }
}
