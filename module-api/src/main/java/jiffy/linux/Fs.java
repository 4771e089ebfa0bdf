package jiffy.linux;

import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;

import java.nio.charset.StandardCharsets;
import jiffy.types.LoffT;
import jiffy.types.UserBuffer;

/**
 * {@code linux/fs.h}: what files of modules are read and written with.
 *
 * <p>Contexts: process context, on the task that reads or writes; see {@link Uaccess} for what
 * happens elsewhere.
 */
public final class Fs {
  /** {@code f_flags}: opened for reading. */
  public static final int O_RDONLY = 0;

  /** {@code f_flags}: opened for writing. */
  public static final int O_WRONLY = 1;

  /** {@code f_flags}: opened for both. */
  public static final int O_RDWR = 2;

  /** {@code f_flags}: the opener does not want to wait. */
  public static final int O_NONBLOCK = 04000;

  /** {@code f_mode}: may be read. */
  public static final int FMODE_READ = 1;

  /** {@code f_mode}: may be written. */
  public static final int FMODE_WRITE = 2;

  /** {@code whence}: from the beginning. */
  public static final int SEEK_SET = 0;

  /** {@code whence}: from the present position. */
  public static final int SEEK_CUR = 1;

  /** {@code whence}: from the end. */
  public static final int SEEK_END = 2;

  /** {@code whence}: in {@code /dev/kmsg}, the first record after the last clear. */
  public static final int SEEK_DATA = 3;

  private Fs() {}

  /**
   * {@code ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void
   * *from, size_t available)}: a whole {@code proc_read} whose text is in memory.
   *
   * @param ppos where to read; moved on
   * @param available bytes that there are in {@code from}
   * @return
   *     <ul>
   *       <li>more than 0: bytes read
   *       <li>0: the text ends at or before {@code ppos}
   *       <li>-EINVAL: a negative {@code ppos}
   *       <li>-EFAULT: as {@link Uaccess#copy_to_user}
   *     </ul>
   */
  public static long simple_read_from_buffer(
      UserBuffer to, long count, LoffT ppos, byte[] from, long available) {
    long pos = ppos.value;
    if (pos < 0) {
      return -EINVAL;
    }
    if (pos >= available || count <= 0) {
      return 0;
    }
    long wanted = Math.min(count, available - pos);
    long done = wanted - Uaccess.copy_to_user(to, from, pos, wanted);
    if (done == 0) {
      return -EFAULT;
    }
    ppos.value = pos + done;
    return done;
  }

  /**
   * {@code ssize_t simple_read_from_buffer(void __user *to, size_t count, loff_t *ppos, const void
   * *from, size_t available)} of a text in UTF-8.
   *
   * @param available bytes, in UTF-8, that there are
   * @return as above
   */
  public static long simple_read_from_buffer(
      UserBuffer to, long count, LoffT ppos, CharSequence from, long available) {
    byte[] bytes = from.toString().getBytes(StandardCharsets.UTF_8);
    return simple_read_from_buffer(to, count, ppos, bytes, available);
  }

  /**
   * {@code ssize_t simple_write_to_buffer(void *to, size_t available, loff_t *ppos, const void
   * __user *from, size_t count)}: what is written goes to {@code to + *ppos}.
   *
   * @param available bytes that {@code to} takes in all
   * @return bytes written, fewer than {@code count} if there is no more room, 0 if there is none;
   *     -EINVAL and -EFAULT as {@link #simple_read_from_buffer}
   */
  public static long simple_write_to_buffer(
      byte[] to, long available, LoffT ppos, UserBuffer from, long count) {
    long pos = ppos.value;
    if (pos < 0) {
      return -EINVAL;
    }
    if (pos >= available || count <= 0) {
      return 0;
    }
    long wanted = Math.min(count, available - pos);
    long done = wanted - Uaccess.copy_from_user(to, pos, from, wanted);
    if (done == 0) {
      return -EFAULT;
    }
    ppos.value = pos + done;
    return done;
  }
}
