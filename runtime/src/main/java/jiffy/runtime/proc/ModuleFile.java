package jiffy.runtime.proc;

import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.EIO;

import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.types.File;
import jiffy.types.Inode;
import jiffy.types.UserBuffer;

/**
 * A module's file, open: its functions run on the reader's task, for the module. It holds the
 * module until it is closed.
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
  private final Inode inode;
  private final File file;
  private final AtomicBoolean closed = new AtomicBoolean();
  private int error;

  ModuleFile(Entry entry, ModuleHold hold, KernelLog log) {
    this.entry = entry;
    this.hold = hold;
    this.log = log;
    this.inode = new Inode(entry.struct);
    this.file = new File(inode);
  }

  /** {@code proc_open}; the module is held. */
  void open(Context caller) {
    if (entry.struct.__ops.proc_open != null) {
      error = (int) call(caller, "open", () -> entry.struct.__ops.proc_open.open(inode, file));
      if (error != 0) {
        letGo();
      }
    }
  }

  @Override
  public int error() {
    return error;
  }

  @Override
  public long read(Context caller, byte[] into, int count) {
    if (entry.struct.__ops.proc_read == null) {
      return -EIO;
    }
    UserBuffer buffer = new UserBuffer(into, count);
    long got =
        call(
            caller,
            "read",
            () -> entry.struct.__ops.proc_read.read(file, buffer, count, file.f_pos));
    return Math.min(got, count);
  }

  /** {@code use_pde}, the call, {@code unuse_pde}. */
  private long call(Context caller, String what, Call body) {
    if (!entry.enter(caller.task())) {
      return -EIO; // removed since it was opened
    }
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
      entry.leave(caller.task());
      putRight(caller, what);
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
    if (error == 0 && !closed.get() && entry.struct.__ops.proc_release != null) {
      Context caller = (Context) Current.get();
      call(caller, "release", () -> entry.struct.__ops.proc_release.release(inode, file));
    }
    letGo();
  }

  private void letGo() {
    if (!closed.getAndSet(true)) {
      hold.put(entry.owner());
    }
  }
}
