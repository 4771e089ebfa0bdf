package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.File;
import jiffy.types.Inode;
import jiffy.types.ProcDirEntry;
import jiffy.types.ProcOps;

/**
 * {@code linux/proc_fs.h}: files of /proc, as a module makes them.
 *
 * <p>A file belongs to the module of its {@code proc_read}; while it is open that module cannot be
 * unloaded. What is left at rmmod is named in the log and goes. Making and removing are for process
 * context, and thread safe.
 */
public final class ProcFs {
  private ProcFs() {}

  /**
   * {@code struct proc_dir_entry *proc_create(name, mode, parent, proc_ops)}: {@link
   * #proc_create_data} without data.
   */
  public static ProcDirEntry proc_create(String name, int mode, ProcDirEntry parent, ProcOps ops) {
    return proc_create_data(name, mode, parent, ops, null);
  }

  /**
   * {@code struct proc_dir_entry *proc_create_data(name, mode, parent, proc_ops, data)}.
   *
   * @param name without a slash
   * @param mode permission bits; 0: 0444
   * @param parent the directory; null: /proc
   * @param data what {@link #pde_data} gives
   * @return the file; null if there is one of that name already, which is said in the log, or if
   *     the module goes
   */
  public static ProcDirEntry proc_create_data(
      String name, int mode, ProcDirEntry parent, ProcOps ops, Object data) {
    Current current = Current.get();
    return current.kernel.files.create(current, name, mode, parent, ops, data);
  }

  /**
   * {@code struct proc_dir_entry *proc_mkdir(name, parent)}: a directory.
   *
   * @return null as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_mkdir(String name, ProcDirEntry parent) {
    Current current = Current.get();
    return current.kernel.files.makeDirectory(current, name, parent);
  }

  /**
   * {@code void remove_proc_entry(name, parent)}: takes it away and waits until nobody reads it.
   * What is not there is said in the log.
   */
  public static void remove_proc_entry(String name, ProcDirEntry parent) {
    Current current = Current.get();
    current.kernel.files.remove(current, name, parent);
  }

  /** {@code void proc_remove(de)}: takes it away with all that is in it; null: nothing. */
  public static void proc_remove(ProcDirEntry entry) {
    if (entry != null) {
      Current current = Current.get();
      current.kernel.files.removeTree(current, entry);
    }
  }

  /** {@code void *pde_data(const struct inode *inode)}: what the file was made with. */
  public static Object pde_data(Inode inode) {
    return inode.__pde.__data;
  }

  /** {@code PDE_DATA(inode)}: the name up to Linux 5.16. */
  public static Object PDE_DATA(Inode inode) {
    return pde_data(inode);
  }

  /** {@code struct inode *file_inode(const struct file *f)}. */
  public static Inode file_inode(File file) {
    return file.f_inode;
  }
}
