package jiffy.linux;

import static jiffy.kernel.LogOps.LEVEL_DEFAULT;

import jiffy.kernel.Current;

/**
 * {@code linux/printk.h}: what prints once, and what prints ten times in five seconds, in each
 * place that calls it.
 *
 * <p>In C each of these is a macro with a static variable of its own. Here the place in the code is
 * found on the stack, at each call, printing or not: a microsecond or two. It begins anew with each
 * load of the module. Where that is too much, {@link Ratelimit} and a flag cost next to nothing. A
 * function that prints for many callers is one place.
 *
 * <p>Arguments are computed each time, which C's macros do only in order to print. {@code pr_fmt}
 * is said at {@link Printk}.
 *
 * <p>After a time in which {@code _ratelimited} has kept something back, {@code FUNCTION: 2
 * callbacks suppressed} comes before what is printed next, at level 4; the function is the one that
 * calls.
 *
 * <p>Contexts: any. Thread safe.
 */
public final class PrintkLimits {
  private PrintkLimits() {}

  /** {@code printk_once(fmt, ...)}: {@code printk}, once. */
  public static void printk_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, LEVEL_DEFAULT, format, arguments);
    }
  }

  /** {@code pr_emerg_once(fmt, ...)}: level 0, once. */
  public static void pr_emerg_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 0, format, arguments);
    }
  }

  /** {@code pr_alert_once(fmt, ...)}: level 1, once. */
  public static void pr_alert_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 1, format, arguments);
    }
  }

  /** {@code pr_crit_once(fmt, ...)}: level 2, once. */
  public static void pr_crit_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 2, format, arguments);
    }
  }

  /** {@code pr_err_once(fmt, ...)}: level 3, once. */
  public static void pr_err_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 3, format, arguments);
    }
  }

  /** {@code pr_warn_once(fmt, ...)}: level 4, once. */
  public static void pr_warn_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 4, format, arguments);
    }
  }

  /** {@code pr_notice_once(fmt, ...)}: level 5, once. */
  public static void pr_notice_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 5, format, arguments);
    }
  }

  /** {@code pr_info_once(fmt, ...)}: level 6, once. */
  public static void pr_info_once(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.once(current)) {
      current.kernel.log.printk(current, 6, format, arguments);
    }
  }

  /** {@code pr_debug_once(fmt, ...)}: nothing, as {@code pr_debug}. */
  public static void pr_debug_once(String format, Object... arguments) {}

  /** {@code pr_devel_once(fmt, ...)}: nothing, as {@code pr_devel}. */
  public static void pr_devel_once(String format, Object... arguments) {}

  /** {@code printk_ratelimited(fmt, ...)}: {@code printk}, ten times in five seconds. */
  public static void printk_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, LEVEL_DEFAULT, format, arguments);
    }
  }

  /** {@code pr_emerg_ratelimited(fmt, ...)}: level 0, ten times in five seconds. */
  public static void pr_emerg_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 0, format, arguments);
    }
  }

  /** {@code pr_alert_ratelimited(fmt, ...)}: level 1, ten times in five seconds. */
  public static void pr_alert_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 1, format, arguments);
    }
  }

  /** {@code pr_crit_ratelimited(fmt, ...)}: level 2, ten times in five seconds. */
  public static void pr_crit_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 2, format, arguments);
    }
  }

  /** {@code pr_err_ratelimited(fmt, ...)}: level 3, ten times in five seconds. */
  public static void pr_err_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 3, format, arguments);
    }
  }

  /** {@code pr_warn_ratelimited(fmt, ...)}: level 4, ten times in five seconds. */
  public static void pr_warn_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 4, format, arguments);
    }
  }

  /** {@code pr_notice_ratelimited(fmt, ...)}: level 5, ten times in five seconds. */
  public static void pr_notice_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 5, format, arguments);
    }
  }

  /** {@code pr_info_ratelimited(fmt, ...)}: level 6, ten times in five seconds. */
  public static void pr_info_ratelimited(String format, Object... arguments) {
    Current current = Current.get();
    if (current.kernel.reports.ratelimited(current)) {
      current.kernel.log.printk(current, 6, format, arguments);
    }
  }

  /** {@code pr_debug_ratelimited(fmt, ...)}: nothing, as {@code pr_debug}. */
  public static void pr_debug_ratelimited(String format, Object... arguments) {}

  /** {@code pr_devel_ratelimited(fmt, ...)}: nothing, as {@code pr_devel}. */
  public static void pr_devel_ratelimited(String format, Object... arguments) {}
}
