package jiffy.runtime.printk;

import jiffy.runtime.printk.format.FormatBuffer;
import jiffy.runtime.printk.format.FormatString;

/**
 * A format of printk with what can be known of its lines before one is printed: the level in its
 * header, the newline at its end.
 *
 * <p>Thread safety: any.
 */
final class LineFormat {
  /** Its lines are stored as text, for ever. */
  static final int AS_TEXT = -1;

  private static final int NOT_YET = 0;

  /** A format is numbered at its second look-up: texts that are put together occur once. */
  private static final int OFTEN = 2;

  final FormatString format;

  /** The very String that it was made of. */
  final String source;

  /** Level in the header, or {@link Log#LEVEL_DEFAULT}. */
  final int level;

  /** Bytes of the header, which is not stored. */
  final int headerBytes;

  private volatile int number;
  private int uses; // racy: a hint

  LineFormat(String source) {
    this.source = source;
    this.format = FormatString.compile(source);
    byte[] start = format.start();
    int header = PrintkHeader.parse(start, start.length);
    this.level = PrintkHeader.levelOf(header);
    this.headerBytes = PrintkHeader.bytesOf(header);
    boolean cut = headerBytes < start.length && start[headerBytes] == Log.SOH; // a %d goes on
    boolean whole = format.isPlain() && format.endsWithNewline();
    this.number = whole && !cut && !PrintkHeader.isContinuation(header) ? NOT_YET : AS_TEXT;
  }

  /**
   * Under which number records may refer to it, above 0; {@link #AS_TEXT} or 0 if this one may not.
   *
   * @param shape the arguments, see {@link Log#vprintk}
   */
  int number(LineFormats formats, int shape) {
    int known = number;
    if (known > NOT_YET) {
      return format.fits(shape) ? known : AS_TEXT;
    }
    if (known == NOT_YET && ++uses >= OFTEN) {
      number = formats.add(this);
    }
    return AS_TEXT;
  }

  /** Length of a line's text in bytes, without header and newline, of a format with a number. */
  int textLength(long a, long b, long c) {
    return format.plainLength(a, b, c) - headerBytes - 1;
  }

  /** Prints a line into an empty buffer: {@link #textLength} bytes from {@link #headerBytes} on. */
  void print(FormatBuffer to, long a, long b, long c) {
    format.formatPlain(to, a, b, c);
  }
}
