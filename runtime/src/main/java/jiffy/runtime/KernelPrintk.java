package jiffy.runtime;

import jiffy.kernel.Current;
import jiffy.kernel.LogOps;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.LogRecord;
import jiffy.runtime.time.JiffiesClock;

/** printk with the clock and the caller filled in. Thread safe, any context. */
final class KernelPrintk implements LogOps, KernelLog {
  private static final String CONT = "\u0001c";

  private final Log log;
  private final JiffiesClock clock;

  KernelPrintk(Log log, JiffiesClock clock) {
    this.log = log;
    this.clock = clock;
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
    return log.vprintk(
        clock.sinceBoot(), callerId(current), Math.max(level, -1), text, shape, a, b, c, x, y, z);
  }

  @Override
  public int printk(Current current, int level, String format, Object[] arguments) {
    String text = level == LEVEL_CONT ? CONT + format : format;
    Object[] given = arguments == null ? new Object[] {null} : arguments;
    return log.vprintk(clock.sinceBoot(), callerId(current), Math.max(level, -1), text, given);
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
    log.emit(clock.sinceBoot(), callerId(Current.orNull()), 0, level, text);
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

  private static int callerId(Current current) {
    if (current == null) {
      return 0;
    }
    Context context = (Context) current;
    return context.inHandler() ? LogRecord.CPU_CALLER | context.cpu.number : context.task().pid;
  }
}
