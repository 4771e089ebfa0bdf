package jiffy.types;

import java.io.Serializable;

/**
 * {@code struct proc_ops}: what a file of /proc does. Set as in C's initializer:
 *
 * <pre>{@code
 * static final ProcOps p_fn = new ProcOps();
 * static { p_fn.proc_read = Jit::jit_fn; }
 * }</pre>
 *
 * <p>All of them run on the task of who reads or writes, in process context, and may sleep. The
 * module cannot be unloaded while one of its files is open.
 */
public class ProcOps {
  /** {@code int (*proc_open)(struct inode *, struct file *)}. */
  @FunctionalInterface
  public interface Open extends Serializable {
    /**
     * @return 0, or a negative errno: the file is not opened; more than 0 is taken for -EINVAL, and
     *     said in the log
     */
    int open(Inode inode, File file) throws Throwable;
  }

  /**
   * {@code ssize_t (*proc_read)(struct file *, char __user *, size_t, loff_t *)}. Serializable for
   * its name's sake, as {@link TimerFunction}.
   */
  @FunctionalInterface
  public interface Read extends Serializable {
    /**
     * @param buf filled by {@code copy_to_user}
     * @param count room in it, in bytes
     * @param pos where to read, in bytes; moved on by the function
     * @return bytes put into {@code buf}; 0: the file ends here; a negative errno
     */
    long read(File file, UserBuffer buf, long count, LoffT pos) throws Throwable;
  }

  /**
   * {@code ssize_t (*proc_write)(struct file *, const char __user *, size_t, loff_t *)}.
   * Serializable as {@link Read}.
   */
  @FunctionalInterface
  public interface Write extends Serializable {
    /**
     * @param buf to be fetched by {@code copy_from_user}
     * @param count bytes in it
     * @param pos where to write, in bytes; moved on by the function, if it cares
     * @return bytes taken; fewer than {@code count}: the writer comes again with the rest; a
     *     negative errno
     */
    long write(File file, UserBuffer buf, long count, LoffT pos) throws Throwable;
  }

  /** {@code loff_t (*proc_lseek)(struct file *, loff_t, int)}. Serializable as {@link Read}. */
  @FunctionalInterface
  public interface Lseek extends Serializable {
    /**
     * @param whence {@code SEEK_SET}, {@code SEEK_CUR} or {@code SEEK_END} of {@link
     *     jiffy.linux.Fs}
     * @return the new offset, which the function also puts into {@code f_pos}; a negative errno
     */
    long lseek(File file, long offset, int whence) throws Throwable;
  }

  /** {@code int (*proc_release)(struct inode *, struct file *)}. */
  @FunctionalInterface
  public interface Release extends Serializable {
    /** Called once: when the file is closed, or when it is removed before that. @return ignored */
    int release(Inode inode, File file) throws Throwable;
  }

  /** May be null: nothing to do. */
  public Open proc_open;

  /** If null, reading fails with EIO. */
  public Read proc_read;

  /** If null, writing fails with EIO. */
  public Write proc_write;

  /** If null, seeking fails with ESPIPE. */
  public Lseek proc_lseek;

  /** May be null: nothing to do. */
  public Release proc_release;
}
