package jiffy.runtime.proc;

import static jiffy.linux.Errno.EBADF;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Errno.ESPIPE;
import static jiffy.linux.Fs.FMODE_READ;
import static jiffy.linux.Fs.FMODE_WRITE;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.Fs.O_WRONLY;

import java.util.Locale;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.types.File;
import jiffy.types.Inode;
import jiffy.types.LoffT;
import jiffy.types.ProcOps;
import jiffy.types.TaskStruct;
import jiffy.types.UserBuffer;

/**
 * A module's file, open: its functions run on the opener's task, for the module. It holds the
 * module until it is closed.
 *
 * <p>Removed before it is closed, it is released by who removes it, once nobody is inside; what
 * comes afterwards gets EIO. A task that removes it from inside closes it itself.
 */
final class ModuleFile implements OpenFile {
  /** What is called. */
  @FunctionalInterface
  private interface Call {
    long run() throws Throwable;
  }

  private final Entry entry;
  private final ModuleHold hold;
  private final KernelLog log;
  private final ProcOps ops;
  private final Inode inode;
  private final File file;
  private final AtomicBoolean released = new AtomicBoolean();
  private final AtomicBoolean closed = new AtomicBoolean();

  /** Whose function runs, of the opener's. */
  private volatile TaskStruct user;

  /** Removed by its own function: it is released when it is closed. */
  private volatile boolean isOwnRemoval;

  /** All that hold a module. */
  private final Set<ModuleFile> pins;

  /** Who opened it. */
  private final TaskStruct opener;

  private int error;

  ModuleFile(
      Entry entry,
      TaskStruct opener,
      Set<ModuleFile> pins,
      ModuleHold hold,
      KernelLog log,
      int flags) {
    this.pins = pins;
    this.opener = opener;
    this.entry = entry;
    this.hold = hold;
    this.log = log;
    this.ops = entry.struct.__ops;
    this.inode = new Inode(entry.struct);
    this.file = new File(inode, flags, modeOf(flags));
  }

  /** What a file opened with these flags may be used for. */
  static int modeOf(int flags) {
    return switch (flags & (O_WRONLY | O_RDWR)) {
      case O_RDONLY -> FMODE_READ;
      case O_WRONLY -> FMODE_WRITE;
      default -> FMODE_READ | FMODE_WRITE;
    };
  }

  /** {@code proc_reg_open}; the module is held. */
  void open(Context caller) {
    pins.add(this);
    error = (int) call(caller, "open", -ENOENT, this::openInside);
    if (error > 0) {
      log.print(
          KernelLog.WARNING,
          entry.owner().name
              + ": proc_open of "
              + entry.path
              + " returned "
              + error
              + ", it should be 0 or a negative errno: not opened");
      error = -EINVAL;
    }
    if (error != 0) {
      letGo();
    }
  }

  /** Who removes it waits until this is over, and then finds it among the open ones. */
  private long openInside() throws Throwable {
    int result = ops.proc_open == null ? 0 : ops.proc_open.open(inode, file);
    if (result == 0 && ops.proc_release != null) {
      entry.open().add(this);
    }
    return result;
  }

  Owner owner() {
    return entry.owner();
  }

  /** {@code open file /proc/kt by cat/97}. */
  @Override
  public String toString() {
    return "open file " + entry.path + " by " + opener;
  }

  @Override
  public int error() {
    return error;
  }

  @Override
  public long read(Context caller, byte[] into, int count) {
    return read(caller, into, count, file.f_pos);
  }

  @Override
  public long readAt(Context caller, byte[] into, int count, long offset) {
    LoffT pos = new LoffT();
    pos.value = offset;
    return read(caller, into, count, pos);
  }

  private long read(Context caller, byte[] into, int count, LoffT pos) {
    int refused = verify(FMODE_READ, count, pos);
    if (refused != 0) {
      return refused;
    }
    UserBuffer buffer = new UserBuffer(into, 0, count, caller.task());
    long got =
        call(
            caller,
            "read",
            -EIO,
            () -> ops.proc_read == null ? -EIO : ops.proc_read.read(file, buffer, count, pos));
    return Math.min(got, count);
  }

  @Override
  public long write(Context caller, byte[] from, int start, int count) {
    int refused = verify(FMODE_WRITE, count, file.f_pos);
    if (refused != 0) {
      return refused;
    }
    UserBuffer buffer = new UserBuffer(from, start, count, caller.task());
    long taken =
        call(
            caller,
            "write",
            -EIO,
            () ->
                ops.proc_write == null
                    ? -EIO
                    : ops.proc_write.write(file, buffer, count, file.f_pos));
    return Math.min(taken, count);
  }

  /** {@code rw_verify_area}: what the module need not expect. @return 0 or a negative errno */
  private int verify(int mode, int count, LoffT pos) {
    if (error != 0) {
      return error;
    }
    if ((file.f_mode & mode) == 0) {
      return -EBADF;
    }
    return count < 0 || pos.value < 0 || pos.value + count < 0 ? -EINVAL : 0;
  }

  @Override
  public long seek(Context caller, long offset, int whence) {
    if (error != 0) {
      return error;
    }
    return ops.proc_lseek == null
        ? -ESPIPE
        : call(caller, "lseek", -EIO, () -> ops.proc_lseek.lseek(file, offset, whence));
  }

  /** {@code use_pde}, the call, {@code unuse_pde}. @param removed what it is once that fails */
  private long call(Context caller, String what, int removed, Call body) {
    if (!entry.enter(caller.task())) {
      return removed;
    }
    user = caller.task();
    try {
      return run(caller, what, body);
    } finally {
      user = null;
      entry.leave(caller.task());
    }
  }

  private long run(Context caller, String what, Call body) {
    boolean isPlain = caller.preemptCount() == 0 && !caller.irqsDisabled();
    Owner before = caller.setOwner(entry.owner());
    try {
      return body.run();
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      hold.oopsed();
      Oops.print(log, entry.owner().name, "proc_" + what + " of " + entry.path, e, caller);
      return -EFAULT;
    } finally {
      caller.setOwner(before);
      if (isPlain) {
        putRight(caller, what);
      }
    }
  }

  /** A task goes back to its user with nothing disabled. */
  private void putRight(Context caller, String what) {
    if (caller.preemptCount() != 0 || caller.irqsDisabled()) {
      log.print(
          KernelLog.WARNING,
          String.format(
              Locale.ROOT,
              "%s: proc_%s of %s returned with preempt_count %08x%s",
              entry.owner().name,
              what,
              entry.path,
              caller.preemptCount(),
              caller.irqsDisabled() ? ", irqs disabled" : ""));
      caller.enableAll();
    }
  }

  @Override
  public void close() {
    if (entry.open().contains(this)) {
      Context caller = (Context) Current.get();
      if (isOwnRemoval) {
        run(caller, "release", this::release);
      } else {
        call(caller, "release", 0, this::release); // removed meanwhile: who removes it does it
      }
    }
    letGo();
  }

  /** {@code close_pdeo}: the file is removed, nobody is inside but perhaps the remover itself. */
  void releaseRemoved(Context remover) {
    if (user == remover.task()) {
      isOwnRemoval = true;
    } else {
      run(remover, "release", this::release);
    }
  }

  private long release() throws Throwable {
    entry.open().remove(this);
    return released.getAndSet(true) ? 0 : ops.proc_release.release(inode, file);
  }

  private void letGo() {
    if (!closed.getAndSet(true)) {
      pins.remove(this);
      hold.put(entry.owner());
    }
  }
}
