package jiffy.runtime.printk.console;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import jiffy.runtime.printk.SyslogNames;
import jiffy.runtime.printk.ring.LogRecord;
import org.apache.logging.log4j.Level;
import org.apache.logging.log4j.Logger;
import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.LoggerConfig;
import org.apache.logging.log4j.core.impl.Log4jLogEvent;
import org.apache.logging.log4j.core.time.MutableInstant;
import org.apache.logging.log4j.message.Message;
import org.apache.logging.log4j.message.SimpleMessage;
import org.apache.logging.log4j.util.SortedArrayStringMap;
import org.apache.logging.log4j.util.StringMap;

/**
 * The logger that a console writes to: makes events of records, and counts what does not arrive.
 *
 * <p>Each appender is on its own: one whose disk is full loses what it cannot write, says so when
 * it can, and the others miss nothing. Where an appender is configured to throw ({@code
 * ignoreExceptions="false"}), those behind it miss the record too, and the whole target says so.
 *
 * <p>Thread safety: the console's thread only, but for {@link #errors}.
 */
final class ConsoleTarget {
  private final Logger logger;
  private final Consumer<String> complaints;
  private final AtomicLong errors = new AtomicLong();
  private final MutableInstant time = new MutableInstant();

  /** What {@link #watches} are of. */
  private Configuration watched;

  private List<AppenderWatch> watches = List.of();

  /** How many records the logger threw at, which nobody was told. */
  private long untold;

  private boolean isComplained;

  ConsoleTarget(Logger logger, Consumer<String> complaints) {
    this.logger = logger;
    this.complaints = complaints;
  }

  /** How many records the logger, or one of its appenders, did not take. Any thread. */
  long errors() {
    return errors.get();
  }

  /** Writes a record. */
  void write(LogRecord record) {
    Message message = new KmsgMessage(record.text(), record.nanos());
    write(event(KmsgLevels.log4j(record.level()), message, record, contextData(record)), record);
  }

  /** Says that the ring has overwritten so many records before this one. */
  void writeDropped(long count, LogRecord record) {
    write(dropped(count, record), record);
  }

  private LogEvent dropped(long count, LogRecord now) {
    String text = "** " + count + " printk messages dropped **";
    return event(Level.WARN, new SimpleMessage(text), now, new SortedArrayStringMap());
  }

  /** Nobody must be taken down by a console that cannot be written to: not even the console. */
  private void write(LogEvent event, LogRecord now) {
    if (!(logger instanceof org.apache.logging.log4j.core.Logger)) {
      attempt(() -> logger.log(event.getLevel(), event.getMessage()));
      return;
    }
    org.apache.logging.log4j.core.Logger core = (org.apache.logging.log4j.core.Logger) logger;
    if (!core.isEnabled(event.getLevel(), null, event.getMessage(), null)) {
      return;
    }
    attempt(() -> follow(core));
    tellLosses(core, now);
    watches.forEach(AppenderWatch::begin);
    boolean arrived = attempt(() -> send(core, event));
    untold += arrived ? 0 : 1;
    if (!arrived) {
      return; // the appender that threw has told its handler too: the record counts once
    }
    for (AppenderWatch watch : watches) {
      if (watch.end()) {
        errors.incrementAndGet();
      }
      String complaint = watch.complaint();
      if (complaint != null) {
        complaints.accept(complaint);
      }
    }
  }

  private void tellLosses(org.apache.logging.log4j.core.Logger core, LogRecord now) {
    for (AppenderWatch watch : watches) {
      if (watch.untold() > 0) {
        watch.tell(dropped(watch.untold(), now));
      }
    }
    if (untold > 0) {
      LogEvent sentence = dropped(untold, now);
      try {
        send(core, sentence);
        untold = 0;
        isComplained = false;
      } catch (RuntimeException | Error stillFailing) {
        return; // with the next record, again
      }
    }
  }

  private static void send(org.apache.logging.log4j.core.Logger core, LogEvent event) {
    core.get().getReliabilityStrategy().log(core, event);
  }

  private boolean attempt(Runnable step) {
    try {
      step.run();
      return true;
    } catch (RuntimeException | Error failed) {
      errors.incrementAndGet();
      if (!isComplained) {
        isComplained = true;
        complaints.accept("console: the logger fails: " + AppenderWatch.innermost(failed));
      }
      return false;
    }
  }

  /** Watches the appenders that the logger has now: a configuration may be loaded at any time. */
  private void follow(org.apache.logging.log4j.core.Logger core) {
    Configuration now = core.getContext().getConfiguration();
    if (now == watched) {
      return;
    }
    leave();
    String name = core.getName();
    List<AppenderWatch> found = new ArrayList<>();
    LoggerConfig config = core.get();
    while (config != null) {
      for (Appender appender : config.getAppenders().values()) {
        if (found.stream().noneMatch(watch -> watch.name().equals(appender.getName()))) {
          found.add(AppenderWatch.over(appender, name, untoldOf(appender.getName())));
        }
      }
      config = config.isAdditive() ? config.getParent() : null;
    }
    watches = found;
    watched = now;
  }

  private long untoldOf(String appender) {
    return watches.stream()
        .filter(watch -> watch.name().equals(appender))
        .mapToLong(AppenderWatch::untold)
        .sum();
  }

  /** The console ends: the appenders are left as they were. */
  void leave() {
    watches.forEach(AppenderWatch::leave);
  }

  private LogEvent event(Level level, Message message, LogRecord record, StringMap contextData) {
    long seconds = TimeUnit.NANOSECONDS.toSeconds(record.wallNanos());
    long rest = record.wallNanos() - TimeUnit.SECONDS.toNanos(seconds);
    time.initFromEpochSecond(seconds, (int) rest);
    contextData.freeze();
    return Log4jLogEvent.newBuilder()
        .setLoggerName(logger.getName())
        .setLoggerFqcn(Console.class.getName())
        .setLevel(level)
        .setMessage(message)
        .setInstant(time)
        .setContextData(contextData)
        .build();
  }

  private static StringMap contextData(LogRecord record) {
    StringMap data = new SortedArrayStringMap();
    data.putValue("seq", Long.toString(record.seq()));
    data.putValue("cpu", Integer.toString(record.cpu()));
    data.putValue("pid", Integer.toString(record.pid()));
    data.putValue("facility", SyslogNames.facility(record.facility()));
    data.putValue("severity", SyslogNames.LEVELS.get(record.level()));
    StringBuilder uptime = new StringBuilder();
    KmsgMessage.putUptime(uptime, record.nanos(), 1);
    data.putValue("uptime", uptime.toString());
    putIfAny(data, "module", record.module());
    putIfAny(data, "subsystem", record.subsystem());
    putIfAny(data, "device", record.device());
    return data;
  }

  private static void putIfAny(StringMap data, String key, String value) {
    if (!value.isEmpty()) {
      data.putValue(key, value);
    }
  }
}
