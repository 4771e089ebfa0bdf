package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Origin;
import jiffy.kernel.TaskletHome;

/**
 * {@code struct tasklet_struct}: a function that runs soon, in softirq context, never on two CPUs
 * at once. Scheduling it allocates nothing.
 *
 * <p>Made by {@code DECLARE_TASKLET} and its sisters of {@link jiffy.linux.Interrupts}, or set up
 * with {@code tasklet_setup} or {@code tasklet_init}; a module's own struct may extend it. {@link
 * #func} and {@link #data} may be written only while it is neither scheduled nor running.
 *
 * <p>Who has made {@link #__next} non-null owns it, and hands it on with the list that the tasklet
 * is put on; {@link #__runner} likewise belongs to who has made it non-null. One that is {@link
 * #__HOMED} is looked after by its {@link #__home}. The runtime's {@code TaskletBits} has the whole
 * story.
 */
public class TaskletStruct {
  /** Bit number in {@link #state}: scheduled. */
  public static final int TASKLET_STATE_SCHED = 0;

  /** Bit number in {@link #state}: running. */
  public static final int TASKLET_STATE_RUN = 1;

  /**
   * Value of {@link #__next}: at home at {@link #__home}, which knows by the ticket whether it is
   * scheduled.
   */
  public static final TaskletStruct __HOMED = new TaskletStruct();

  /** Atomic access to {@link #count}. */
  public static final VarHandle __COUNT;

  /** Atomic access to {@link #__next}. */
  public static final VarHandle __NEXT;

  /** Atomic access to {@link #__runner}. */
  public static final VarHandle __RUNNER;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      __COUNT = lookup.findVarHandle(TaskletStruct.class, "count", int.class);
      __NEXT = lookup.findVarHandle(TaskletStruct.class, "__next", TaskletStruct.class);
      __RUNNER = lookup.findVarHandle(TaskletStruct.class, "__runner", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /*
   * In this order, which JVMs keep within the references: what is read whenever the tasklet is
   * handed from one processor to another lies together, and so seldom in two cache lines.
   */

  /** What is called: a {@link TaskletCallback} gets the tasklet, any other {@link #data}. */
  public TaskletFunction func;

  /** Handed to {@link #func}. {@code tasklet_setup} sets it to the tasklet itself. */
  public Object data;

  /** How often it is disabled: 0 lets it run. To be read; {@code tasklet_disable} writes it. */
  public volatile int count;

  /** Next on a CPU's list; null: not scheduled; {@link #__HOMED}. */
  public volatile TaskletStruct __next;

  /** The list whose CPU runs it; null: not running, unless at home. */
  public volatile Object __runner;

  /** Its number at home, where its ticket is kept; 0: none yet. Who runs it does not look at it. */
  public volatile long __seat;

  /** The list in whose ring it came in last: it may run there. Null: in none yet. */
  public volatile TaskletHome __home;

  /** The function that {@link #__origin} was resolved for. */
  public TaskletFunction __resolved;

  /** Who owns the tasklet and where it was set up; null before that. */
  public Origin __origin;

  /** Somebody waits in {@code tasklet_kill}: he is next to have it scheduled. */
  public volatile boolean __killing;

  /** Its function was given up and has not returned. */
  public volatile boolean __stuck;

  /** The list where it waits, scheduled, until it may run; null: nowhere. */
  public volatile Object __aside;

  /**
   * C's field {@code state}, computed.
   *
   * @return an or of {@code 1 << }{@link #TASKLET_STATE_SCHED} (it will run, unless {@code
   *     tasklet_kill} is on it) and {@code 1 << }{@link #TASKLET_STATE_RUN} (it runs now); 0: idle
   */
  public final int state() {
    return (__isScheduled() ? 1 << TASKLET_STATE_SCHED : 0)
        | (__isRunning() ? 1 << TASKLET_STATE_RUN : 0);
  }

  /** Whether it was scheduled a moment ago; or somebody in {@code tasklet_kill} has it. */
  public final boolean __isScheduled() {
    for (; ; ) {
      TaskletStruct next = __next;
      if (next != __HOMED) {
        return next != null;
      }
      TaskletHome home = __home;
      boolean held = home.holds(this);
      VarHandle.acquireFence();
      if (__next == __HOMED && __home == home) { // else the seat may have been another home's
        return held;
      }
    }
  }

  /**
   * Whether it was running a moment ago. Whose look finds it no longer scheduled, finds it running
   * by the next one, if it has not ended.
   */
  public final boolean __isRunning() {
    TaskletHome home = __home;
    return home != null && home.runs(this) || __runner != null;
  }
}
