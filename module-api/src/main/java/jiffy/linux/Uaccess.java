package jiffy.linux;

import java.nio.charset.StandardCharsets;
import jiffy.types.UserBuffer;

/** {@code linux/uaccess.h}: to the memory of a reader. Process context. */
public final class Uaccess {
  private Uaccess() {}

  /**
   * {@code unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)}.
   *
   * @param from at least {@code n} bytes
   * @return bytes that could not be copied, for want of room: 0 if all were
   */
  public static long copy_to_user(UserBuffer to, byte[] from, long n) {
    int copied = (int) Math.max(0, Math.min(n, Math.min(to.__length, from.length)));
    System.arraycopy(from, 0, to.__bytes, 0, copied);
    return n - copied;
  }

  /** As above, of a text's first {@code n} bytes in UTF-8. */
  public static long copy_to_user(UserBuffer to, CharSequence from, long n) {
    return copy_to_user(to, from.toString().getBytes(StandardCharsets.UTF_8), n);
  }
}
