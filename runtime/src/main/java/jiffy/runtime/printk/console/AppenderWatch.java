package jiffy.runtime.printk.console;

import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.ErrorHandler;
import org.apache.logging.log4j.core.LogEvent;

/**
 * Learns whether an appender takes what the console writes, which Log4j tells nobody but its error
 * handler: this takes the handler's place for the console's thread, and passes on what fails on
 * others.
 *
 * <p>Thread safety: the console's thread only, but for the errors of other threads.
 */
final class AppenderWatch implements ErrorHandler {
  private final Appender appender;
  private final String logger;
  private ErrorHandler before; // guarded by the class, when it is changed
  private volatile Thread console = Thread.currentThread();

  private boolean failed;
  private Throwable cause;
  private boolean isKnown;
  private long untold;

  private AppenderWatch(Appender appender, String logger) {
    this.appender = appender;
    this.logger = logger;
    this.before = appender.getHandler();
  }

  /**
   * Begins to watch, for the calling thread.
   *
   * @param logger whose events are the console's
   * @param untold what the watch before has not said
   */
  static AppenderWatch over(Appender appender, String logger, long untold) {
    synchronized (AppenderWatch.class) { // another kernel's console may do the same
      AppenderWatch watch = new AppenderWatch(appender, logger);
      watch.untold = untold;
      appender.setHandler(watch);
      return watch;
    }
  }

  /** Takes this out again, wherever in the row of handlers it stands by now. */
  void leave() {
    synchronized (AppenderWatch.class) {
      console = null;
      if (appender.getHandler() == this) {
        appender.setHandler(before);
        return;
      }
      ErrorHandler each = appender.getHandler();
      while (each instanceof AppenderWatch) {
        AppenderWatch watch = (AppenderWatch) each;
        if (watch.before == this) {
          watch.before = before;
          return;
        }
        each = watch.before;
      }
    }
  }

  String name() {
    return appender.getName();
  }

  /** How many records it did not take, and nobody was told. */
  long untold() {
    return untold;
  }

  /** An event is about to be written. */
  void begin() {
    failed = false;
    cause = null;
  }

  /** Says what was lost, if that can be written now; else it is tried again with the next event. */
  void tell(LogEvent sentence) {
    begin();
    try {
      if (appender.isStarted()) {
        appender.append(sentence);
      } else {
        failed = true;
      }
    } catch (RuntimeException | Error e) {
      failed = true;
    }
    if (!failed) {
      untold = 0;
      isKnown = false;
    }
  }

  /** The event has been written, or not. @return whether it was not */
  boolean end() {
    untold += failed ? 1 : 0;
    return failed;
  }

  /** Why it fails, once for each time that it begins to; else null. */
  String complaint() {
    if (!failed || isKnown) {
      return null;
    }
    isKnown = true;
    return "console: appender "
        + name()
        + " fails"
        + (cause == null ? "" : ": " + innermost(cause))
        + ": what it does not take is counted, and told when it works again";
  }

  /** What an appender's exceptions wrap is what has happened. */
  static String innermost(Throwable thrown) {
    Throwable inner = thrown;
    for (int depth = 0; inner.getCause() != null && depth < 8; depth++) {
      inner = inner.getCause();
    }
    return inner.getMessage() == null ? inner.getClass().getName() : inner.getMessage();
  }

  @Override
  public void error(String message) {
    if (Thread.currentThread() == console && !appender.isStarted()) {
      fail(null);
    } else {
      before.error(message); // such as: it has logged, and would have to write that itself
    }
  }

  @Override
  public void error(String message, Throwable thrown) {
    if (Thread.currentThread() == console) {
      fail(thrown);
    } else {
      before.error(message, thrown);
    }
  }

  @Override
  public void error(String message, LogEvent event, Throwable thrown) {
    if (Thread.currentThread() == console && event.getLoggerName().equals(logger)) {
      fail(thrown);
    } else {
      before.error(message, event, thrown);
    }
  }

  private void fail(Throwable thrown) {
    failed = true;
    cause = thrown;
  }
}
