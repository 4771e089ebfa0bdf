package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.locking.CacheLine;
import jiffy.types.TaskletStruct;

/**
 * The tasklets that are scheduled at home: a ring, from which its CPU's thread takes them. All
 * methods are that thread's.
 */
final class TaskletRing extends CacheLine {
  /*
   * A ring of references with two ends. Who schedules puts a tasklet in at the tail, under the lock of
   * the TaskletMouth; the CPU's thread takes them out at the head, without a lock, and looks for the tail
   * only when it has called all that it knew of. So each of the two ends stays in the cache of its
   * processor while a burst is handed over.
   *
   *     [head,limit)   what this pass has still to look at
   *     [limit,tail)   for the next pass
   *
   * A place in the ring is for ever: tasklet.__ticket, not below the head, says that it is scheduled. See
   * TaskletBits.
   *
   * Slots are cleared some time after they have been passed, many at a time: to clear one is to take its
   * cache line from who fills the others of that line. A pass that has caught up clears all, for they may
   * keep a module's class loader.
   */
  static final int SIZE = 1 << 11;
  static final int MASK = SIZE - 1;

  /** A look that finds fewer was too early. */
  private static final int EARLY = 1 << 6;

  /** So many slots may be passed and not cleared. */
  private static final int UNCLEARED = 1 << 6;

  /** So many tasklets it holds. */
  static final int MOST = SIZE - UNCLEARED;

  private static final VarHandle HEAD;

  static {
    try {
      HEAD = MethodHandles.lookup().findVarHandle(TaskletRing.class, "head", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final TaskletStruct[] slots = new TaskletStruct[SIZE];

  /** A tasklet in front of it is not scheduled. Read by anybody. */
  volatile long head;

  private long limit;

  /** How many the last look found. */
  private long found;

  /** Slots in front of it are clear; the head, or a little behind. */
  private long cleared;

  /** A pass begins, or goes on, as far as there. */
  void begin(long tail) {
    found = tail - head;
    limit = tail;
  }

  /** The next one of this pass, which stays; null: it is over. */
  TaskletStruct first() {
    long at = head;
    return at < limit ? slots[(int) at & MASK] : null;
  }

  /** The first one is not scheduled any more; a fence has to follow before it is called. */
  void dropFirst() {
    long next = head + 1;
    HEAD.setRelease(this, next);
    if (next - cleared >= UNCLEARED) {
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

  /** No slot keeps what has been taken out. */
  void clear() {
    long to = head;
    for (long at = cleared; at < to; at++) {
      slots[(int) at & MASK] = null;
    }
    cleared = to;
  }

  /** Whether it would pay to let some more come in before the next look. */
  boolean wasEarly() {
    return found < EARLY;
  }
}
