package jiffy.runtime.printk.console;

import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.pattern.ConverterKeys;
import org.apache.logging.log4j.core.pattern.LogEventPatternConverter;
import org.apache.logging.log4j.core.pattern.PatternConverter;
import org.apache.logging.log4j.message.Message;

/**
 * {@code %kmsg} in the pattern of a {@code PatternLayout}: a record as it looks on Linux's console,
 * {@code [ 1.234567] text}, the time in seconds since boot and repeated on each line, control
 * characters as {@code \xNN}. Events of other loggers: the message as {@code %m} has it. Thread
 * safe.
 */
@Plugin(name = "KmsgConverter", category = PatternConverter.CATEGORY)
@ConverterKeys("kmsg")
public final class KmsgConverter extends LogEventPatternConverter {
  private static final KmsgConverter INSTANCE = new KmsgConverter();

  private KmsgConverter() {
    super("Kmsg", "kmsg");
  }

  /** Called by Log4j. @param options there are none */
  public static KmsgConverter newInstance(String[] options) {
    return INSTANCE;
  }

  @Override
  public void format(LogEvent event, StringBuilder line) {
    Message message = event.getMessage();
    if (message instanceof KmsgMessage) {
      ((KmsgMessage) message).formatConsole(line);
    } else {
      line.append(message.getFormattedMessage());
    }
  }
}
