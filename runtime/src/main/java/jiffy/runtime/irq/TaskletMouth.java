package jiffy.runtime.irq;

import static jiffy.types.TaskletStruct.__HOMED;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.RawSpinlock;
import jiffy.types.TaskletStruct;

/**
 * The end of a {@link TaskletList} at which tasklets come in: the tail of its {@link TaskletRing},
 * with the lock for that, and the stack for those that the ring cannot take. Almost all that is
 * written here is written by those who schedule; they seldom read what the CPU's thread writes.
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

  /** What has become of a tasklet. */
  enum Fate {
    /** It is in; or it is the caller's. */
    DONE,
    /** It was scheduled already. */
    WAS_IN,
    /** Full, not its home, or its module goes: nothing has happened. */
    REFUSED
  }

  TaskletMouth(TaskletList list, TaskletRing ring) {
    super(list, ring);
    Fate.values(); // initialized now, and not first where the stack may overflow
  }

  /** Schedules one that is at home here. */
  Fate putAgain(Arch arch, Context context, TaskletStruct tasklet) {
    lock(arch, context);
    try {
      Fate fate = look(tasklet);
      if (fate != Fate.DONE) {
        return fate;
      }
      if (!takes(tasklet)) {
        return Fate.REFUSED;
      }
      long at = tail;
      tasklet.__ticket = at; // from here on without a call: see RawSpinlock
      try {
        put(at, tasklet);
      } catch (Throwable e) { // a StackOverflowError of the module's: no call
        tasklet.__ticket = at - TaskletRing.SIZE;
        slots[(int) at & TaskletRing.MASK] = null;
        throw e;
      }
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
      if (!takes(tasklet)) {
        return false;
      }
      long at = tail;
      tasklet.__home = list; // from here on without a call: see RawSpinlock
      tasklet.__ticket = at;
      tasklet.__next = __HOMED;
      try {
        put(at, tasklet);
      } catch (Throwable e) { // a StackOverflowError of the module's: no call
        tasklet.__next = TaskletChain.END;
        slots[(int) at & TaskletRing.MASK] = null;
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
    if (tasklet.__ticket >= headSeen && tasklet.__ticket >= seeHead()) {
      return Fate.WAS_IN;
    }
    return isHome(tasklet) ? Fate.DONE : Fate.REFUSED; // once more: see TaskletBits
  }

  private boolean isHome(TaskletStruct tasklet) {
    return tasklet.__next == __HOMED && tasklet.__home == list;
  }

  private boolean takes(TaskletStruct tasklet) {
    return incoming == null && !isFull(tail) && !tasklet.__origin.owner.isGoing();
  }

  private boolean isFull(long at) {
    return at - headSeen >= TaskletRing.MOST && at - seeHead() >= TaskletRing.MOST;
  }

  private long seeHead() {
    VarHandle.fullFence(); // who finds one scheduled has written what its function is to see
    return headSeen = ring.head;
  }

  private void put(long at, TaskletStruct tasklet) {
    slots[(int) at & TaskletRing.MASK] = tasklet;
    TAIL.setRelease((TaskletMouthFields) this, at + 1);
  }

  /** What has come in so far. The lock is not needed. */
  long tail() {
    return (long) TAIL.getAcquire((TaskletMouthFields) this);
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
abstract class TaskletMouthFields extends RawSpinlock {
  static final VarHandle TAIL;
  static final VarHandle INCOMING;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAIL = lookup.findVarHandle(TaskletMouthFields.class, "tail", long.class);
      INCOMING = lookup.findVarHandle(TaskletMouthFields.class, "incoming", TaskletStruct.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final TaskletList list;
  final Vector vector;
  final TaskletRing ring;
  final TaskletStruct[] slots;
  long tail;

  /** What they know of the ring's head. */
  long headSeen;

  /** A stack: pushed by CAS, taken whole by an exchange, so that no pop can meet an ABA. */
  @SuppressWarnings("unused") // through INCOMING
  volatile TaskletStruct incoming;

  TaskletMouthFields(TaskletList list, TaskletRing ring) {
    this.list = list;
    this.vector = list.vector;
    this.ring = ring;
    this.slots = ring.slots;
  }
}
