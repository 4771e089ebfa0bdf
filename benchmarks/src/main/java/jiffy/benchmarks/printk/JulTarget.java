package jiffy.benchmarks.printk;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.MemoryHandler;

/** java.util.logging's ring of records, parameters unformatted. */
final class JulTarget implements Target {
  private static final int LINES = 1 << 13;

  private final Logger logger = Logger.getLogger("bench");
  private final MemoryHandler memory = new MemoryHandler(new Nowhere(), LINES, Level.OFF);

  private static final class Nowhere extends Handler {
    @Override
    public void publish(LogRecord record) {}

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  JulTarget() {
    logger.setUseParentHandlers(false);
    logger.addHandler(memory);
  }

  @Override
  public Writer writer() {
    return number -> logger.log(Level.INFO, TEXT + "{0}", number);
  }

  @Override
  public void close() {
    logger.removeHandler(memory);
  }
}
