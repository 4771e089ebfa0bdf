package jiffy.types;

/** {@code struct file}: one opening of a file, from open to release. */
public class File {
  /** {@code f_pos}: where the next read or write begins. */
  public final LoffT f_pos = new LoffT();

  /** {@code private_data}: the opener's own. */
  public Object private_data;

  /** {@code f_inode}; {@code file_inode(f)} gives it. */
  public final Inode f_inode;

  /** {@code f_flags}: {@code O_RDONLY}, {@code O_WRONLY} or {@code O_RDWR}, {@code O_NONBLOCK}. */
  public final int f_flags;

  /** {@code f_mode}: {@code FMODE_READ}, {@code FMODE_WRITE}. */
  public final int f_mode;

  /** Made by the runtime only. */
  public File(Inode inode, int flags, int mode) {
    f_inode = inode;
    f_flags = flags;
    f_mode = mode;
  }
}
