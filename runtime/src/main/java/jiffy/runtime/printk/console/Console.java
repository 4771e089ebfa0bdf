package jiffy.runtime.printk.console;

import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import jiffy.runtime.printk.Log;
import jiffy.runtime.printk.LogLevels;
import jiffy.runtime.printk.ring.LogReader;
import jiffy.runtime.printk.ring.LogRecord;
import jiffy.runtime.printk.ring.LogRing;
import org.apache.logging.log4j.Logger;

/**
 * A console: replays the log to a Log4j logger, from the oldest record on, then follows it. Has a
 * host thread of its own, which parks while there is nothing new; a slow target makes it lose
 * records, which it says, and never holds up a writer. Not for simulated kernels.
 *
 * <p>An event's message is the record's text, its time the record's wall clock time. Its context
 * data says {@code module}, {@code cpu}, {@code pid}, {@code seq}, {@code uptime}, {@code facility}
 * and {@code severity}, and {@code subsystem} and {@code device} if the record has them: what
 * {@code %X}, JsonTemplateLayout and Syslog print. {@link KmsgConverter} prints it as Linux's
 * consoles do. Records at or above console_loglevel are left out.
 *
 * <p>What is lost is said where it was lost, once that works again: {@code ** 3 printk messages
 * dropped **}.
 *
 * <p>Thread safety: {@link #start} and {@link #stop} once each, from any thread.
 */
public final class Console {
  /** Name of the logger that consoles write to. */
  public static final String LOGGER = "kmsg";

  private static final long SHORTEST_PAUSE_NANOS = 20_000;
  private static final long LONGEST_PAUSE_NANOS = 50_000_000;
  private static final long FOREVER = Long.MAX_VALUE;

  private final LogRing ring;
  private final LogLevels levels;
  private final ConsoleTarget target;
  private final Thread thread;
  private final Runnable wake;

  /** Number of the first record not to show any more; everything before it is shown first. */
  private volatile long stopSeq = FOREVER;

  private volatile boolean parked;

  /** By its class a thread is known to be a console's. */
  private static final class Writer extends Thread {
    Writer(Runnable body) {
      super(body, "jiffy-console");
      setDaemon(true);
    }
  }

  /** As below; about a target that fails nothing is said but what was lost. */
  public Console(Log log, Logger target) {
    this(log, target, sentence -> {});
  }

  /**
   * Makes a console of {@code log}; nothing happens before {@link #start}.
   *
   * @param target gets the records: {@code LogManager.getLogger("kmsg")} as a rule
   * @param complaints gets a sentence when an appender of the target begins to fail, on the
   *     console's thread
   */
  public Console(Log log, Logger target, Consumer<String> complaints) {
    this.ring = log.ring();
    this.levels = log.levels();
    this.target = new ConsoleTarget(target, complaints);
    this.thread = new Writer(this::run);
    this.wake =
        () -> {
          if (parked) {
            LockSupport.unpark(thread);
          }
        };
  }

  /** Starts to replay and follow. */
  public void start() {
    ring.addListener(wake);
    thread.start();
  }

  /**
   * Shows what is in the log at this moment, then ends.
   *
   * @param timeoutMillis longest time to wait for a slow target
   * @return false if it did not get that far; it goes on as a daemon then
   */
  public boolean stop(long timeoutMillis) {
    stopSeq = ring.nextSeq();
    LockSupport.unpark(thread);
    boolean ended = false;
    try {
      thread.join(Math.max(1, timeoutMillis));
      ended = !thread.isAlive();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    ring.removeListener(wake);
    return ended;
  }

  /** How many records the target, or one of its appenders, did not take. */
  public long errors() {
    return target.errors();
  }

  /** Whether the calling thread is a console's: what it logs comes from writing the log. */
  static boolean isWriting() {
    return Thread.currentThread() instanceof Writer;
  }

  private void run() {
    LogReader reader = ring.reader();
    LogRecord record = new LogRecord();
    long pauseNanos = SHORTEST_PAUSE_NANOS;
    while (reader.position() < stopSeq) {
      if (reader.read(record)) {
        show(record);
        pauseNanos = SHORTEST_PAUSE_NANOS;
        continue;
      }
      parked = true;
      // In this order: what came before the stop must not be taken for nothing new.
      boolean stopping = stopSeq != FOREVER;
      LogReader.Arm arm = reader.arm();
      if (arm == LogReader.Arm.ARMED && stopping) {
        break; // what is left is a record without its newline
      }
      if (arm == LogReader.Arm.ARMED) {
        LockSupport.park(this);
      } else if (arm == LogReader.Arm.BUSY) {
        LockSupport.parkNanos(this, pauseNanos);
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      }
      parked = false;
    }
    target.leave();
  }

  private void show(LogRecord record) {
    if (record.lost() > 0) {
      target.writeDropped(record.lost(), record);
    }
    if (record.level() < levels.console()) {
      target.write(record);
    }
  }
}
