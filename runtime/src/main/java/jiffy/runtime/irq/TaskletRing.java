package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.locking.HandoverRing;
import jiffy.types.TaskletStruct;

/**
 * The tasklets that are scheduled at home: a ring, from which its CPU's thread takes them. All
 * methods are that thread's, and it needs no lock. What it knows of is what this pass has still to
 * look at; the rest is for the next pass.
 */
final class TaskletRing extends HandoverRing<TaskletStruct> {
  private static final VarHandle HEAD;

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(TaskletRing.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final TaskletMouth mouth;

  /** A tasklet in front of it is not scheduled: see {@link TaskletBits}. */
  private volatile long head = FIRST;

  TaskletRing(TaskletList list) {
    mouth = new TaskletMouth(list, this);
    furnish(mouth);
  }

  @Override
  public long head() {
    return head;
  }

  /** A pass begins, or goes on, with what has come in. */
  void begin() {
    look(mouth.tail());
  }

  /** The next one of this pass, which stays; null: it is over. */
  TaskletStruct first() {
    long at = head;
    return at < limit ? at(at) : null;
  }

  /** The first one is not scheduled any more; a fence has to follow before it is called. */
  void dropFirst() {
    HEAD.setRelease(this, head + 1);
    if (isDirty()) {
      clear();
    }
  }

  /** Takes the first one out, still scheduled, by its link from now on. */
  TaskletStruct takeFirst() {
    TaskletStruct tasklet = first();
    if (tasklet != null) {
      tasklet.__next = TaskletChain.END; // before the head moves: see TaskletBits
      dropFirst();
    }
    return tasklet;
  }
}
