package jiffy.kernel;

import jiffy.types.ProcDirEntry;
import jiffy.types.ProcOps;

/** What a kernel does for {@code jiffy.linux.ProcFs}; contracts are there. */
public interface FileOps {
  /** {@code proc_create_data}; null if it cannot be. */
  ProcDirEntry create(
      Current current, String name, int mode, ProcDirEntry parent, ProcOps ops, Object data);

  /** {@code proc_mkdir}; null if it cannot be. */
  ProcDirEntry makeDirectory(Current current, String name, ProcDirEntry parent);

  /** {@code remove_proc_entry}. */
  void remove(Current current, String name, ProcDirEntry parent);

  /** {@code proc_remove}: with all that is below it. */
  void removeTree(Current current, ProcDirEntry entry);
}
