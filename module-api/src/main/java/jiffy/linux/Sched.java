package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.TaskStruct;

/** {@code linux/sched.h}: tasks. */
public final class Sched {
  private Sched() {}

  /** {@code current}: the task that runs here; in a timer the one that was interrupted. */
  public static TaskStruct current() {
    return Current.get().task();
  }
}
