package jiffy.runtime.printk;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;

/**
 * A console: replays the log to a Log4j logger, from the oldest record on, then follows it. Has a
 * host thread of its own, which parks while there is nothing new; a slow target makes it lose
 * records, which it says, and never holds up a writer. Not for simulated kernels.
 *
 * <p>Text: {@code [ 1.234567] text}, the prefix repeated on each line of a record, control
 * characters as {@code \xNN}. Records at or above console_loglevel are left out.
 *
 * <p>Thread safety: {@link #start} and {@link #stop} once each, from any thread.
 */
public final class Console {
  private static final Level[] LEVELS = {
    Level.FATAL,
    Level.FATAL,
    Level.FATAL,
    Level.ERROR,
    Level.WARN,
    Level.INFO,
    Level.INFO,
    Level.DEBUG
  };
  private static final long SHORTEST_PAUSE_NANOS = 20_000;
  private static final long LONGEST_PAUSE_NANOS = 50_000_000;
  private static final long FOREVER = Long.MAX_VALUE;

  private final LogRing ring;
  private final LogLevels levels;
  private final Logger target;
  private final Thread thread;
  private final Runnable wake;
  private final StringBuilder line = new StringBuilder(256);

  /** Number of the first record not to show any more; everything before it is shown first. */
  private volatile long stopSeq = FOREVER;

  private volatile boolean parked;
  private final AtomicLong errors = new AtomicLong();

  /** Makes a console of {@code log}; nothing happens before {@link #start}. */
  public Console(Log log, Logger target) {
    this.ring = log.ring();
    this.levels = log.levels();
    this.target = target;
    this.thread = new Thread(this::run, "jiffy-console");
    this.thread.setDaemon(true);
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

  /** How often the target threw; the record was skipped then. */
  public long errors() {
    return errors.get();
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
      LogReader.Arm arm = reader.arm();
      boolean stopping = stopSeq != FOREVER;
      if (arm == LogReader.Arm.ARMED && stopping) {
        return; // what is left is a record without its newline
      }
      if (arm == LogReader.Arm.ARMED) {
        LockSupport.park(this);
      } else if (arm == LogReader.Arm.BUSY) {
        LockSupport.parkNanos(this, pauseNanos);
        pauseNanos = Math.min(2 * pauseNanos, LONGEST_PAUSE_NANOS);
      }
      parked = false;
    }
  }

  private void show(LogRecord record) {
    if (record.lost() > 0) {
      write(Level.WARN, "** " + record.lost() + " printk messages dropped **");
    }
    if (record.level() < levels.console()) {
      line.setLength(0);
      putRecord(record);
      write(LEVELS[record.level()], line);
    }
  }

  /** A console that cannot be written to must not take the others down, nor the kernel. */
  private void write(Level level, CharSequence text) {
    try {
      target.log(level, text);
    } catch (RuntimeException | Error failed) {
      errors.incrementAndGet();
    }
  }

  private void putRecord(LogRecord record) {
    putTime(record.nanos());
    String text = record.text();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n') {
        line.append('\n');
        putTime(record.nanos());
      } else if (c < ' ' && c != '\t' || c >= 0x7f && c < 0xa0) {
        line.append("\\x").append(Character.forDigit(c >> 4, 16));
        line.append(Character.forDigit(c & 15, 16));
      } else {
        line.append(c);
      }
    }
  }

  private void putTime(long nanos) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(nanos);
    long micros = TimeUnit.NANOSECONDS.toMicros(nanos) - TimeUnit.SECONDS.toMicros(seconds);
    line.append('[');
    putPadded(seconds, 5, ' ');
    line.append('.');
    putPadded(micros, 6, '0');
    line.append("] ");
  }

  private void putPadded(long value, int width, char pad) {
    long bound = 1;
    for (int i = 1; i < width; i++) {
      bound *= 10;
    }
    for (; bound > Math.max(value, 1); bound /= 10) {
      line.append(pad);
    }
    line.append(value);
  }
}
