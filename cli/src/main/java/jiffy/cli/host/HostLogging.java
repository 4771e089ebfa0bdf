package jiffy.cli.host;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.Consumer;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;
import jiffy.cli.tool.Strerror;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.config.DefaultConfiguration;

/**
 * The logging libraries in a JVM that is a kernel's alone: what {@code log4j2.xml} wants to know,
 * and their end. What a user has configured himself stays.
 */
final class HostLogging {
  /** Where console.log goes; not set: there is none. */
  private static final String CONSOLE_LOG = "jiffy.console.log";

  private static final String NO_HOOK = "log4j.shutdownHookEnabled";

  private static final String[] JUL_CONFIGURATION = {
    "java.util.logging.config.file", "java.util.logging.config.class", "java.util.logging.manager"
  };

  private HostLogging() {}

  /** Whoever starts Log4j first: consoles are closed with the kernel, not by a hook at a signal. */
  static void withoutHook() {
    System.setProperty(NO_HOOK, "false");
  }

  /**
   * Says where the console's file is, before anybody starts Log4j.
   *
   * @param say gets the reason if there can be none
   */
  static void prepare(Path consoleLog, Consumer<String> say) {
    boolean isNew = Files.notExists(consoleLog);
    try {
      FileChannel.open(consoleLog, StandardOpenOption.CREATE, StandardOpenOption.APPEND).close();
      if (isNew) {
        Files.delete(consoleLog); // a user's own configuration may want none
      }
      System.setProperty(CONSOLE_LOG, consoleLog.toString());
    } catch (IOException e) {
      say.accept("no console.log: " + consoleLog + ": " + Strerror.of(e));
    }
  }

  /** What java.util.logging prints to standard error by itself comes by the kernel's log now. */
  static void takeOver() {
    for (String property : JUL_CONFIGURATION) {
      if (System.getProperty(property) != null) {
        return;
      }
    }
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      if (handler instanceof ConsoleHandler) {
        root.removeHandler(handler);
      }
    }
  }

  /**
   * Once Log4j has started.
   *
   * @param say told if a user's configuration is not there, in words that Log4j has not
   */
  static void check(Consumer<String> say) {
    if (LogManager.getContext(false) instanceof LoggerContext context
        && context.getConfiguration() instanceof DefaultConfiguration) {
      String file = System.getProperty("log4j2.configurationFile", "its class path");
      say.accept("Log4j finds no configuration in " + file + ": the console shows errors only");
    }
  }

  /**
   * Writes out what appenders still hold; waits no longer than that for a terminal that is stopped.
   */
  static void close(long millis) {
    Thread shutdown = new Thread(LogManager::shutdown, "jiffy-logging-end");
    shutdown.setDaemon(true);
    shutdown.start();
    try {
      shutdown.join(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
