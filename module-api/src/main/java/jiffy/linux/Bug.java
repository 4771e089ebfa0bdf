package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/bug.h}: what must not be, is reported, and the kernel goes on.
 *
 * <p>A report is what {@code dmesg} calls a splat: {@code ------------[ cut here ]------------},
 * the text, {@code WARNING: CPU: 0 PID: 97 at Mod.java:62 m_init [mod]}, the modules, who, the
 * stack, the end mark. It taints the kernel ({@code W}).
 *
 * <p>Contexts: any. Thread safe. The two of {@code _ONCE} report once per place in the module's
 * code and load of the module; whether that place has spoken costs a look at the stack, a
 * microsecond or two, only if the condition holds.
 */
public final class Bug {
  private static final Object[] NOTHING = {};

  private Bug() {}

  /**
   * {@code WARN(condition, format, ...)}: if the condition holds, reports with that text.
   *
   * @return the condition
   */
  public static boolean WARN(boolean condition, String format, Object... arguments) {
    if (condition) {
      Current current = Current.get();
      current.kernel.reports.warn(current, format, arguments);
    }
    return condition;
  }

  /**
   * {@code WARN_ON(condition)}: if the condition holds, reports.
   *
   * @return the condition
   */
  public static boolean WARN_ON(boolean condition) {
    if (condition) {
      Current current = Current.get();
      current.kernel.reports.warn(current, null, NOTHING);
    }
    return condition;
  }

  /**
   * {@code WARN_ONCE(condition, format, ...)}: {@link #WARN}, the first time that the condition
   * holds.
   *
   * @return the condition, each time
   */
  public static boolean WARN_ONCE(boolean condition, String format, Object... arguments) {
    if (condition) {
      Current current = Current.get();
      if (current.kernel.reports.once(current)) {
        current.kernel.reports.warn(current, format, arguments);
      }
    }
    return condition;
  }

  /**
   * {@code WARN_ON_ONCE(condition)}: {@link #WARN_ON}, the first time that the condition holds.
   *
   * @return the condition, each time
   */
  public static boolean WARN_ON_ONCE(boolean condition) {
    if (condition) {
      Current current = Current.get();
      if (current.kernel.reports.once(current)) {
        current.kernel.reports.warn(current, null, NOTHING);
      }
    }
    return condition;
  }
}
