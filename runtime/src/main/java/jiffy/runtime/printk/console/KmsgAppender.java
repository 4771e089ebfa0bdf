package jiffy.runtime.printk.console;

import org.apache.logging.log4j.core.Appender;
import org.apache.logging.log4j.core.Core;
import org.apache.logging.log4j.core.Filter;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.appender.AbstractAppender;
import org.apache.logging.log4j.core.config.Property;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.config.plugins.PluginAttribute;
import org.apache.logging.log4j.core.config.plugins.PluginElement;
import org.apache.logging.log4j.core.config.plugins.PluginFactory;

/**
 * The Log4j appender {@code Kmsg}: events go to the log of the kernel that they belong to, as
 * {@link LogCapture} tells. For a configuration file:
 *
 * <pre>{@code
 * <Appenders><Kmsg name="printk"/></Appenders>
 * <Loggers><Root level="info"><AppenderRef ref="printk"/></Root></Loggers>
 * }</pre>
 *
 * <p>It stores on the thread that logs and waits for nothing. Behind an {@code Async} appender, or
 * with asynchronous loggers, that is Log4j's thread, and who has logged cannot be told. Thread
 * safe.
 */
@Plugin(
    name = "Kmsg",
    category = Core.CATEGORY_NAME,
    elementType = Appender.ELEMENT_TYPE,
    printObject = true)
public final class KmsgAppender extends AbstractAppender {
  /** Nobody, until the context that this is configured in has somebody. */
  private volatile OptedIn optedIn = new OptedIn();

  private KmsgAppender(String name, Filter filter) {
    super(name, filter, null, true, Property.EMPTY_ARRAY);
  }

  /**
   * Called by Log4j.
   *
   * @param name the appender's
   * @param filter may be null
   */
  @PluginFactory
  public static KmsgAppender create(
      @PluginAttribute("name") String name, @PluginElement("Filter") Filter filter) {
    return new KmsgAppender(name == null ? "Kmsg" : name, filter);
  }

  /** Who gets what no kernel's thread and no module's code logs. */
  void serve(OptedIn context) {
    optedIn = context;
  }

  @Override
  public void append(LogEvent event) {
    LibraryEvent.store(
        optedIn,
        event.getLoggerName(),
        KmsgLevels.kernel(event.getLevel()),
        () -> event.getMessage().getFormattedMessage(),
        event.getThrown());
  }
}
