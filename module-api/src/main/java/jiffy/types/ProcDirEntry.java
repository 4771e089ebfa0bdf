package jiffy.types;

import jiffy.kernel.Origin;

/** {@code struct proc_dir_entry}: a file or directory of /proc that a module made. */
public class ProcDirEntry {
  /** Its name in {@link #__parent}. */
  public final String __name;

  /** The directory that it is in; null: /proc itself. */
  public final ProcDirEntry __parent;

  /** Permission bits. */
  public final int __mode;

  /** What {@code pde_data} returns. */
  public final Object __data;

  /** What reading it does; null for a directory. */
  public final ProcOps __ops;

  /** Whose it is. */
  public final Origin __origin;

  /** Made by the runtime only. */
  public ProcDirEntry(
      String name, ProcDirEntry parent, int mode, Object data, ProcOps ops, Origin origin) {
    __name = name;
    __parent = parent;
    __mode = mode;
    __data = data;
    __ops = ops;
    __origin = origin;
  }

  /** {@code /proc/driver/jit}. */
  public String __path() {
    return (__parent == null ? "/proc" : __parent.__path()) + "/" + __name;
  }
}
