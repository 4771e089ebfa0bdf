package jiffy.benchmarks.printk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.LoggerContext;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;

/** Log4j 2, synchronous or not, in front of an appender that drops all or one that writes. */
final class Log4jTarget implements Target {
  private final LoggerContext context;
  private final Path file;
  private final Logger logger;

  /**
   * @param name log4j-null, log4j-async-null, log4j-async-file
   */
  Log4jTarget(String name) throws IOException {
    ConfigurationBuilder<BuiltConfiguration> builder =
        ConfigurationBuilderFactory.newConfigurationBuilder();
    builder.setStatusLevel(Level.ERROR);
    file = Files.createTempFile("bench", ".log");
    if (name.endsWith("file")) {
      builder.add(
          builder
              .newAppender("out", "RandomAccessFile")
              .addAttribute("fileName", file.toString())
              .addAttribute("append", false)
              .addAttribute("immediateFlush", false)
              .add(builder.newLayout("PatternLayout").addAttribute("pattern", "%N %m%n")));
    } else {
      builder.add(builder.newAppender("out", "Null"));
    }
    builder.add(builder.newRootLogger(Level.INFO).add(builder.newAppenderRef("out")));
    context = name.contains("async") ? new AsyncLoggerContext("bench") : new LoggerContext("bench");
    context.start(builder.build(false));
    logger = context.getLogger("bench");
  }

  @Override
  public Writer writer() {
    return number -> logger.info(TEXT + "{}", number);
  }

  @Override
  public void close() throws IOException {
    context.stop();
    Files.delete(file);
  }
}
