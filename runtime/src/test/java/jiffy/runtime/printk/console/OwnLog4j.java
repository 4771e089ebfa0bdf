package jiffy.runtime.printk.console;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.appender.AppenderLoggingException;
import org.apache.logging.log4j.core.appender.OutputStreamAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.layout.PatternLayout;

/** A Log4j context of a test's own: what it is told, the other tests of the JVM do not see. */
final class OwnLog4j implements AutoCloseable {
  final LoggerContext context = new LoggerContext("test");

  /** Keeps events, or fails. */
  static final class Kept extends AbstractAppender {
    final List<LogEvent> events = new CopyOnWriteArrayList<>();
    volatile boolean fails;

    Kept(String name, boolean ignoreExceptions) {
      super(name, null, null, ignoreExceptions, Property.EMPTY_ARRAY);
    }

    @Override
    public void append(LogEvent event) {
      if (fails) {
        throw new AppenderLoggingException("cannot write", new IllegalStateException("disk full"));
      }
      events.add(event.toImmutable());
    }

    List<String> messages() {
      return events.stream().map(event -> event.getMessage().getFormattedMessage()).toList();
    }
  }

  /** All appenders at the root logger, for all levels. */
  OwnLog4j(Appender... appenders) {
    context.start(configuration(Level.ALL, appenders));
  }

  static Configuration configuration(Level level, Appender... appenders) {
    return new AbstractConfiguration(null, ConfigurationSource.NULL_SOURCE) {
      @Override
      protected void doConfigure() {
        isShutdownHookEnabled = false;
        getRootLogger().setLevel(level);
        for (Appender appender : appenders) {
          appender.start();
          addAppender(appender);
          getRootLogger().addAppender(appender, null, null);
        }
      }
    };
  }

  /** As Linux's consoles. */
  static Appender stream(String name, OutputStream stream) {
    PatternLayout layout =
        PatternLayout.newBuilder().setPattern("%kmsg%n").setCharset(StandardCharsets.UTF_8).build();
    return OutputStreamAppender.newBuilder()
        .setName(name)
        .setTarget(stream)
        .setLayout(layout)
        .build();
  }

  Logger kmsg() {
    return context.getLogger(Console.LOGGER);
  }

  @Override
  public void close() {
    context.stop();
  }
}
