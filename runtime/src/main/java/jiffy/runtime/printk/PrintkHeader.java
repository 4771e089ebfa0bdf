package jiffy.runtime.printk;

/**
 * What a printk's text begins with: SOH and a letter, any number of times. {@code 0} to {@code 7}
 * is a level, of which the first counts; {@code c} asks for continuation; {@code d} says nothing.
 *
 * <p>Parsed into one int, so that nothing is allocated.
 */
final class PrintkHeader {
  private static final int LEVEL_MASK = 0xf; // level + 1
  private static final int CONT = 0x10;
  private static final int BYTES_SHIFT = 8;

  private PrintkHeader() {}

  /** Parses the text's first bytes, up to {@code end}. */
  static int parse(byte[] text, int end) {
    int level = Log.LEVEL_DEFAULT;
    int cont = 0;
    int from = 0;
    for (; from + 1 < end && text[from] == Log.SOH; from += 2) {
      byte header = text[from + 1];
      if (header >= '0' && header <= '7') {
        level = level == Log.LEVEL_DEFAULT ? header - '0' : level;
      } else if (header == 'c') {
        cont = CONT;
      } else if (header != 'd') {
        break;
      }
    }
    return from << BYTES_SHIFT | cont | level + 1;
  }

  /** 0 to 7, or {@link Log#LEVEL_DEFAULT}. */
  static int levelOf(int header) {
    return (header & LEVEL_MASK) - 1;
  }

  static boolean isContinuation(int header) {
    return (header & CONT) != 0;
  }

  /** Where the text proper begins. */
  static int bytesOf(int header) {
    return header >>> BYTES_SHIFT;
  }
}
