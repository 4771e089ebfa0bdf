package jiffy.runtime.printk.console;

import jiffy.kernel.Current;

/**
 * A kernel's log as what libraries say gets into it. Any thread, any context; waits for nothing.
 */
public interface CapturedLog {
  /**
   * Stores one record.
   *
   * @param current who says it; null: a thread that is not of this kernel
   * @param facility 0: a module; 1: others
   * @param level 0 to 7
   * @param text cut at what a record holds
   */
  void capture(Current current, int facility, int level, String text);
}
