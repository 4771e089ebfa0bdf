package jiffy.runtime;

import jiffy.kernel.Current;
import jiffy.kernel.LogOps;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.console.CapturedLog;

/** What modules and the kernel itself print goes to the log. Thread safe, any context. */
final class KernelPrintk implements LogOps, KernelLog, CapturedLog {
  private static final String CONT = "\u0001c";

  private final Log log;

  KernelPrintk(Log log) {
    this.log = log;
  }

  @Override
  public int printk(
      Current current,
      int level,
      String format,
      int shape,
      long a,
      long b,
      long c,
      Object x,
      Object y,
      Object z) {
    String text = level == LEVEL_CONT ? CONT + format : format;
    return log.vprintk(current, Math.max(level, -1), text, shape, a, b, c, x, y, z);
  }

  @Override
  public int printk(Current current, int level, String format, Object[] arguments) {
    String text = level == LEVEL_CONT ? CONT + format : format;
    Object[] given = arguments == null ? new Object[] {null} : arguments;
    return log.vprintk(current, Math.max(level, -1), text, given);
  }

  @Override
  public int vprintkEmit(
      Current current,
      int level,
      String subsystem,
      String device,
      String format,
      Object[] arguments) {
    Object[] given = arguments == null ? new Object[] {null} : arguments;
    return log.vprintk(current, level, subsystem, device, format, given);
  }

  @Override
  public String format(String format, Object[] arguments) {
    return log.format(format, arguments == null ? new Object[] {null} : arguments);
  }

  @Override
  public byte[] formatBytes(String format, Object[] arguments) {
    return log.formatBytes(format, arguments == null ? new Object[] {null} : arguments);
  }

  @Override
  public void print(int level, String text) {
    log.emit(Current.orNull(), 0, level, text);
  }

  @Override
  public void capture(Current current, int facility, int level, String text) {
    log.emit(current, facility, level, text);
  }

  /** The first messages of a kernel. */
  void printBanner(BootParameters parameters) {
    print(KernelLog.NOTICE, KernelFiles.version());
    print(KernelLog.INFO, "Command line: " + parameters.commandLine());
    if (!parameters.unknown().isEmpty()) {
      print(
          KernelLog.NOTICE,
          "Unknown kernel command line parameters \""
              + String.join(" ", parameters.unknown())
              + "\": ignored");
    }
  }
}
