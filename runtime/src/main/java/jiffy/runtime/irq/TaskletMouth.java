package jiffy.runtime.irq;

import static jiffy.types.TaskletStruct.__HOMED;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.TaskletStruct;

/**
 * The end of a {@link TaskletList} at which tasklets come in: that of its {@link TaskletRing}, who
 * is at home there, and the stack for those that the ring cannot take.
 */
final class TaskletMouth extends TaskletMouthFields {
  /*
   * The lock is freed by a plain write to its field: that needs no stack, and it is a full fence between
   * the tail, which the CPU's thread reads without the lock, and the look whether the vector is pending
   * already.
   *
   * As long as something is on the stack the ring takes nothing: what is on it is younger than all that
   * is in the ring. The CPU's thread reads the tail while there is something on the stack, and then takes
   * the stack: so what it finds in the ring up to there is older, and what comes after is younger.
   */

  /**
   * Keeps the next object's fields out of the line of ours, as CacheLine does with the one before.
   */
  long back0, back1, back2, back3, back4, back5, back6;

  TaskletMouth(TaskletList list, TaskletRing ring) {
    super(list, ring);
  }

  /** Schedules one that is at home here. REFUSED: full, not its home, its module goes. */
  Fate putAgain(Arch arch, Context context, TaskletStruct tasklet) {
    lock(arch, context);
    try {
      Fate fate = look(tasklet);
      if (fate != Fate.DONE) {
        return fate;
      }
      long seat = seat(tasklet, tasklet.__seat);
      if (seat == 0) {
        return Fate.REFUSED;
      }
      if (seat != tasklet.__seat) {
        tasklet.__seat = seat;
      }
      put(tasklet, seat);
      return Fate.DONE;
    } finally {
      held = 0;
    }
  }

  /**
   * Takes in one that the caller has made scheduled, and that runs nowhere else; from now on it is
   * at home here.
   */
  boolean putFirst(Arch arch, Context context, TaskletStruct tasklet) {
    lock(arch, context);
    try {
      long seat = seat(tasklet, tasklet.__home == list ? tasklet.__seat : 0);
      if (seat == 0) {
        return false;
      }
      announce(seat); // else state() would find one that is at home, and not in
      tasklet.__seat = seat; // from here on without a call: see RawSpinlock
      tasklet.__home = list;
      tasklet.__next = __HOMED;
      try {
        put(tasklet, seat);
      } catch (Throwable e) { // a StackOverflowError of the module's: no call
        tasklet.__next = TaskletChain.END;
        throw e;
      }
      return true;
    } finally {
      held = 0;
    }
  }

  /** Gets hold of one that is at home here and not scheduled: its link is that mark then. */
  Fate claim(Arch arch, Context context, TaskletStruct tasklet, TaskletStruct mark) {
    lock(arch, context);
    try {
      Fate fate = look(tasklet);
      if (fate == Fate.DONE) {
        tasklet.__next = mark;
      }
      return fate;
    } finally {
      held = 0;
    }
  }

  /** With the lock: whether one may be changed, since it is at home here and not scheduled. */
  private Fate look(TaskletStruct tasklet) {
    if (!isHome(tasklet)) {
      return Fate.REFUSED;
    }
    if (isIn(tasklet.__seat)) {
      return Fate.IS_IN;
    }
    return isHome(tasklet) ? Fate.DONE : Fate.REFUSED; // once more: see TaskletBits
  }

  private boolean isHome(TaskletStruct tasklet) {
    return tasklet.__next == __HOMED && tasklet.__home == list;
  }

  /** The seat that one gets which is about to be put in; 0: it cannot be. @param last see there */
  private long seat(TaskletStruct tasklet, long last) {
    boolean takes = incoming == null && !isFull() && !tasklet.__origin.owner.isGoing();
    return takes ? seatFor(last) : 0;
  }

  /** Without the lock: whether one that is at home here was scheduled a moment ago. */
  boolean had(TaskletStruct tasklet) {
    return wasIn(tasklet.__seat);
  }

  /** Puts one whose link the caller owns on the stack. Any thread; all or nothing; no lock. */
  void push(TaskletStruct tasklet) {
    TaskletStruct top;
    do {
      top = incoming;
      TaskletStruct.__NEXT.setOpaque(tasklet, top == null ? TaskletChain.END : top);
    } while (!INCOMING.compareAndSet((TaskletMouthFields) this, top, tasklet));
  }

  /** For the CPU's thread: all that is on the stack, the newest first. */
  TaskletStruct takeStack() {
    return (TaskletStruct) INCOMING.getAndSet((TaskletMouthFields) this, null);
  }
}

/** The fields of a {@link TaskletMouth}. */
abstract class TaskletMouthFields extends HandoverMouth<TaskletStruct> {
  static final VarHandle INCOMING;

  static {
    try {
      INCOMING =
          MethodHandles.lookup()
              .findVarHandle(TaskletMouthFields.class, "incoming", TaskletStruct.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final TaskletList list;
  final Vector vector;

  /** A stack: pushed by CAS, taken whole by an exchange, so that no pop can meet an ABA. */
  @SuppressWarnings("unused") // through INCOMING
  volatile TaskletStruct incoming;

  TaskletMouthFields(TaskletList list, TaskletRing ring) {
    super(ring);
    this.list = list;
    this.vector = list.vector;
  }
}
