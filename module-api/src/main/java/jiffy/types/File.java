package jiffy.types;

/** {@code struct file}: one opening of a file, from open to release. */
public class File {
  /** {@code f_pos}: where the next read begins. */
  public final LoffT f_pos = new LoffT();

  /** {@code private_data}: the opener's own. */
  public Object private_data;

  /** {@code f_inode}; {@code file_inode(f)} gives it. */
  public final Inode f_inode;

  /** Made by the runtime only. */
  public File(Inode inode) {
    f_inode = inode;
  }
}
