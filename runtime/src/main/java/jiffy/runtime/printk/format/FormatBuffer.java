package jiffy.runtime.printk.format;

import java.nio.charset.StandardCharsets;

/**
 * Bytes of text under construction, UTF-8, with a limit: what does not fit is cut off silently, at
 * a character's border, and everything after it too. Made once and reused.
 *
 * <p>Thread safety: none, a buffer belongs to a thread or context.
 */
public final class FormatBuffer {
  /** Problem: a conversion had no argument; printed as {@code (missing)}. */
  public static final int MISSING_ARGUMENT = 1;

  /** Problem: an unknown conversion; it and the rest of the format are printed as they are. */
  public static final int BAD_CONVERSION = 2;

  /**
   * Problem: an argument of a kind that the conversion cannot print; printed as {@code (einval)}.
   */
  public static final int BAD_ARGUMENT = 4;

  /** Problem: an argument's toString threw; printed as {@code (CLASS in toString)}. */
  public static final int ARGUMENT_THREW = 8;

  private static final byte[] LOWER = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] UPPER = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  /** The two digits of each number below 100. */
  private static final short[] PAIRS = new short[100];

  private static final int INT_DIGITS = 10;
  private static final int LONG_DIGITS = 19;
  private static final long[] POWERS = new long[LONG_DIGITS]; // of ten

  static {
    for (int i = 0; i < PAIRS.length; i++) {
      PAIRS[i] = (short) ('0' + i / 10 << 8 | '0' + i % 10);
    }
    POWERS[0] = 1;
    for (int i = 1; i < LONG_DIGITS; i++) {
      POWERS[i] = 10 * POWERS[i - 1];
    }
  }

  final FormatArguments arguments = new FormatArguments();

  private final byte[] bytes;
  private final byte[] digits = new byte[22]; // 64 bits in octal
  private int length;
  private int limit;
  private int problems;

  /** Makes an empty buffer for at most that many bytes. */
  public FormatBuffer(int capacity) {
    bytes = new byte[capacity];
    limit = capacity;
  }

  /** Empties the buffer and sets a limit in bytes, at most its capacity. */
  public void clear(int newLimit) {
    length = 0;
    problems = 0;
    limit = Math.min(newLimit, bytes.length);
  }

  /** Ends a use, also one that was cut short: holds no argument any longer. */
  public void release() {
    arguments.clear();
  }

  /** The bytes, valid from 0 to {@link #length()}. */
  public byte[] bytes() {
    return bytes;
  }

  /** Length in bytes. */
  public int length() {
    return length;
  }

  /** What went wrong since {@link #clear}: the sum of the constants above, 0 if nothing. */
  public int problems() {
    return problems;
  }

  void problem(int which) {
    problems |= which;
  }

  @Override
  public String toString() {
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  /** Appends a byte as it is. */
  public void put(int b) {
    if (length < limit) {
      bytes[length++] = (byte) b;
    }
  }

  /** Appends bytes as they are. */
  public void put(byte[] from, int start, int count) {
    if (count == 1) { // a newline, as a rule
      put(from[start]);
      return;
    }
    int fits = Math.min(count, limit - length);
    System.arraycopy(from, start, bytes, length, fits);
    length += fits;
  }

  /** Appends the same byte several times; a negative count is none. */
  public void fill(int b, int count) {
    for (int i = Math.min(count, limit - length); i > 0; i--) {
      bytes[length++] = (byte) b;
    }
  }

  /** Appends text in UTF-8. */
  public void put(CharSequence text) {
    put(text, Integer.MAX_VALUE);
  }

  /** Appends text in UTF-8, at most so many bytes of it. */
  public void put(CharSequence text, int maxBytes) {
    int end = maxBytes < limit - length ? length + maxBytes : limit;
    int n = text.length();
    for (int i = 0; i < n; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        if (length >= end) {
          shut(end);
          return;
        }
        bytes[length++] = (byte) c;
      } else {
        int codePoint = Character.codePointAt(text, i);
        if (length + utf8Length(codePoint) > end) {
          shut(end);
          return;
        }
        putCodePoint(codePoint);
        i += Character.charCount(codePoint) - 1;
      }
    }
  }

  /** Something did not fit: if that is for want of space, nothing that is smaller may follow it. */
  private void shut(int end) {
    if (end == limit) {
      limit = length;
    }
  }

  /** Appends a character in UTF-8; a lone surrogate becomes {@code ?}. */
  public void putCodePoint(int codePoint) {
    int c = isSurrogate(codePoint) ? '?' : codePoint;
    int size = utf8Length(c);
    if (length + size > limit) {
      limit = length;
    } else if (size == 1) {
      bytes[length++] = (byte) c;
    } else {
      bytes[length++] = (byte) (0xf00 >> size | c >> 6 * (size - 1));
      for (int shift = 6 * (size - 2); shift >= 0; shift -= 6) {
        bytes[length++] = (byte) (0x80 | c >> shift & 0x3f);
      }
    }
  }

  /** Length in UTF-8, in bytes. */
  static int utf8Length(CharSequence text) {
    int bytes = 0;
    for (int i = 0; i < text.length(); i++) {
      int codePoint = Character.codePointAt(text, i);
      bytes += utf8Length(codePoint);
      i += Character.charCount(codePoint) - 1;
    }
    return bytes;
  }

  private static int utf8Length(int c) {
    return c < 0x80 || isSurrogate(c) ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  /** Appends a number in decimal. */
  public void putDecimal(long value) {
    if (value < 0) {
      put('-');
      putUnsigned(-value);
    } else {
      putUnsigned(value);
    }
  }

  /** Appends an unsigned number in decimal. */
  public void putUnsigned(long value) {
    if (value >= 0 && value <= Integer.MAX_VALUE && limit - length >= INT_DIGITS) {
      int end = length + decimalLength(value);
      putInt(bytes, end, (int) value);
      length = end;
    } else {
      putDigits(decimalDigits(value));
    }
  }

  /** How many decimal digits an unsigned number has; 1233 / 4096 is about log10(2). */
  static int decimalLength(long value) {
    if (value < 0) { // 2^63 or more
      return Long.compareUnsigned(value, POWERS[LONG_DIGITS - 1] * 10) < 0
          ? LONG_DIGITS
          : LONG_DIGITS + 1;
    }
    int about = (Long.SIZE - Long.numberOfLeadingZeros(value)) * 1233 >> 12;
    return value < POWERS[about] ? Math.max(about, 1) : about + 1;
  }

  private void putDigits(int start) {
    put(digits, start, digits.length - start);
  }

  /**
   * Appends a number as Linux's {@code number()} does, which differs from C in two points: zero has
   * the prefix 0x too, and a zero flag fills up to the width even if there is a precision.
   *
   * @param magnitude the absolute value, unsigned
   * @param sign '-', '+', ' ' or 0 for none
   * @param width smallest number of bytes
   * @param precision smallest number of digits
   * @param flags of {@link FormatSpec}
   */
  public void putNumber(long magnitude, int sign, int base, int width, int precision, int flags) {
    int start = digitsOf(magnitude, base, (flags & FormatSpec.UPPER) != 0);
    int zeros = Math.max(0, precision - (digits.length - start));
    boolean special = (flags & FormatSpec.SPECIAL) != 0;
    boolean hexPrefix = special && base == 16;
    boolean octalPrefix = special && base == 8 && magnitude != 0;
    int prefix = (sign != 0 ? 1 : 0) + (hexPrefix ? 2 : octalPrefix ? 1 : 0);
    int padding = width - (digits.length - start) - zeros - prefix;
    boolean left = (flags & FormatSpec.LEFT) != 0;
    boolean zeroPad = (flags & FormatSpec.ZERO) != 0 && !left;
    if (!left && !zeroPad) {
      fill(' ', padding);
    }
    if (sign != 0) {
      put(sign);
    }
    if (hexPrefix || octalPrefix) {
      put('0');
    }
    if (hexPrefix) {
      put((flags & FormatSpec.UPPER) != 0 ? 'X' : 'x');
    }
    fill('0', (zeroPad ? Math.max(0, padding) : 0) + zeros);
    putDigits(start);
    if (left) {
      fill(' ', padding);
    }
  }

  /** Writes the digits right-aligned into the scratch array and returns where they start. */
  private int digitsOf(long magnitude, int base, boolean upper) {
    if (base == 10) {
      return decimalDigits(magnitude);
    }
    byte[] alphabet = upper ? UPPER : LOWER;
    int shift = base == 16 ? 4 : 3;
    int at = digits.length;
    long rest = magnitude;
    do {
      digits[--at] = alphabet[(int) rest & base - 1];
      rest >>>= shift;
    } while (rest != 0);
    return at;
  }

  /** Two digits a division. */
  private int decimalDigits(long magnitude) {
    int at = digits.length;
    long rest = magnitude;
    if (rest < 0) { // 2^63 or more
      long quotient = Long.divideUnsigned(rest, 100);
      at = putPair(digits, at, (int) (rest - quotient * 100));
      rest = quotient;
    }
    while (rest > Integer.MAX_VALUE) {
      long quotient = rest / 100;
      at = putPair(digits, at, (int) (rest - quotient * 100));
      rest = quotient;
    }
    return putInt(digits, at, (int) rest);
  }

  /** Puts a number of 0 or more in front of {@code end}; returns where it starts. */
  private static int putInt(byte[] to, int end, int value) {
    int at = end;
    int rest = value;
    while (rest >= 100) {
      int quotient = rest / 100;
      at = putPair(to, at, rest - quotient * 100);
      rest = quotient;
    }
    if (rest >= 10) {
      return putPair(to, at, rest);
    }
    to[--at] = (byte) ('0' + rest);
    return at;
  }

  /** Puts a number below 100 in front of {@code at}; returns where it starts. */
  private static int putPair(byte[] to, int at, int value) {
    short pair = PAIRS[value];
    to[at - 1] = (byte) pair;
    to[at - 2] = (byte) (pair >> 8);
    return at - 2;
  }
}
