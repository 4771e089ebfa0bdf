package jiffy.runtime;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NotDirectoryException;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.Stamper;
import jiffy.runtime.printk.format.Symbolizer;
import jiffy.runtime.printk.pstore.Pstore;
import jiffy.runtime.printk.ring.LogRing;

/** A machine's log as the command line has it: size, first level, crash file. */
final class BootLog implements AutoCloseable {
  /** What there is to say about it, once the banner has been printed. */
  private record Remark(int level, String text) {}

  private static final int DEFAULT_BYTES = 1 << 20;

  private final List<Remark> remarks = new ArrayList<>();
  private final Pstore pstore; // or null
  final Log log;

  /**
   * @throws IllegalArgumentException if the crash file cannot be; the message says why
   */
  BootLog(BootParameters parameters, Arch arch, Symbolizer symbols, Stamper stamper) {
    LogRing ring = ring(parameters.logBufLen());
    this.pstore = parameters.pstore().isPresent() ? open(parameters, arch, ring) : null;
    this.log = new Log(ring, symbols, stamper);
    parameters.loglevel().ifPresent(level -> log.levels().boot(level));
  }

  /** As Linux: a log that finds no room is smaller, and the kernel boots all the same. */
  private LogRing ring(int bytes) {
    try {
      return new LogRing(bytes);
    } catch (OutOfMemoryError e) {
      remarks.add(
          new Remark(
              KernelLog.ERR,
              "log_buf_len: " + bytes + " text bytes not available: the log has " + DEFAULT_BYTES));
      return new LogRing(DEFAULT_BYTES);
    }
  }

  private Pstore open(BootParameters parameters, Arch arch, LogRing ring) {
    try {
      Pstore opened =
          Pstore.open(
              parameters.pstore().orElseThrow(),
              ring.descriptors(),
              ring.capacity(),
              ProcessHandle.current().pid(),
              arch.wallClock(),
              parameters.name(),
              parameters.commandLine());
      ring.keepIn(opened.image());
      opened.news().forEach(text -> remarks.add(new Remark(KernelLog.NOTICE, text)));
      return opened;
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "pstore=" + parameters.pstore().orElseThrow() + ": " + reason(e), e);
    }
  }

  /** A file system's exception says in its class what is wrong, in its message only where. */
  private static String reason(IOException e) {
    if (e instanceof AccessDeniedException) {
      return e.getMessage() + ": permission denied";
    }
    if (e instanceof FileAlreadyExistsException || e instanceof NotDirectoryException) {
      return e.getMessage() + " is no directory";
    }
    return e.getMessage();
  }

  /** Prints what there was to say. */
  void remark(KernelLog to) {
    remarks.forEach(remark -> to.print(remark.level(), remark.text()));
  }

  /** The machine is halted in order. */
  @Override
  public void close() {
    if (pstore != null) {
      pstore.close();
    }
  }
}
