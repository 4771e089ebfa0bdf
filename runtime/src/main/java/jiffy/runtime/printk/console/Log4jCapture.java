package jiffy.runtime.printk.console;

import java.beans.PropertyChangeEvent;
import java.beans.PropertyChangeListener;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.Configuration;

/**
 * Sees to it that a Log4j context has an appender {@code Kmsg} while a kernel has opted in: its
 * configuration's own, else one at the root logger, again after each new configuration. One a
 * context, which keeps it.
 *
 * <p>Thread safety: any thread; opening and closing exclude each other.
 */
final class Log4jCapture implements PropertyChangeListener {
  private static final String KEY = Log4jCapture.class.getName();
  private static final String APPENDER = "jiffy.Kmsg";

  private final OptedIn optedIn = new OptedIn();

  private Log4jCapture() {}

  /** The context's, made at the first call. */
  static Log4jCapture of(LoggerContext context) {
    Log4jCapture made = new Log4jCapture();
    Object before = context.putObjectIfAbsent(KEY, made);
    return before == null ? made : (Log4jCapture) before;
  }

  synchronized void open(LoggerContext context, CapturedLog log) {
    if (optedIn.isEmpty()) {
      context.addPropertyChangeListener(this);
    }
    optedIn.add(log);
    attach(context, context.getConfiguration());
  }

  synchronized void close(LoggerContext context, CapturedLog log) {
    optedIn.remove(log);
    if (optedIn.isEmpty()) {
      context.removePropertyChangeListener(this);
      Configuration configuration = context.getConfiguration();
      configuration.getRootLogger().removeAppender(APPENDER);
      configuration.getAppenders().remove(APPENDER); // not stopped: somebody may be writing to it
    }
  }

  /** Called in the midst of a reconfiguration, under Log4j's lock: takes none of ours. */
  @Override
  public void propertyChange(PropertyChangeEvent change) {
    if (change.getPropertyName().equals(LoggerContext.PROPERTY_CONFIG)) {
      attach((LoggerContext) change.getSource(), (Configuration) change.getNewValue());
    }
  }

  private void attach(LoggerContext context, Configuration configuration) {
    boolean isCaptured = false;
    for (Appender appender : configuration.getAppenders().values()) {
      if (appender instanceof KmsgAppender) {
        ((KmsgAppender) appender).serve(optedIn);
        isCaptured = true;
      }
    }
    if (isCaptured) {
      return; // whoever wrote it knows better which loggers are to be captured
    }
    KmsgAppender appender = KmsgAppender.create(APPENDER, null);
    appender.serve(optedIn);
    appender.start();
    configuration.addAppender(appender);
    configuration.getRootLogger().addAppender(appender, null, null);
    context.updateLoggers(configuration);
  }
}
