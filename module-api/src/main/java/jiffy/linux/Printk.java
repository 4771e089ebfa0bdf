package jiffy.linux;

import static jiffy.kernel.LogOps.LEVEL_CONT;
import static jiffy.kernel.LogOps.LEVEL_DEFAULT;
import static jiffy.kernel.LogOps.OBJECT;

import jiffy.kernel.Current;

/**
 * {@code linux/printk.h}: the log.
 *
 * <p>Formats are C's ({@code %d %lu %5d %-10s %#x %ps}, ...), compiled once each. A format may
 * begin with a level: {@code printk(KERN_INFO + "count = %d\n", n)}; without one the level is 4
 * (warning). A trailing newline is dropped; a message with newlines inside is one record; one
 * without a newline at its end may be continued by {@link #pr_cont}. Texts are cut at 989 bytes.
 *
 * <p>{@code pr_fmt}, which in C each source file defines for its {@code pr_*}, is a constant here,
 * and written where C's macro works unseen; javac makes one literal of the two. {@code printk} and
 * {@code pr_cont} have no prefix:
 *
 * <pre>{@code
 * private static final String KBUILD_MODNAME = "kt";
 * private static final String PR_FMT = KBUILD_MODNAME + ": ";
 *
 * pr_info(PR_FMT + "count = %d\n", n);
 * }</pre>
 *
 * <p>Contexts: any. Thread safe. They never sleep and never wait for a reader or console. The
 * overloads for up to three arguments do not allocate.
 */
public final class Printk {
  private static final String SOH = "\u0001";

  /** Level 0: system is unusable. */
  public static final String KERN_EMERG = SOH + "0";

  /** Level 1: action must be taken immediately. */
  public static final String KERN_ALERT = SOH + "1";

  /** Level 2: critical conditions. */
  public static final String KERN_CRIT = SOH + "2";

  /** Level 3: error conditions. */
  public static final String KERN_ERR = SOH + "3";

  /** Level 4: warning conditions. */
  public static final String KERN_WARNING = SOH + "4";

  /** Level 5: normal but significant condition. */
  public static final String KERN_NOTICE = SOH + "5";

  /** Level 6: informational. */
  public static final String KERN_INFO = SOH + "6";

  /** Level 7: debug-level messages. */
  public static final String KERN_DEBUG = SOH + "7";

  /** The default level. */
  public static final String KERN_DEFAULT = "";

  /** Goes on with the line that this context began without a newline. */
  public static final String KERN_CONT = SOH + "c";

  private static final Object NONE = null;

  private Printk() {}

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format) {
    Current current = Current.get();
    return current.kernel.log.printk(current, LEVEL_DEFAULT, format, 0, 0, 0, 0, NONE, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a) {
    Current current = Current.get();
    return current.kernel.log.printk(current, LEVEL_DEFAULT, format, 1, a, 0, 0, NONE, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 1 | OBJECT, 0, 0, 0, a, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a, long b) {
    Current current = Current.get();
    return current.kernel.log.printk(current, LEVEL_DEFAULT, format, 2, a, b, 0, NONE, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a, Object b) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 2 | OBJECT << 1, a, 0, 0, NONE, b, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a, long b) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 2 | OBJECT, 0, b, 0, a, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a, Object b) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 2 | OBJECT | OBJECT << 1, 0, 0, 0, a, b, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a, long b, long c) {
    Current current = Current.get();
    return current.kernel.log.printk(current, LEVEL_DEFAULT, format, 3, a, b, c, NONE, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a, long b, Object c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT << 2, a, b, 0, NONE, NONE, c);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a, Object b, long c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT << 1, a, 0, c, NONE, b, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, long a, Object b, Object c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT << 1 | OBJECT << 2, a, 0, 0, NONE, b, c);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a, long b, long c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT, 0, b, c, a, NONE, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a, long b, Object c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT | OBJECT << 2, 0, b, 0, a, NONE, c);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a, Object b, long c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT | OBJECT << 1, 0, 0, c, a, b, NONE);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object a, Object b, Object c) {
    Current current = Current.get();
    return current.kernel.log.printk(
        current, LEVEL_DEFAULT, format, 3 | OBJECT | OBJECT << 1 | OBJECT << 2, 0, 0, 0, a, b, c);
  }

  /**
   * {@code int printk(const char *fmt, ...)}.
   *
   * @return the number of characters stored
   */
  public static int printk(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, LEVEL_DEFAULT, format, arguments);
  }

  /**
   * {@code pr_emerg(fmt, ...)}: level 0.
   *
   * @return the number of characters stored
   */
  public static int pr_emerg(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 0, format, arguments);
  }

  /**
   * {@code pr_alert(fmt, ...)}: level 1.
   *
   * @return the number of characters stored
   */
  public static int pr_alert(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 1, format, arguments);
  }

  /**
   * {@code pr_crit(fmt, ...)}: level 2.
   *
   * @return the number of characters stored
   */
  public static int pr_crit(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 2, format, arguments);
  }

  /**
   * {@code pr_err(fmt, ...)}: level 3.
   *
   * @return the number of characters stored
   */
  public static int pr_err(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 3, format, arguments);
  }

  /**
   * {@code pr_warn(fmt, ...)}: level 4.
   *
   * @return the number of characters stored
   */
  public static int pr_warn(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 4, format, arguments);
  }

  /**
   * {@code pr_notice(fmt, ...)}: level 5.
   *
   * @return the number of characters stored
   */
  public static int pr_notice(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 5, format, arguments);
  }

  /**
   * {@code pr_info(fmt, ...)}: level 6.
   *
   * @return the number of characters stored
   */
  public static int pr_info(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, 6, format, arguments);
  }

  /**
   * {@code pr_debug(fmt, ...)}: level 7, compiled out as in a kernel built without DEBUG.
   *
   * @return 0
   */
  public static int pr_debug(String format, Object... arguments) {
    return 0;
  }

  /**
   * {@code pr_devel(fmt, ...)}: as {@link #pr_debug}, of a file that does not define DEBUG.
   *
   * @return 0
   */
  public static int pr_devel(String format, Object... arguments) {
    return 0;
  }

  /**
   * {@code no_printk(fmt, ...)}: prints nothing.
   *
   * @return 0
   */
  public static int no_printk(String format, Object... arguments) {
    return 0;
  }

  /**
   * {@code pr_cont(fmt, ...)}: goes on with the open line.
   *
   * @return the number of characters stored
   */
  public static int pr_cont(String format, Object... arguments) {
    Current current = Current.get();
    return current.kernel.log.printk(current, LEVEL_CONT, format, arguments);
  }

  /**
   * {@code int printk_ratelimit(void)}: whether the caller may print. All callers share one limit,
   * {@code /proc/sys/kernel/printk_ratelimit} and {@code _burst}, so that each may starve the
   * others: {@link Ratelimit#__ratelimit} is better.
   */
  public static boolean printk_ratelimit() {
    Current current = Current.get();
    return current.kernel.reports.printkRatelimit(current);
  }

  /** {@code void dump_stack(void)}: prints who runs and the calling thread's stack, at level 4. */
  public static void dump_stack() {
    Current current = Current.get();
    current.kernel.reports.dumpStack(current);
  }
}
