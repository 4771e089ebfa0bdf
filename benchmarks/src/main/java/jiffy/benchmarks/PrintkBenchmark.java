package jiffy.benchmarks;

import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;

import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.async.AsyncLoggerContext;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilder;
import org.apache.logging.log4j.core.config.builder.api.ConfigurationBuilderFactory;
import org.apache.logging.log4j.core.config.builder.impl.BuiltConfiguration;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One record of 80 bytes with a number: printk into the ring beside a Log4j 2 asynchronous logger
 * in front of an appender that drops everything. {@code scripts/bench PrintkBenchmark}; add {@code
 * -prof gc} for bytes a record.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 5, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Fork(2)
public class PrintkBenchmark {
  private static final String TEXT =
      "an eighty byte line such as a driver prints now and then, with one number: ";

  private long number;

  /** Log4j 2, asynchronous. */
  @State(Scope.Benchmark)
  public static class Log4j {
    AsyncLoggerContext context;
    Logger logger;

    /** Starts it. */
    @Setup
    public void start() {
      ConfigurationBuilder<BuiltConfiguration> builder =
          ConfigurationBuilderFactory.newConfigurationBuilder();
      builder.setStatusLevel(Level.ERROR);
      builder.add(builder.newAppender("drop", "Null"));
      builder.add(builder.newRootLogger(Level.INFO).add(builder.newAppenderRef("drop")));
      context = new AsyncLoggerContext("bench");
      context.start(builder.build(false));
      logger = context.getLogger("bench");
    }

    /** Stops it. */
    @TearDown
    public void stop() {
      context.stop();
    }
  }

  /** printk. */
  @Benchmark
  public int printk_jiffy(KernelState.OfThread thread) {
    return printk(KERN_INFO + TEXT + "%d\n", number++);
  }

  /** Peer. */
  @Benchmark
  public void peer_log4jAsync(Log4j log4j) {
    log4j.logger.info(TEXT + "{}", number++);
  }
}
