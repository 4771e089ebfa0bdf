package jiffy.kernel;

import jiffy.types.ProcDirEntry;
import jiffy.types.ProcOps;

/** What a kernel does for {@code jiffy.linux.ProcFs}; contracts are there. */
public interface FileOps {
  /**
   * {@code proc_create_data}; null if it cannot be.
   *
   * @param function whose module the file belongs to
   */
  ProcDirEntry create(
      Current current,
      String name,
      int mode,
      ProcDirEntry parent,
      ProcOps ops,
      Object data,
      Object function);

  /** {@code proc_mkdir}; null if it cannot be. */
  ProcDirEntry makeDirectory(
      Current current, String name, int mode, ProcDirEntry parent, Object data);

  /** {@code remove_proc_entry}. */
  void remove(Current current, String name, ProcDirEntry parent);

  /** {@code remove_proc_subtree}. @return 0 or -ENOENT */
  int removeSubtree(Current current, String name, ProcDirEntry parent);

  /** {@code proc_remove}: with all that is below it. */
  void removeTree(Current current, ProcDirEntry entry);
}
