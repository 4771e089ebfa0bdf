package jiffy.kernel;

import jiffy.types.TaskletFunction;
import jiffy.types.TaskletStruct;

/** What a kernel does for the tasklets of {@code jiffy.linux.Interrupts}; contracts are there. */
public interface TaskletOps {
  /** {@code tasklet_setup} and {@code tasklet_init}. */
  void setup(Current current, TaskletStruct tasklet, TaskletFunction function, Object data);

  /** {@code tasklet_schedule}. */
  void schedule(Current current, TaskletStruct tasklet);

  /** {@code tasklet_hi_schedule}. */
  void hiSchedule(Current current, TaskletStruct tasklet);

  /** {@code tasklet_disable_nosync}. */
  void disableNosync(Current current, TaskletStruct tasklet);

  /** {@code tasklet_disable}. */
  void disable(Current current, TaskletStruct tasklet);

  /** {@code tasklet_disable_in_atomic}. */
  void disableInAtomic(Current current, TaskletStruct tasklet);

  /** {@code tasklet_enable}. */
  void enable(Current current, TaskletStruct tasklet);

  /** {@code tasklet_unlock_wait}. */
  void unlockWait(Current current, TaskletStruct tasklet);

  /** {@code tasklet_kill}. */
  void kill(Current current, TaskletStruct tasklet);
}
