package jiffy.types;

/** {@code struct inode}: what an open file shows. */
public class Inode {
  /** The entry of /proc. */
  public final ProcDirEntry __pde;

  /** Made by the runtime only. */
  public Inode(ProcDirEntry entry) {
    __pde = entry;
  }
}
