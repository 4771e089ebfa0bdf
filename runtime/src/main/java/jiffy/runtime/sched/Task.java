package jiffy.runtime.sched;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.WaitList;
import jiffy.types.TaskStruct;

/** A started task: who it is, whether it has ended, and how. Thread safe. */
public class Task {
  /** What a task runs. */
  @FunctionalInterface
  public interface Body {
    /**
     * @return the exit value; by convention 0 or a negative errno
     */
    int run() throws Throwable;
  }

  /** Pid and name. */
  public final TaskStruct struct;

  /** Where it runs; may change until it begins. */
  private volatile Cpu cpu;

  /** Who waits for its end, or for something else that it does. */
  final WaitList waiters;

  private volatile boolean ended;
  private int exitValue;
  private Throwable failure;
  private volatile Context context;
  private volatile boolean isUnprivileged;

  Task(Arch arch, TaskStruct struct, Cpu cpu) {
    this.struct = struct;
    this.cpu = cpu;
    this.waiters = new WaitList(arch);
    struct.__task = this;
  }

  Cpu cpu() {
    return cpu;
  }

  void moveTo(Cpu other) {
    cpu = other;
  }

  void begin(Context context) {
    this.context = context;
  }

  void end(int value, Throwable thrown) {
    exitValue = value;
    failure = thrown;
    context = null;
    ended = true;
    waiters.wakeAll();
  }

  /** Whether it has ended. */
  public boolean isEnded() {
    return ended;
  }

  void dropPrivileges() {
    isUnprivileged = true;
  }

  boolean isUnprivileged() {
    return isUnprivileged;
  }

  /** Its context while it runs, else null. For reports. */
  public Context context() {
    return context;
  }

  /** What its body threw, or null; once it has ended. */
  public Throwable failure() {
    return failure;
  }

  /** What its body returned; once it has ended without {@link #failure}. */
  public int exitValue() {
    return exitValue;
  }

  /** Waits for its end. Process context. */
  public void join(Context caller) {
    join(caller, Arch.NEVER);
  }

  /**
   * Waits for its end, but not longer than the deadline, a time of the arch.
   *
   * @return whether it has ended
   */
  public boolean join(Context caller, long deadline) {
    caller.sleeps();
    boolean done = waiters.await(caller.thread, deadline, () -> ended);
    caller.wakes();
    caller.forgetClock();
    return done;
  }
}
