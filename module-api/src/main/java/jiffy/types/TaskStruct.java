package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code struct task_struct}, as far as modules read it: who runs, and whether it sleeps.
 *
 * <p>Its state is written by the task itself ({@code set_current_state}) and by who wakes it, never
 * under a lock: see {@code jiffy.runtime.sched.Scheduler}.
 */
public class TaskStruct {
  /** Longest {@link #comm}, in characters: Linux's TASK_COMM_LEN less the NUL. */
  public static final int COMM_LENGTH = 15;

  /** Access to {@link #__state} for who wakes the task. */
  public static final VarHandle __STATE;

  static {
    try {
      __STATE = MethodHandles.lookup().findVarHandle(TaskStruct.class, "__state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Process id, unique while the task lives; 0 for the idle tasks {@code swapper/N}. */
  public final int pid;

  /** Name, cut to {@value #COMM_LENGTH} characters as Linux does. */
  public final String comm;

  /** {@code TASK_RUNNING} or one of the other states of {@link jiffy.linux.Sched}. */
  public volatile int __state;

  /** 0, or the signal that waits for it; SIGKILL is fatal. */
  public volatile int __signal;

  /** The thread that sleeps in {@code schedule()} as this task, or null. The runtime's. */
  public volatile Object __sleeper;

  /** What the runtime knows of it besides; null for the idle tasks. */
  public volatile Object __task;

  /** Made by the runtime only. */
  public TaskStruct(int pid, String comm) {
    this.pid = pid;
    this.comm = comm.length() > COMM_LENGTH ? comm.substring(0, COMM_LENGTH) : comm;
  }

  /** {@code comm/pid}, as kernel reports write it. */
  @Override
  public String toString() {
    return comm + "/" + pid;
  }
}
