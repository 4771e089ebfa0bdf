package jiffy.runtime.module.param;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ERANGE;

import java.util.Locale;

/**
 * Text to number as {@code lib/kstrtox.c} does it: the whole text is the number, but for one sign
 * before it and one newline after it.
 *
 * <p>Base 0 means: 16 after {@code 0x}, 8 after {@code 0}, else 10. Too large is ERANGE, anything
 * else that is no number EINVAL; a text that is both, such as {@code 99999999999999999999x}, is
 * ERANGE, for the digits are read first.
 */
final class Kstrtox {
  private Kstrtox() {}

  /** {@code kstrtoull}: 0 to 2^64 - 1, in the bits of a long. */
  static long kstrtoull(String text, int base) throws ParamException {
    return parse(text, text.startsWith("+") ? 1 : 0, base);
  }

  /** {@code kstrtoll}: a long. */
  static long kstrtoll(String text, int base) throws ParamException {
    if (text.startsWith("-")) {
      long value = -parse(text, 1, base);
      if (value > 0) {
        throw new ParamException(ERANGE);
      }
      return value;
    }
    long value = kstrtoull(text, base);
    if (value < 0) {
      throw new ParamException(ERANGE);
    }
    return value;
  }

  /** {@code kstrtou8}, {@code kstrtou16}, {@code kstrtouint}: so many bits, no sign. */
  static long unsigned(String text, int base, int bits) throws ParamException {
    long value = kstrtoull(text, base);
    if (bits < Long.SIZE && value >>> bits != 0) {
      throw new ParamException(ERANGE);
    }
    return value;
  }

  /** {@code kstrtos8}, {@code kstrtos16}, {@code kstrtoint}: so many bits, one of them the sign. */
  static long signed(String text, int base, int bits) throws ParamException {
    long value = kstrtoll(text, base);
    int unused = Long.SIZE - bits;
    if (value << unused >> unused != value) {
      throw new ParamException(ERANGE);
    }
    return value;
  }

  /**
   * {@code kstrtobool}: the first letter decides ({@code y t 1} or {@code n f 0}), after an {@code
   * o} the second.
   */
  static boolean kstrtobool(String text) throws ParamException {
    String letters = text.toLowerCase(Locale.ROOT);
    char first = charAt(letters, 0);
    char second = charAt(letters, 1);
    if (first == 'y' || first == 't' || first == '1' || first == 'o' && second == 'n') {
      return true;
    }
    if (first == 'n' || first == 'f' || first == '0' || first == 'o' && second == 'f') {
      return false;
    }
    throw new ParamException(EINVAL);
  }

  private static long parse(String text, int from, int base) throws ParamException {
    int at = from;
    int radix = base;
    if (radix == 0) {
      radix = charAt(text, at) != '0' ? 10 : isHexPrefix(text, at) && isHex(text, at + 2) ? 16 : 8;
    }
    if (radix == 16 && isHexPrefix(text, at)) {
      at += 2;
    }
    int first = at;
    long value = 0;
    boolean overflow = false;
    for (int digit; (digit = digit(charAt(text, at), radix)) >= 0; at++) {
      overflow |= Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, radix)) > 0;
      value = value * radix + digit;
    }
    if (overflow) {
      throw new ParamException(ERANGE);
    }
    if (charAt(text, at) == '\n') {
      at++;
    }
    if (at == first || at != text.length() || digit(charAt(text, first), radix) < 0) {
      throw new ParamException(EINVAL);
    }
    return value;
  }

  private static boolean isHexPrefix(String text, int at) {
    return charAt(text, at) == '0' && (charAt(text, at + 1) | 0x20) == 'x';
  }

  private static boolean isHex(String text, int at) {
    return digit(charAt(text, at), 16) >= 0;
  }

  /** ASCII only, unlike {@link Character#digit}. */
  private static int digit(char c, int radix) {
    return c < 0x80 ? Character.digit(c, radix) : -1;
  }

  private static char charAt(String text, int at) {
    return at < text.length() ? text.charAt(at) : '\0';
  }
}
