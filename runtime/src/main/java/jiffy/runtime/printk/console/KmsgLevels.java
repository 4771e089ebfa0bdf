package jiffy.runtime.printk.console;

import org.apache.logging.log4j.Level;

/**
 * Kernel levels and those of the logging libraries.
 *
 * <pre>
 *   kernel                    Log4j 2      Log4j 2, SLF4J           java.util.logging   kernel
 *   0 emerg, 1 alert, 2 crit  FATAL        FATAL                                        2
 *   3 err                     ERROR        ERROR                    SEVERE              3
 *   4 warning                 WARN         WARN                     WARNING             4
 *   5 notice                  INFO         own ones above INFO      own ones above INFO 5
 *   6 info                    INFO         INFO                     INFO                6
 *   7 debug                   DEBUG        DEBUG, TRACE, below INFO CONFIG, FINE, ...   7
 * </pre>
 *
 * <p>What Log4j's names are too few for is in the event's context data, under {@code severity}. A
 * level that a library has made up counts as the next milder standard one; one between WARN and
 * INFO is a notice.
 */
final class KmsgLevels {
  static final int CRIT = 2;
  static final int ERR = 3;
  static final int WARNING = 4;
  static final int NOTICE = 5;
  static final int INFO = 6;
  static final int DEBUG = 7;

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

  private KmsgLevels() {}

  /** The Log4j level of a kernel level, 0 to 7. */
  static Level log4j(int level) {
    return LEVELS[level];
  }

  /** The kernel level of a Log4j level. */
  static int kernel(Level level) {
    int number = level.intLevel(); // the milder, the higher
    if (number <= Level.ERROR.intLevel()) {
      return number <= Level.FATAL.intLevel() ? CRIT : ERR;
    }
    if (number <= Level.WARN.intLevel()) {
      return WARNING;
    }
    if (number <= Level.INFO.intLevel()) {
      return number < Level.INFO.intLevel() ? NOTICE : INFO;
    }
    return DEBUG;
  }

  /** The kernel level of a java.util.logging level. */
  static int kernel(java.util.logging.Level level) {
    int number = level.intValue(); // the milder, the lower
    if (number >= java.util.logging.Level.WARNING.intValue()) {
      return number >= java.util.logging.Level.SEVERE.intValue() ? ERR : WARNING;
    }
    if (number >= java.util.logging.Level.INFO.intValue()) {
      return number > java.util.logging.Level.INFO.intValue() ? NOTICE : INFO;
    }
    return DEBUG;
  }
}
