package jiffy.runtime.printk.format;

/** One conversion of a format string, {@code %-08.3lx}, as data. Immutable. */
final class FormatSpec {
  static final int LEFT = 1;
  static final int PLUS = 2;
  static final int SPACE = 4;
  static final int SPECIAL = 8;
  static final int ZERO = 16;
  static final int UPPER = 32;

  /** Width or precision: not given, and "the next argument says". */
  static final int UNSET = -1;

  static final int STAR = -2;

  private static final int WIDTH_MAX = (1 << 23) - 1;
  private static final int PRECISION_MAX = Short.MAX_VALUE;

  /** d u x o c s p or %. */
  final char kind;

  final int flags;
  final int width;
  final int precision;

  /** Size of an integer in C: 8, 16, 32 or 64 bits. */
  final int bits;

  /** After %p: the letters and digits that say what it points to, as in {@code %pI4}. */
  final String extension;

  /** Whether it is plain {@code %d}, {@code %lu} or the like, the most frequent of all. */
  final boolean isPlainDecimal;

  FormatSpec(char kind, int flags, int width, int precision, int bits, String extension) {
    this.isPlainDecimal =
        (kind == 'd' || kind == 'u') && flags == 0 && width == UNSET && precision == UNSET;
    this.kind = kind;
    this.flags = flags;
    this.width = width;
    this.precision = precision;
    this.bits = bits;
    this.extension = extension;
  }

  int base() {
    return kind == 'x' ? 16 : kind == 'o' ? 8 : 10;
  }

  /** Cuts an integer to its size in C. */
  long truncate(long value) {
    int unused = Long.SIZE - bits;
    return kind == 'd' ? value << unused >> unused : value << unused >>> unused;
  }

  /** Appends a number, if it is a plain decimal. */
  void putDecimal(FormatBuffer out, long value) {
    long cut = truncate(value);
    if (kind == 'd') {
      out.putDecimal(cut);
    } else {
      out.putUnsigned(cut);
    }
  }

  /** Length in bytes of what {@link #putDecimal} appends. */
  int decimalLength(long value) {
    long cut = truncate(value);
    return kind == 'd' && cut < 0
        ? 1 + FormatBuffer.decimalLength(-cut)
        : FormatBuffer.decimalLength(cut);
  }

  /** Reads one conversion; {@code pos} stands behind the percent sign. */
  static final class Parser {
    private final String text;
    int pos;

    Parser(String text, int pos) {
      this.text = text;
      this.pos = pos;
    }

    /** Returns the conversion, with {@code pos} behind it, or null if there is none. */
    FormatSpec parse() {
      int flags = flags();
      int width = number(WIDTH_MAX);
      int precision = UNSET;
      if (peek() == '.') {
        pos++;
        precision = number(PRECISION_MAX); // unset after a bare dot, which C takes for 0
      }
      int bits = size();
      char c = peek();
      pos++;
      switch (c) {
        case 'd', 'i':
          return new FormatSpec('d', flags, width, precision, bits, "");
        case 'X':
          return new FormatSpec('x', flags | UPPER, width, precision, bits, "");
        case 'u', 'x', 'o', 'c', 's', '%':
          return new FormatSpec(c, flags, width, precision, bits, "");
        case 'p':
          return new FormatSpec(c, flags, width, precision, 64, extension());
        default:
          return null;
      }
    }

    private char peek() {
      return pos < text.length() ? text.charAt(pos) : 0;
    }

    private int flags() {
      int flags = 0;
      for (; ; pos++) {
        switch (peek()) {
          case '-' -> flags |= LEFT;
          case '+' -> flags |= PLUS;
          case ' ' -> flags |= SPACE;
          case '#' -> flags |= SPECIAL;
          case '0' -> flags |= ZERO;
          default -> {
            return flags;
          }
        }
      }
    }

    private int number(int max) {
      if (peek() == '*') {
        pos++;
        return STAR;
      }
      if (peek() < '0' || peek() > '9') {
        return UNSET;
      }
      int n = 0;
      for (; peek() >= '0' && peek() <= '9'; pos++) {
        n = Math.min(max, n * 10 + peek() - '0');
      }
      return n;
    }

    private int size() {
      char c = peek();
      switch (c) {
        case 'h', 'l':
          pos++;
          boolean twice = peek() == c;
          pos += twice ? 1 : 0;
          return c == 'l' ? 64 : twice ? 8 : 16;
        case 'L', 'q', 'z', 'Z', 't', 'j':
          pos++;
          return 64;
        default:
          return 32;
      }
    }

    private String extension() {
      int start = pos;
      while (peek() < 0x80 && Character.isLetterOrDigit(peek())) {
        pos++;
      }
      return text.substring(start, pos);
    }
  }
}
