package jiffy.runtime.printk;

import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.appender.OutputStreamAppender;
import org.apache.logging.log4j.core.config.AbstractConfiguration;
import org.apache.logging.log4j.core.config.ConfigurationSource;
import org.apache.logging.log4j.core.config.Configurator;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.layout.PatternLayout;

/**
 * Sets Log4j up for a JVM that is all ours ({@code jiffy run}); an embedder configures Log4j itself
 * and hands its logger to {@link Console}.
 *
 * <p>Records go to the stream as they are, through the logger {@code kmsg}. What libraries log goes
 * there too, from level WARN, with the logger's name in front; it does not enter the ring, so
 * nothing can loop. The root appender is the seam where a capturing one will take its place. If the
 * system property {@code log4j2.configurationFile} names a file, that file rules and nothing is set
 * up here.
 */
public final class KmsgLogging {
  /** Name of the logger that consoles write to. */
  public static final String NAME = "kmsg";

  private static final String[] USER_CONFIGURATION = {
    "log4j2.configurationFile", "log4j.configurationFile"
  };

  private KmsgLogging() {}

  /**
   * Makes {@code kmsg} write to a stream. Starts Log4j, without looking for configuration files.
   *
   * @return the logger for {@link Console}
   */
  public static Logger configure(PrintStream stream) {
    for (String property : USER_CONFIGURATION) {
      if (System.getProperty(property) != null) {
        return LogManager.getLogger(NAME);
      }
    }
    // The log must outlive Log4j's own shutdown hook: modules are unloaded in ours, and print.
    System.setProperty("log4j.shutdownHookEnabled", "false");
    ToStream ours = new ToStream(stream);
    LoggerContext context = Configurator.initialize(KmsgLogging.class.getClassLoader(), ours);
    if (context.getConfiguration() != ours) {
      context.reconfigure(ours); // a library that logs has started Log4j before us
    }
    return context.getLogger(NAME);
  }

  private static final class ToStream extends AbstractConfiguration {
    private final PrintStream stream;

    ToStream(PrintStream stream) {
      super(null, ConfigurationSource.NULL_SOURCE);
      this.stream = stream;
      isShutdownHookEnabled = false;
      setName("jiffy");
    }

    @Override
    protected void doConfigure() {
      Appender kmsg = appender("kmsg", "%m%n");
      Appender libraries = appender("libraries", "%c: %m%n%xEx");
      addAppender(kmsg);
      addAppender(libraries);
      LoggerConfig logger = new LoggerConfig(NAME, Level.ALL, false);
      logger.addAppender(kmsg, null, null);
      addLogger(NAME, logger);
      LoggerConfig root = getRootLogger();
      root.setLevel(Level.WARN);
      root.addAppender(libraries, null, null);
    }

    private Appender appender(String name, String pattern) {
      PatternLayout layout =
          PatternLayout.newBuilder()
              .setConfiguration(this)
              .setPattern(pattern)
              .setCharset(StandardCharsets.UTF_8)
              .setAlwaysWriteExceptions(false)
              .build();
      OutputStreamAppender appender =
          OutputStreamAppender.createAppender(layout, null, stream, name, false, true);
      appender.start();
      return appender;
    }
  }
}
