package jiffy.runtime.printk.ring;

/**
 * What a printk's text begins with: SOH and a letter, any number of times. {@code 0} to {@code 7}
 * is a level, of which the first counts; {@code c} asks for continuation; {@code d} says nothing.
 *
 * <p>Parsed into one int, so that nothing is allocated.
 */
public final class PrintkHeader {
  /** First byte of a header, {@code KERN_SOH}. */
  public static final char SOH = 1;

  /** {@code LOGLEVEL_DEFAULT}: no level is stated. */
  public static final int LEVEL_DEFAULT = -1;

  private static final int LEVEL_MASK = 0xf; // level + 1
  private static final int CONT = 0x10;
  private static final int BYTES_SHIFT = 8;

  private PrintkHeader() {}

  /** Parses the text's first bytes, up to {@code end}. */
  public static int parse(byte[] text, int end) {
    int level = LEVEL_DEFAULT;
    int cont = 0;
    int from = 0;
    for (; from + 1 < end && text[from] == SOH; from += 2) {
      byte header = text[from + 1];
      if (header >= '0' && header <= '7') {
        level = level == LEVEL_DEFAULT ? header - '0' : level;
      } else if (header == 'c') {
        cont = CONT;
      } else if (header != 'd') {
        break;
      }
    }
    return from << BYTES_SHIFT | cont | level + 1;
  }

  /** 0 to 7, or {@link #LEVEL_DEFAULT}. */
  public static int levelOf(int header) {
    return (header & LEVEL_MASK) - 1;
  }

  /** Whether it asks for continuation. */
  public static boolean isContinuation(int header) {
    return (header & CONT) != 0;
  }

  /** Where the text proper begins. */
  public static int bytesOf(int header) {
    return header >>> BYTES_SHIFT;
  }
}
