package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.File;
import jiffy.types.Inode;
import jiffy.types.ProcDirEntry;
import jiffy.types.ProcOps;
import jiffy.types.SeqOperations;

/**
 * {@code linux/proc_fs.h}: files of /proc, as a module makes them.
 *
 * <p>A file belongs to the module of its {@code proc_read} (or the first other function that it
 * has); while it is open that module cannot be unloaded. What is left at rmmod is named in the log
 * and goes. A name may begin with directories that are there: {@code "driver/jit"}.
 *
 * <p>Contexts: making and removing are for process context, and reported elsewhere; the questions
 * are for any. Thread safe.
 */
public final class ProcFs {
  private ProcFs() {}

  /**
   * {@code struct proc_dir_entry *proc_create(const char *name, umode_t mode, struct proc_dir_entry
   * *parent, const struct proc_ops *proc_ops)}: {@link #proc_create_data} without data.
   *
   * @return as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_create(String name, int mode, ProcDirEntry parent, ProcOps ops) {
    return proc_create_data(name, mode, parent, ops, null);
  }

  /**
   * {@code struct proc_dir_entry *proc_create_data(const char *name, umode_t mode, struct
   * proc_dir_entry *parent, const struct proc_ops *proc_ops, void *data)}.
   *
   * @param mode permission bits; of the owner's depends who may open it: 0400 to read, 0200 to
   *     write. 0: 0444, and 0644 if there is a {@code proc_write}
   * @param parent the directory; null: /proc
   * @param data what {@link #pde_data} gives
   * @return the file; null if there is one of that name already or no such directory, which is said
   *     in the log, or if the module goes
   */
  public static ProcDirEntry proc_create_data(
      String name, int mode, ProcDirEntry parent, ProcOps ops, Object data) {
    Current current = Current.get();
    return current.kernel.files.create(current, name, mode, parent, ops, data, function(ops));
  }

  private static Object function(ProcOps ops) {
    return ops.proc_read != null
        ? ops.proc_read
        : ops.proc_write != null ? ops.proc_write : ops.proc_open;
  }

  /**
   * {@code proc_create_seq(name, mode, parent, ops)}: a file of records.
   *
   * @return as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_create_seq(
      String name, int mode, ProcDirEntry parent, SeqOperations ops) {
    return proc_create_seq_data(name, mode, parent, ops, null);
  }

  /**
   * {@code struct proc_dir_entry *proc_create_seq_data(const char *name, umode_t mode, struct
   * proc_dir_entry *parent, const struct seq_operations *ops, void *data)}: with what {@link
   * #pde_data} gives.
   *
   * @return as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_create_seq_data(
      String name, int mode, ProcDirEntry parent, SeqOperations ops, Object data) {
    ProcOps file = new ProcOps();
    file.proc_open = (inode, opened) -> SeqFiles.seq_open(opened, ops);
    return createSeq(name, mode, parent, file, data, ops.show);
  }

  /**
   * {@code proc_create_single(name, mode, parent, show)}: a file of one record.
   *
   * @return as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_create_single(
      String name, int mode, ProcDirEntry parent, SeqOperations.Show show) {
    return proc_create_single_data(name, mode, parent, show, null);
  }

  /**
   * {@code struct proc_dir_entry *proc_create_single_data(const char *name, umode_t mode, struct
   * proc_dir_entry *parent, int (*show)(struct seq_file *, void *), void *data)}.
   *
   * @param data what {@link #pde_data} gives, and {@code m->private}
   * @return as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_create_single_data(
      String name, int mode, ProcDirEntry parent, SeqOperations.Show show, Object data) {
    ProcOps file = new ProcOps();
    file.proc_open = (inode, opened) -> SeqFiles.single_open(opened, show, data);
    return createSeq(name, mode, parent, file, data, show);
  }

  private static ProcDirEntry createSeq(
      String name, int mode, ProcDirEntry parent, ProcOps file, Object data, Object function) {
    file.proc_read = SeqFiles::seq_read;
    file.proc_lseek = SeqFiles::seq_lseek;
    file.proc_release = SeqFiles::seq_release;
    Current current = Current.get();
    return current.kernel.files.create(current, name, mode, parent, file, data, function);
  }

  /**
   * {@code struct proc_dir_entry *proc_mkdir(const char *name, struct proc_dir_entry *parent)}: a
   * directory.
   *
   * @return null as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_mkdir(String name, ProcDirEntry parent) {
    return proc_mkdir_data(name, 0, parent, null);
  }

  /**
   * {@code struct proc_dir_entry *proc_mkdir_mode(const char *name, umode_t mode, struct
   * proc_dir_entry *parent)}.
   *
   * @param mode permission bits; 0: 0555
   * @return the directory; null as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_mkdir_mode(String name, int mode, ProcDirEntry parent) {
    return proc_mkdir_data(name, mode, parent, null);
  }

  /**
   * {@code struct proc_dir_entry *proc_mkdir_data(const char *name, umode_t mode, struct
   * proc_dir_entry *parent, void *data)}.
   *
   * @return the directory; null as {@link #proc_create_data}
   */
  public static ProcDirEntry proc_mkdir_data(
      String name, int mode, ProcDirEntry parent, Object data) {
    Current current = Current.get();
    return current.kernel.files.makeDirectory(current, name, mode, parent, data);
  }

  /**
   * {@code void remove_proc_entry(const char *name, struct proc_dir_entry *parent)}: takes it away,
   * waits until nobody is inside one of its functions, and calls {@code proc_release} for who has
   * it open: his reads fail with EIO from then on. What is not there is said in the log; so is a
   * directory that is not empty, and a file whose own function removes it: on Linux that waits for
   * itself for ever, here it waits for the others only, and its reader's is released when he closes
   * it.
   */
  public static void remove_proc_entry(String name, ProcDirEntry parent) {
    Current current = Current.get();
    current.kernel.files.remove(current, name, parent);
  }

  /**
   * {@code int remove_proc_subtree(const char *name, struct proc_dir_entry *parent)}: as {@link
   * #remove_proc_entry}, with all that is in it.
   *
   * @return 0; -ENOENT: there is none of that name
   */
  public static int remove_proc_subtree(String name, ProcDirEntry parent) {
    Current current = Current.get();
    return current.kernel.files.removeSubtree(current, name, parent);
  }

  /**
   * {@code void proc_remove(struct proc_dir_entry *de)}: as {@link #remove_proc_entry}, with all
   * that is in it; null: nothing.
   */
  public static void proc_remove(ProcDirEntry entry) {
    if (entry != null) {
      Current current = Current.get();
      current.kernel.files.removeTree(current, entry);
    }
  }

  /**
   * {@code void *pde_data(const struct inode *inode)}: what the file was made with.
   *
   * @return what the file was made with
   */
  public static Object pde_data(Inode inode) {
    return inode.__pde.__data;
  }

  /**
   * {@code PDE_DATA(inode)}: the name up to Linux 5.16.
   *
   * @return what the file was made with
   */
  public static Object PDE_DATA(Inode inode) {
    return pde_data(inode);
  }

  /**
   * {@code void *proc_get_parent_data(const struct inode *inode)}: the directory's.
   *
   * @return what its directory was made with; null if that is /proc
   */
  public static Object proc_get_parent_data(Inode inode) {
    ProcDirEntry parent = inode.__pde.__parent;
    return parent == null ? null : parent.__data;
  }

  /**
   * {@code struct inode *file_inode(const struct file *f)}.
   *
   * @return the inode of the open file
   */
  public static Inode file_inode(File file) {
    return file.f_inode;
  }
}
