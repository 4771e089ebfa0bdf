package jiffy.kernel;

import jiffy.types.TaskletStruct;

/** Where a tasklet is at home: knows what the tasklet's own fields do not say. Thread safe. */
public interface TaskletHome {
  /** Whether it waits here by its ticket, provided that it is at home here. */
  boolean holds(TaskletStruct tasklet);

  /** Whether it runs here, and has not been given up. */
  boolean runs(TaskletStruct tasklet);
}
