package jiffy.linux;

import static jiffy.linux.Errno.EFAULT;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import jiffy.kernel.Current;
import jiffy.types.UserBuffer;

/**
 * {@code linux/uaccess.h}: to and from the memory of who reads or writes a file.
 *
 * <p>Contexts: process context for all, for user memory may have to be fetched first. With a lock
 * held, in a handler, or with interrupts off, {@code BUG: sleeping function called from invalid
 * context} is said in the log, as by a Linux with DEBUG_ATOMIC_SLEEP, and nothing is copied, as
 * there when the page is not in memory. Nor is anything copied on another task than the one that
 * reads or writes: a kernel thread, a work or a timer has no user. Each call uses the buffer by
 * itself; no lock.
 */
public final class Uaccess {
  private Uaccess() {}

  /**
   * {@code unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)}.
   *
   * @param from at least {@code n} bytes
   * @return bytes that could not be copied, for want of room or of a user: 0 if all were. The
   *     caller then returns -EFAULT
   */
  public static long copy_to_user(UserBuffer to, byte[] from, long n) {
    return copy_to_user(to, from, 0, n);
  }

  /**
   * {@code unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)}, from
   * C's {@code from + offset} on.
   *
   * @return as above: bytes that could not be copied
   */
  public static long copy_to_user(UserBuffer to, byte[] from, long offset, long n) {
    int start = (int) Math.max(0, Math.min(offset, from.length));
    int copied = room(to, n, from.length - start);
    System.arraycopy(from, start, to.__bytes, to.__offset, copied);
    return n - copied;
  }

  /**
   * {@code unsigned long copy_to_user(void __user *to, const void *from, unsigned long n)} of a
   * text's first {@code n} bytes in UTF-8.
   *
   * @return as above: bytes that could not be copied
   */
  public static long copy_to_user(UserBuffer to, CharSequence from, long n) {
    return copy_to_user(to, from.toString().getBytes(StandardCharsets.UTF_8), 0, n);
  }

  /**
   * {@code unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)}.
   *
   * @return bytes that could not be copied, for want of room here, of bytes there, or of a user: 0
   *     if all were
   */
  public static long copy_from_user(byte[] to, UserBuffer from, long n) {
    return copy_from_user(to, 0, from, n);
  }

  /**
   * {@code unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)}, to
   * C's {@code to + offset}.
   *
   * @return as above: bytes that could not be copied
   */
  public static long copy_from_user(byte[] to, long offset, UserBuffer from, long n) {
    int start = (int) Math.max(0, Math.min(offset, to.length));
    int copied = room(from, n, to.length - start);
    System.arraycopy(from.__bytes, from.__offset, to, start, copied);
    return n - copied;
  }

  /**
   * {@code unsigned long copy_from_user(void *to, const void __user *from, unsigned long n)} of
   * text: appends it, read as UTF-8. C's {@code buf[n] = 0} after it has no counterpart, for the
   * text ends where the builder does.
   *
   * @return as above: bytes that could not be copied
   */
  public static long copy_from_user(StringBuilder to, UserBuffer from, long n) {
    int copied = room(from, n, Integer.MAX_VALUE);
    to.append(new String(from.__bytes, from.__offset, copied, StandardCharsets.UTF_8));
    return n - copied;
  }

  /**
   * {@code get_user(x, ptr)} of a {@code char __user *}: one byte.
   *
   * @param x its first element is set; to 0 on failure
   * @return 0 or -EFAULT
   */
  public static int get_user(byte[] x, UserBuffer ptr) {
    if (room(ptr, 1, 1) == 0) {
      x[0] = 0;
      return -EFAULT;
    }
    x[0] = ptr.__bytes[ptr.__offset];
    return 0;
  }

  /**
   * {@code put_user(x, ptr)} to a {@code char __user *}: one byte, whatever the type of {@code x}.
   *
   * @return 0 or -EFAULT
   */
  public static int put_user(int x, UserBuffer ptr) {
    if (room(ptr, 1, 1) == 0) {
      return -EFAULT;
    }
    ptr.__bytes[ptr.__offset] = (byte) x;
    return 0;
  }

  /**
   * {@code unsigned long clear_user(void __user *to, unsigned long n)}: zeros.
   *
   * @return bytes that could not be cleared
   */
  public static long clear_user(UserBuffer to, long n) {
    int cleared = room(to, n, Integer.MAX_VALUE);
    Arrays.fill(to.__bytes, to.__offset, to.__offset + cleared, (byte) 0);
    return n - cleared;
  }

  /**
   * {@code long strncpy_from_user(char *dst, const char __user *src, long count)}: up to a NUL or
   * {@code count} bytes; the NUL is not appended.
   *
   * @return length of the text in bytes; {@code count}: there was no NUL; -EFAULT: the user's
   *     memory ends before either
   */
  public static long strncpy_from_user(StringBuilder dst, UserBuffer src, long count) {
    int there = room(src, count, Integer.MAX_VALUE);
    int length = 0;
    while (length < there && src.__bytes[src.__offset + length] != 0) {
      length++;
    }
    if (length == there && there < count) {
      return -EFAULT;
    }
    dst.append(new String(src.__bytes, src.__offset, length, StandardCharsets.UTF_8));
    return length;
  }

  /** {@code might_fault} and {@code access_ok}: how many of so many bytes may be copied. */
  private static int room(UserBuffer user, long n, int most) {
    Current current = Current.get();
    current.kernel.tasks.mightSleep(current);
    boolean isAtomic = current.preemptCount() != 0 || current.irqsDisabled();
    if (isAtomic || current.task() != user.__task) {
      return 0;
    }
    return (int) Math.max(0, Math.min(n, Math.min(most, user.__length)));
  }
}
