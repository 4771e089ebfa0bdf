package jiffy.runtime.proc.sysctl;

import jiffy.runtime.context.Context;

/** {@code struct ctl_table}: what a file under /proc/sys shows and sets. Thread safe. */
public interface Setting {
  /** The text, without the newline at its end. */
  String show();

  /**
   * Sets it.
   *
   * @param caller who writes
   * @param text what was written, with its newline if it has one
   * @return 0, or a negative errno: nothing has changed
   */
  int store(Context caller, String text);
}
