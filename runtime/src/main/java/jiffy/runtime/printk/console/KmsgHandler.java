package jiffy.runtime.printk.console;

import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * A handler of java.util.logging, as {@code Kmsg} is an appender of Log4j: records go to the log of
 * the kernel that they belong to, as {@link LogCapture} tells, which also adds one to the root
 * logger. In a {@code logging.properties}: {@code handlers =
 * jiffy.runtime.printk.console.KmsgHandler}.
 *
 * <p>It stores on the thread that logs and waits for nothing. Thread safe.
 */
public final class KmsgHandler extends Handler {
  private static final Formatter MESSAGES =
      new Formatter() {
        @Override
        public String format(LogRecord event) {
          return formatMessage(event);
        }
      };

  private final OptedIn optedIn = new OptedIn();

  /** Made by this class, not by somebody's configuration: goes with the last kernel. */
  private final boolean isOurs;

  /** For java.util.logging: takes all levels. */
  public KmsgHandler() {
    this(false);
  }

  private KmsgHandler(boolean isOurs) {
    this.isOurs = isOurs;
    setLevel(Level.ALL);
  }

  /** Adds a handler to the root logger, if there is none, and the log to that. */
  static void open(CapturedLog log) {
    Logger root = Logger.getLogger("");
    synchronized (KmsgHandler.class) {
      KmsgHandler handler = find(root);
      if (handler == null) {
        handler = new KmsgHandler(true);
        root.addHandler(handler);
      }
      handler.optedIn.add(log);
    }
  }

  /** Undoes one {@link #open}. */
  static void close(CapturedLog log) {
    Logger root = Logger.getLogger("");
    synchronized (KmsgHandler.class) {
      KmsgHandler handler = find(root);
      if (handler != null) {
        handler.optedIn.remove(log);
        if (handler.isOurs && handler.optedIn.isEmpty()) {
          root.removeHandler(handler);
        }
      }
    }
  }

  private static KmsgHandler find(Logger root) {
    for (Handler handler : root.getHandlers()) {
      if (handler instanceof KmsgHandler) {
        return (KmsgHandler) handler;
      }
    }
    return null;
  }

  @Override
  public void publish(LogRecord event) {
    if (isLoggable(event)) {
      LibraryEvent.store(
          optedIn,
          event.getLoggerName(),
          KmsgLevels.kernel(event.getLevel()),
          () -> MESSAGES.formatMessage(event),
          event.getThrown());
    }
  }

  @Override
  public void flush() {
    // What has been published is in the log.
  }

  @Override
  public void close() {
    // Nothing is held open.
  }
}
