package jiffy.types;

/** {@code struct task_struct}, as far as modules read it: who runs. */
public class TaskStruct {
  /** Longest {@link #comm}, in characters: Linux's TASK_COMM_LEN less the NUL. */
  public static final int COMM_LENGTH = 15;

  /** Process id, unique while the task lives; 0 for the idle tasks {@code swapper/N}. */
  public final int pid;

  /** Name, cut to {@value #COMM_LENGTH} characters as Linux does. */
  public final String comm;

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
