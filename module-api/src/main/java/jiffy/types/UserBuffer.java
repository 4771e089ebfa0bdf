package jiffy.types;

/**
 * {@code char __user *}: where a reader wants its bytes, or a writer has them. For {@code
 * copy_to_user} and its relatives of {@link jiffy.linux.Uaccess}, on the task of that reader.
 */
public class UserBuffer {
  /** The user's memory. */
  public final byte[] __bytes;

  /** Where in it this points to. */
  public final int __offset;

  /** How many bytes from there on may be used. */
  public final int __length;

  /** Whose memory it is. */
  public final TaskStruct __task;

  /** Made by the runtime only. */
  public UserBuffer(byte[] bytes, int offset, int length, TaskStruct task) {
    __bytes = bytes;
    __offset = offset;
    __length = length;
    __task = task;
  }

  /** C's {@code ubuf + n}. */
  public UserBuffer plus(long n) {
    int step = (int) Math.max(0, Math.min(n, __length));
    return new UserBuffer(__bytes, __offset + step, __length - step, __task);
  }
}
