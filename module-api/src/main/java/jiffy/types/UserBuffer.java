package jiffy.types;

/**
 * {@code char __user *}: where a reader wants its bytes. Filled by {@code copy_to_user} of {@link
 * jiffy.linux.Uaccess}.
 */
public class UserBuffer {
  /** The reader's memory. */
  public final byte[] __bytes;

  /** How many of these it has asked for. */
  public final int __length;

  /** Made by the runtime only. */
  public UserBuffer(byte[] bytes, int length) {
    __bytes = bytes;
    __length = length;
  }
}
