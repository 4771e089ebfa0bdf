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
 * <p>Records go to the stream as they are, through the logger {@code kmsg} of a Log4j context of
 * its own, which nobody else's configuration or shutdown touches. What libraries log goes there
 * too, from level WARN, with the logger's name in front; it does not enter the ring, so nothing can
 * loop. Their root appender is the seam where a capturing one will take its place. If the system
 * property {@code log4j2.configurationFile} names a file, that file rules and nothing is set up
 * here.
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
    Configurator.reconfigure(new ToStream(stream, false)); // for libraries; one may have started it
    LoggerContext kmsg = new LoggerContext("jiffy");
    kmsg.start(new ToStream(stream, true));
    return kmsg.getLogger(NAME);
  }

  private static final class ToStream extends AbstractConfiguration {
    private final PrintStream stream;
    private final boolean kmsg;

    ToStream(PrintStream stream, boolean kmsg) {
      super(null, ConfigurationSource.NULL_SOURCE);
      this.stream = stream;
      this.kmsg = kmsg;
      isShutdownHookEnabled = false;
      setName("jiffy");
    }

    @Override
    protected void doConfigure() {
      Appender appender = appender("jiffy", kmsg ? "%m%n" : "%c: %m%n%xEx");
      addAppender(appender);
      LoggerConfig root = getRootLogger();
      root.setLevel(kmsg ? Level.ALL : Level.WARN);
      root.addAppender(appender, null, null);
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
