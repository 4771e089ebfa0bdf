package jiffy.runtime.sched;

import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_WAKEKILL;

import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.PreemptCount;
import jiffy.runtime.context.Splat;
import jiffy.types.TaskStruct;

/**
 * How a task sleeps and who wakes it: {@code schedule()} and {@code try_to_wake_up()}.
 *
 * <p>Thread safe. {@link #schedule} is called by the context that it is given; waking is for
 * anybody, in any context.
 */
public final class Scheduler {
  /*
   * A task's state is one word, and no lock guards it:
   *
   *     sleeper                                waker
   *     state = INTERRUPTIBLE   (A)            condition = true
   *     fence                                  fence              (in wake_up)
   *     condition? then running again          state INTERRUPTIBLE? -> RUNNING by CAS   (B)
   *     schedule():                            sleeper's thread known? unpark it        (C)
   *       my thread is known    (D)
   *       while state != RUNNING: park
   *
   * Either the sleeper sees the condition or the waker sees the state, by the two fences. A waker whose
   * (B) comes before (D) finds no thread to unpark at (C), and none is needed: the loop does not park.
   *
   * Signals follow the same rule: the flag is the condition, and schedule() itself looks at it.
   *
   * Sleeping where one must not: Linux says so, forgets the count and schedules. So does this. Then
   * the gate's shares have to be given back, for they would keep out the very softirq that wakes the
   * sleeper; and a handler has to leave its CPU to a fresh thread, as Linux's CPU goes on with
   * other tasks. It is a task from then on, and its thread ends when the handler returns.
   */

  /** Signal number of who asks a task to stop what it does. */
  public static final int SIGINT = 2;

  /** Signal number of a user who has gone for good. */
  public static final int SIGKILL = 9;

  private final Arch arch;
  private final Splat splat;
  private volatile Consumer<Context> onHandlerSleep = context -> {};

  /**
   * @param splat reports who sleeps where it must not
   */
  public Scheduler(Arch arch, Splat splat) {
    this.arch = arch;
    this.splat = splat;
  }

  /** Set once, at boot: gives the CPU of a handler that goes to sleep to a fresh thread. */
  public void onHandlerSleep(Consumer<Context> leave) {
    onHandlerSleep = leave;
  }

  /** {@code set_current_state}. */
  public void setState(Context context, int state) {
    context.task().__state = state;
    VarHandle.fullFence();
  }

  /** The time of the arch, for deadlines. */
  long now() {
    return arch.now();
  }

  /** {@code schedule}: sleeps while the state says so; else lets others run. */
  public void schedule(Context context) {
    schedule(context, Arch.NEVER);
  }

  /**
   * As above, but not longer than the deadline, a time of the arch.
   *
   * @return whether somebody has ended the sleep, or there was none
   */
  public boolean schedule(Context context, long deadline) {
    leaveAtomic(context);
    TaskStruct task = context.task();
    int state = task.__state;
    if (state == TASK_RUNNING) {
      context.giveWay();
      context.forgetClock();
      return true;
    }
    if (isInterrupted(task, state)) {
      task.__state = TASK_RUNNING;
      return true;
    }
    boolean isWoken = true;
    try {
      task.__sleeper = context.thread;
      context.sleeps();
      while (isWoken && task.__state != TASK_RUNNING) {
        context.park(deadline);
        if (deadline != Arch.NEVER && arch.now() >= deadline && task.__state != TASK_RUNNING) {
          isWoken = false;
        }
      }
    } finally { // no call here: the stack may have overflowed
      task.__state = TASK_RUNNING;
      task.__sleeper = null;
    }
    context.wakes();
    return isWoken;
  }

  /** Reports a context that must not sleep, and makes one of it that can. */
  public void leaveAtomic(Context context) {
    int count = context.preemptCount();
    if (count == 0 && !context.irqsDisabled()) {
      return;
    }
    if (count != 0) {
      splat.schedulingWhileAtomic(context, count + PreemptCount.PREEMPT_OFFSET);
    }
    if (context.inHandler()) {
      onHandlerSleep.accept(context);
    }
    context.enableAll();
  }

  /** {@code signal_pending_state}: whether a signal keeps it from sleeping in this state. */
  public static boolean isInterrupted(TaskStruct task, int state) {
    int signal = task.__signal;
    return signal != 0
        && ((state & TASK_INTERRUPTIBLE) != 0 || (state & TASK_WAKEKILL) != 0 && signal == SIGKILL);
  }

  /**
   * {@code try_to_wake_up}.
   *
   * @param stateMask which sleeps it ends
   * @return whether it has ended one
   */
  public boolean wakeUp(TaskStruct task, int stateMask) {
    VarHandle.fullFence();
    int state = task.__state;
    while ((state & stateMask) != 0) {
      if (TaskStruct.__STATE.compareAndSet(task, state, TASK_RUNNING)) {
        Object sleeper = task.__sleeper;
        if (sleeper != null) {
          arch.unpark((HwThread) sleeper);
        }
        return true;
      }
      state = task.__state;
    }
    return false;
  }

  /** {@code send_sig}: the signal waits for the task, and ends the sleeps that it ends. */
  public void signal(TaskStruct task, int signal) {
    task.__signal = signal;
    wakeUp(task, TASK_INTERRUPTIBLE | (signal == SIGKILL ? TASK_WAKEKILL : 0));
  }
}
