package jiffy.runtime.context;

/** Where the kernel's own messages go: printk, as an adapter. Thread safe; never blocks. */
@FunctionalInterface
public interface KernelLog {
  /** Action must be taken immediately. */
  int ALERT = 1;

  /** Error conditions. */
  int ERR = 3;

  /** Warning conditions. */
  int WARNING = 4;

  /** Normal but significant condition. */
  int NOTICE = 5;

  /** Informational. */
  int INFO = 6;

  /**
   * Stores one record.
   *
   * @param level 0 to 7
   * @param text without a newline at its end; one inside stays in the record
   */
  void print(int level, String text);
}
