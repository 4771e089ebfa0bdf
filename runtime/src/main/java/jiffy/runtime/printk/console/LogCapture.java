package jiffy.runtime.printk.console;

import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;

/**
 * While it is open, what libraries log by Log4j 2, SLF4J and java.util.logging gets into kernels'
 * logs, as {@code logger: message}.
 *
 * <p>Each event goes to one kernel: that of the thread that logs; else that of the module whose
 * code logs; else the one that opened this, the first if several have. Levels are as in {@code
 * docs/logging.md}; which of them are logged at all is the libraries' configuration. What was
 * thrown follows, a record a line. Events of the logger {@code kmsg}, and what appenders log while
 * a console writes, stay outside: nothing goes round.
 *
 * <p>With Log4j that is the appender {@link KmsgAppender}, at the root logger unless the
 * configuration has one of its own; with java.util.logging a {@link KmsgHandler} at the root
 * logger. SLF4J is what Log4j is bound to. After {@code LogManager.shutdown()} it has to be opened
 * again.
 *
 * <p>Thread safety: any thread, not in atomic context; storing an event waits for nothing.
 */
public final class LogCapture implements AutoCloseable {
  private static final int USER = 1;

  private final CapturedLog log;

  /** Null: Log4j's API is bound to something else here. */
  private final LoggerContext context;

  private final AtomicBoolean closed = new AtomicBoolean();

  private LogCapture(CapturedLog log, LoggerContext context) {
    this.log = log;
    this.context = context;
  }

  /** Begins; starts Log4j, if nobody has. @param log takes what belongs to no other kernel */
  public static LogCapture open(CapturedLog log) {
    ClassLoader loader = LogCapture.class.getClassLoader();
    Object found = LogManager.getContext(loader, false);
    if (found instanceof LoggerContext) {
      return open(log, (LoggerContext) found);
    }
    log.capture(
        null,
        USER,
        KmsgLevels.WARNING,
        "capture: Log4j's API is bound to "
            + found.getClass().getName()
            + ", not to log4j-core: of the libraries only java.util.logging is captured");
    return open(log, null);
  }

  /** As above, in a Log4j context of one's own. */
  static LogCapture open(CapturedLog log, LoggerContext context) {
    if (context != null) {
      Log4jCapture.of(context).open(context, log);
    }
    KmsgHandler.open(log);
    return new LogCapture(log, context);
  }

  /** Whether it has ended. */
  public boolean isClosed() {
    return closed.get();
  }

  /** Ends it for this kernel; once, later calls do nothing. */
  @Override
  public void close() {
    if (closed.getAndSet(true)) {
      return;
    }
    KmsgHandler.close(log);
    if (context != null) {
      Log4jCapture.of(context).close(context, log);
    }
  }
}
