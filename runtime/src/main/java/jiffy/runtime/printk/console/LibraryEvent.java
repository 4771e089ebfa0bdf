package jiffy.runtime.printk.console;

import java.lang.StackWalker.StackFrame;
import java.util.function.Supplier;
import jiffy.kernel.Current;
import jiffy.kernel.Kernel;
import jiffy.kernel.OwnedLoader;
import jiffy.kernel.Owner;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Oops;

/**
 * One event of a logging library on its way into a kernel's log: {@code logger: message}, and a
 * record for each line of what was thrown. Any thread, any context; waits for nothing.
 */
final class LibraryEvent {
  /*
   * Whose is it?
   *
   *   1. the kernel of the calling thread: a task's, a handler's;
   *   2. else the kernel of the module whose code logs: the innermost class on the stack that a module's
   *      loader has defined. (Log4j gives all who ask for a name the same logger, so a logger does not
   *      know its module.) Only threads that no kernel knows pay for the walk;
   *   3. else the kernel that has opted in, the first if there are several; else nobody's.
   *
   * What runs on a module's behalf is the module's, facility kern, as what it prints itself. All else,
   * the host's libraries, is a user program to the kernel: facility user.
   *
   * Two things are never captured, for they would go round for ever: events of the logger kmsg, which
   * come from the log, and what is logged on a console's thread, by an appender that it writes to.
   */
  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private static final int FACILITY_KERN = 0;
  private static final int FACILITY_USER = 1;

  private final CapturedLog log;
  private final Current current;
  private final int facility;
  private final int level;
  private final String prefix;

  private LibraryEvent(
      CapturedLog log, Current current, int facility, int level, String loggerName) {
    this.log = log;
    this.current = current;
    this.facility = facility;
    this.level = level;
    this.prefix = loggerName == null || loggerName.isEmpty() ? "" : loggerName + ": ";
  }

  /**
   * Stores an event in the log that it belongs to, if there is one.
   *
   * @param optedIn who takes what no kernel's thread and no module's code has logged
   * @param loggerName may be null or empty: no prefix
   * @param level the kernel's, 0 to 7
   * @param message may run anybody's code, log, and throw
   * @param thrown null for none
   */
  static void store(
      OptedIn optedIn, String loggerName, int level, Supplier<String> message, Throwable thrown) {
    if (Console.isWriting() || isConsoles(loggerName)) {
      return;
    }
    LibraryEvent event = address(optedIn, loggerName, level);
    if (event != null) {
      event.line(textOf(message));
      if (thrown != null) {
        Oops.printThrown(event::line, thrown);
      }
    }
  }

  private static boolean isConsoles(String loggerName) {
    return loggerName != null
        && (loggerName.equals(Console.LOGGER) || loggerName.startsWith(Console.LOGGER + "."));
  }

  private static LibraryEvent address(OptedIn optedIn, String loggerName, int level) {
    Current current = Current.orNull();
    CapturedLog log = current == null ? null : logOf(current.kernel);
    if (log != null) {
      boolean isModules = ((Context) current).owner() != Owner.CORE;
      int facility = isModules ? FACILITY_KERN : FACILITY_USER;
      return new LibraryEvent(log, current, facility, level, loggerName);
    }
    Owner module = moduleOnStack();
    log = module == null ? null : logOf(module.kernel);
    if (log != null) {
      return new LibraryEvent(log, null, FACILITY_KERN, level, loggerName);
    }
    log = optedIn.first();
    return log == null ? null : new LibraryEvent(log, null, FACILITY_USER, level, loggerName);
  }

  private static CapturedLog logOf(Kernel kernel) {
    return kernel != null && kernel.log instanceof CapturedLog ? (CapturedLog) kernel.log : null;
  }

  private static Owner moduleOnStack() {
    return STACK
        .walk(
            frames ->
                frames
                    .map(StackFrame::getDeclaringClass)
                    .map(Class::getClassLoader)
                    .filter(OwnedLoader.class::isInstance)
                    .findFirst())
        .map(loader -> ((OwnedLoader) loader).owner())
        .orElse(null);
  }

  private static String textOf(Supplier<String> message) {
    try {
      return String.valueOf(message.get());
    } catch (RuntimeException e) {
      return "(its message threw " + e.getClass().getName() + ")";
    }
  }

  private void line(String text) {
    log.capture(current, facility, level, prefix + text);
  }
}
