package jiffy.runtime.irq;

import jiffy.types.TaskletStruct;

/**
 * Scheduled tasklets in order, linked through themselves; of one thread. What is in a chain never
 * has a null link, for that would say that it is not scheduled.
 */
final class TaskletChain {
  /** The link of the last one. */
  static final TaskletStruct END = new TaskletStruct();

  private TaskletStruct first;
  private TaskletStruct last;

  boolean isEmpty() {
    return first == null;
  }

  /** Appends one. */
  void add(TaskletStruct tasklet) {
    tasklet.__next = END;
    if (first == null) {
      first = tasklet;
    } else {
      last.__next = tasklet;
    }
    last = tasklet;
  }

  /** Takes the first one out, still marked as scheduled; null if there is none. */
  TaskletStruct poll() {
    TaskletStruct tasklet = first;
    if (tasklet != null) {
      first = tasklet.__next;
      if (first == END) {
        first = null;
        last = null; // it may be a module's, and would keep its class loader
      }
      tasklet.__next = END;
    }
    return tasklet;
  }

  /** Appends a stack, as it was pushed: the newest is on top and becomes the last. */
  void addStack(TaskletStruct newest) {
    if (newest == null) {
      return;
    }
    TaskletStruct oldest = END;
    for (TaskletStruct each = newest; each != END; ) {
      TaskletStruct below = each.__next;
      each.__next = oldest;
      oldest = each;
      each = below;
    }
    if (first == null) {
      first = oldest;
    } else {
      last.__next = oldest;
    }
    last = newest;
  }
}
