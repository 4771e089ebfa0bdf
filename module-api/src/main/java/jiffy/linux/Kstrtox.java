package jiffy.linux;

import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ERANGE;

import jiffy.types.UserBuffer;

/**
 * {@code linux/kstrtox.h}: text to number. The whole text is the number, but for one sign before it
 * and one newline after it; a NUL ends it.
 *
 * <p>Base 0 means: 16 after {@code 0x}, 8 after {@code 0}, else 10. All return
 *
 * <ul>
 *   <li>0: the result is the first element of {@code res}
 *   <li>-ERANGE: too large, also if something follows that is no number, for the digits come first
 *   <li>-EINVAL: no number, or an unsigned one with a minus
 * </ul>
 *
 * and leave {@code res} as it is if they fail. Unsigned results keep their bits: {@code
 * Long.toUnsignedString}.
 *
 * <p>Contexts: any, but process context for those {@code _from_user}, as for {@link
 * Uaccess#copy_from_user}: -EFAULT if that fails. Thread safe.
 */
public final class Kstrtox {
  /** Of a number written by a user: sign, 64 binary digits, newline, NUL. */
  private static final int LONGEST = 1 + Long.SIZE + 1 + 1;

  private Kstrtox() {}

  /**
   * {@code int kstrtoull(const char *s, unsigned int base, unsigned long long *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtoull(CharSequence s, int base, long[] res) {
    String text = untilNul(s);
    return parse(text, text.startsWith("+") ? 1 : 0, base, res);
  }

  /**
   * {@code int kstrtoll(const char *s, unsigned int base, long long *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtoll(CharSequence s, int base, long[] res) {
    String text = untilNul(s);
    boolean isNegative = text.startsWith("-");
    long[] magnitude = new long[1];
    int error = parse(text, isNegative || text.startsWith("+") ? 1 : 0, base, magnitude);
    if (error != 0) {
      return error;
    }
    long value = isNegative ? -magnitude[0] : magnitude[0];
    if (isNegative ? value > 0 : value < 0) {
      return -ERANGE;
    }
    res[0] = value;
    return 0;
  }

  /**
   * {@code int kstrtoul(const char *s, unsigned int base, unsigned long *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtoul(CharSequence s, int base, long[] res) {
    return kstrtoull(s, base, res);
  }

  /**
   * {@code int kstrtol(const char *s, unsigned int base, long *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtol(CharSequence s, int base, long[] res) {
    return kstrtoll(s, base, res);
  }

  /**
   * {@code int kstrtouint(const char *s, unsigned int base, unsigned int *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtouint(CharSequence s, int base, int[] res) {
    long[] wide = new long[1];
    int error = unsigned(s, base, Integer.SIZE, wide);
    res[0] = error == 0 ? (int) wide[0] : res[0];
    return error;
  }

  /**
   * {@code int kstrtoint(const char *s, unsigned int base, int *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtoint(CharSequence s, int base, int[] res) {
    long[] wide = new long[1];
    int error = signed(s, base, Integer.SIZE, wide);
    res[0] = error == 0 ? (int) wide[0] : res[0];
    return error;
  }

  /**
   * {@code int kstrtou16(const char *s, unsigned int base, u16 *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtou16(CharSequence s, int base, short[] res) {
    long[] wide = new long[1];
    int error = unsigned(s, base, Short.SIZE, wide);
    res[0] = error == 0 ? (short) wide[0] : res[0];
    return error;
  }

  /**
   * {@code int kstrtos16(const char *s, unsigned int base, s16 *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtos16(CharSequence s, int base, short[] res) {
    long[] wide = new long[1];
    int error = signed(s, base, Short.SIZE, wide);
    res[0] = error == 0 ? (short) wide[0] : res[0];
    return error;
  }

  /**
   * {@code int kstrtou8(const char *s, unsigned int base, u8 *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtou8(CharSequence s, int base, byte[] res) {
    long[] wide = new long[1];
    int error = unsigned(s, base, Byte.SIZE, wide);
    res[0] = error == 0 ? (byte) wide[0] : res[0];
    return error;
  }

  /**
   * {@code int kstrtos8(const char *s, unsigned int base, s8 *res)}.
   *
   * @return 0, -ERANGE or -EINVAL
   */
  public static int kstrtos8(CharSequence s, int base, byte[] res) {
    long[] wide = new long[1];
    int error = signed(s, base, Byte.SIZE, wide);
    res[0] = error == 0 ? (byte) wide[0] : res[0];
    return error;
  }

  /**
   * {@code int kstrtobool(const char *s, bool *res)}: the first letter decides, {@code y t 1} or
   * {@code n f 0}; after an {@code o} the second.
   *
   * @return 0 or -EINVAL
   */
  public static int kstrtobool(CharSequence s, boolean[] res) {
    char first = lower(s, 0);
    char second = first == 'o' ? lower(s, 1) : '\0';
    if (first == 'y' || first == 't' || first == '1' || second == 'n') {
      res[0] = true;
      return 0;
    }
    if (first == 'n' || first == 'f' || first == '0' || second == 'f') {
      res[0] = false;
      return 0;
    }
    return -EINVAL;
  }

  /**
   * {@code int kstrtoull_from_user(const char __user *s, size_t count, unsigned int base, unsigned
   * long long *res)}.
   *
   * @return 0, -ERANGE, -EINVAL or -EFAULT
   */
  public static int kstrtoull_from_user(UserBuffer s, long count, int base, long[] res) {
    StringBuilder text = new StringBuilder();
    return fetch(text, s, count, LONGEST) ? kstrtoull(text, base, res) : -EFAULT;
  }

  /**
   * {@code int kstrtoll_from_user(const char __user *s, size_t count, unsigned int base, long long
   * *res)}.
   *
   * @return 0, -ERANGE, -EINVAL or -EFAULT
   */
  public static int kstrtoll_from_user(UserBuffer s, long count, int base, long[] res) {
    StringBuilder text = new StringBuilder();
    return fetch(text, s, count, LONGEST) ? kstrtoll(text, base, res) : -EFAULT;
  }

  /**
   * {@code int kstrtoul_from_user(const char __user *s, size_t count, unsigned int base, unsigned
   * long *res)}.
   *
   * @return 0, -ERANGE, -EINVAL or -EFAULT
   */
  public static int kstrtoul_from_user(UserBuffer s, long count, int base, long[] res) {
    return kstrtoull_from_user(s, count, base, res);
  }

  /**
   * {@code int kstrtol_from_user(const char __user *s, size_t count, unsigned int base, long
   * *res)}.
   *
   * @return 0, -ERANGE, -EINVAL or -EFAULT
   */
  public static int kstrtol_from_user(UserBuffer s, long count, int base, long[] res) {
    return kstrtoll_from_user(s, count, base, res);
  }

  /**
   * {@code int kstrtouint_from_user(const char __user *s, size_t count, unsigned int base, unsigned
   * int *res)}.
   *
   * @return 0, -ERANGE, -EINVAL or -EFAULT
   */
  public static int kstrtouint_from_user(UserBuffer s, long count, int base, int[] res) {
    StringBuilder text = new StringBuilder();
    return fetch(text, s, count, LONGEST) ? kstrtouint(text, base, res) : -EFAULT;
  }

  /**
   * {@code int kstrtoint_from_user(const char __user *s, size_t count, unsigned int base, int
   * *res)}.
   *
   * @return 0, -ERANGE, -EINVAL or -EFAULT
   */
  public static int kstrtoint_from_user(UserBuffer s, long count, int base, int[] res) {
    StringBuilder text = new StringBuilder();
    return fetch(text, s, count, LONGEST) ? kstrtoint(text, base, res) : -EFAULT;
  }

  /**
   * {@code int kstrtobool_from_user(const char __user *s, size_t count, bool *res)}.
   *
   * @return 0, -EINVAL or -EFAULT
   */
  public static int kstrtobool_from_user(UserBuffer s, long count, boolean[] res) {
    StringBuilder text = new StringBuilder();
    return fetch(text, s, count, 4) ? kstrtobool(text, res) : -EFAULT; // "off", as C's buf[4]
  }

  /** What does not fit is cut off, as C's buffer on the stack does. */
  private static boolean fetch(StringBuilder text, UserBuffer s, long count, int room) {
    return Uaccess.copy_from_user(text, s, Math.min(count, room - 1)) == 0;
  }

  private static int unsigned(CharSequence s, int base, int bits, long[] res) {
    int error = kstrtoull(s, base, res);
    return error != 0 ? error : res[0] >>> bits != 0 ? -ERANGE : 0;
  }

  private static int signed(CharSequence s, int base, int bits, long[] res) {
    int error = kstrtoll(s, base, res);
    int unused = Long.SIZE - bits;
    return error != 0 ? error : res[0] << unused >> unused != res[0] ? -ERANGE : 0;
  }

  private static int parse(String text, int from, int base, long[] res) {
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
    boolean isTooLarge = false;
    for (int digit; (digit = digit(charAt(text, at), radix)) >= 0; at++) {
      isTooLarge |= Long.compareUnsigned(value, Long.divideUnsigned(-1L - digit, radix)) > 0;
      value = value * radix + digit;
    }
    if (isTooLarge) {
      return -ERANGE;
    }
    if (at == first) {
      return -EINVAL;
    }
    at += charAt(text, at) == '\n' ? 1 : 0;
    if (at != text.length()) {
      return -EINVAL;
    }
    res[0] = value;
    return 0;
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

  private static char lower(CharSequence text, int at) {
    char c = charAt(text, at);
    return c >= 'A' && c <= 'Z' ? (char) (c | 0x20) : c;
  }

  private static char charAt(CharSequence text, int at) {
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private static String untilNul(CharSequence s) {
    String text = s.toString();
    int nul = text.indexOf('\0');
    return nul < 0 ? text : text.substring(0, nul);
  }
}
