package jiffy.runtime.printk;

import jiffy.kernel.Current;
import jiffy.runtime.printk.ring.Stamp;

/** Knows when, and by whom, something is printed: the log itself knows neither clock nor task. */
@FunctionalInterface
public interface Stamper {
  /**
   * Fills a stamp for a record that is printed now. Any context; does not wait, nor print.
   *
   * @param current who prints; null: nobody of this kernel
   */
  void stamp(Current current, Stamp stamp);
}
