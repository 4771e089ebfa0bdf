package jiffy.linux;

import java.util.Objects;
import jiffy.kernel.Current;
import jiffy.types.TaskStruct;

/**
 * {@code linux/sched.h}: tasks, and how they sleep.
 *
 * <p>A task that wants to sleep says so first ({@link #set_current_state}), looks once more whether
 * it still has to, and calls {@link #schedule} or {@link #schedule_timeout}; who wakes it sets it
 * running again.
 *
 * <p>Contexts: what sleeps, which is {@link #schedule}, {@code schedule_timeout} in all its forms,
 * {@link #cond_resched}, {@link #yield} and {@link #might_sleep}, belongs into process context
 * without a lock held; the others are for any context. What sleeps elsewhere is reported ({@code
 * BUG: scheduling while atomic}), and then really sleeps: locks stay held meanwhile, but
 * interrupts, softirqs and preemption are enabled and stay so.
 */
public final class Sched {
  /** Runs, or is able to. */
  public static final int TASK_RUNNING = 0x0000;

  /** Sleeps until it is woken or gets a signal. */
  public static final int TASK_INTERRUPTIBLE = 0x0001;

  /** Sleeps until it is woken. */
  public static final int TASK_UNINTERRUPTIBLE = 0x0002;

  /** A kernel thread that {@code kthread_park} has put away. */
  public static final int TASK_PARKED = 0x0040;

  /** Woken by a fatal signal too; a bit of {@link #TASK_KILLABLE}. */
  public static final int TASK_WAKEKILL = 0x0100;

  /** Is no load while it sleeps; a bit of {@link #TASK_IDLE}. */
  public static final int TASK_NOLOAD = 0x0400;

  /** Sleeps until it is woken or gets a fatal signal. */
  public static final int TASK_KILLABLE = TASK_WAKEKILL | TASK_UNINTERRUPTIBLE;

  /** As {@link #TASK_UNINTERRUPTIBLE}, of a thread that has nothing to do. */
  public static final int TASK_IDLE = TASK_UNINTERRUPTIBLE | TASK_NOLOAD;

  /** What {@code wake_up} wakes. */
  public static final int TASK_NORMAL = TASK_INTERRUPTIBLE | TASK_UNINTERRUPTIBLE;

  /** Timeout in jiffies that means: none. */
  public static final long MAX_SCHEDULE_TIMEOUT = Long.MAX_VALUE;

  private static final int SIGKILL = 9;

  private Sched() {}

  /**
   * {@code current}: the task that runs here; in a timer the one that was interrupted.
   *
   * @return the task
   */
  public static TaskStruct current() {
    return Current.get().task();
  }

  /**
   * {@code set_current_state(state)}: with a full barrier, so that what is looked at next is not
   * older than the state. Any context; a handler's state is its own.
   *
   * @param state one of the TASK_ constants
   */
  public static void set_current_state(int state) {
    Current current = Current.get();
    current.kernel.tasks.setState(current, state);
  }

  /** {@code __set_current_state(state)}: without the barrier. */
  public static void __set_current_state(int state) {
    Current.get().task().__state = state;
  }

  /**
   * {@code get_current_state()}: of the calling task; TASK_RUNNING but on its way to sleep.
   *
   * @return one of the TASK_ constants
   */
  public static int get_current_state() {
    return Current.get().task().__state;
  }

  /**
   * {@code struct task_struct *get_task_struct(struct task_struct *t)}: nothing here, where a task
   * that has ended stays readable while somebody refers to it.
   *
   * @return the task
   */
  public static TaskStruct get_task_struct(TaskStruct task) {
    return task;
  }

  /** {@code void put_task_struct(struct task_struct *t)}: nothing; see {@link #get_task_struct}. */
  public static void put_task_struct(TaskStruct task) {
    Objects.requireNonNull(task);
  }

  /**
   * {@code void schedule(void)}: sleeps until it is woken, if the state says so; else only lets
   * others run. A signal ends an interruptible sleep at once. Afterwards the state is TASK_RUNNING.
   */
  public static void schedule() {
    Current current = Current.get();
    current.kernel.tasks.schedule(current);
  }

  /**
   * {@code bool need_resched(void)}.
   *
   * @return false: tasks do not wait for each other's CPU
   */
  public static boolean need_resched() {
    return false;
  }

  /**
   * {@code int cond_resched(void)}: lets others run. For long loops in process context.
   *
   * @return 0: that somebody else has run is not known
   */
  public static int cond_resched() {
    Sched.yield();
    return 0;
  }

  /**
   * {@code void yield(void)}: lets others run. To be called as {@code Sched.yield()}: the bare word
   * is Java's own.
   */
  public static void yield() {
    Current current = Current.get();
    current.task().__state = TASK_RUNNING;
    current.kernel.tasks.schedule(current);
  }

  /** {@code might_sleep()}: reports a context that must not sleep, at most once a second. */
  public static void might_sleep() {
    Current current = Current.get();
    current.kernel.tasks.mightSleep(current);
  }

  /**
   * {@code signed long schedule_timeout(signed long timeout)}: sleeps until it is woken or the time
   * is over, if the state says so. Built on a timer, so that it is never early and late by the
   * wheel's granule: 10 take 11 jiffies, 100 take 104.
   *
   * @param timeoutJiffies {@link #MAX_SCHEDULE_TIMEOUT}: no timer; negative: reported, and back at
   *     once
   * @return
   *     <ul>
   *       <li>0: the time is over, or it was negative
   *       <li>more: jiffies that were left when it was woken; all of them if the state was
   *           TASK_RUNNING, for then it does not sleep
   *       <li>{@link #MAX_SCHEDULE_TIMEOUT} if that was given
   *     </ul>
   */
  public static long schedule_timeout(long timeoutJiffies) {
    Current current = Current.get();
    return current.kernel.tasks.scheduleTimeout(current, timeoutJiffies);
  }

  /**
   * {@code signed long schedule_timeout_interruptible(signed long timeout)}: {@link
   * #schedule_timeout} in TASK_INTERRUPTIBLE: a signal ends it.
   *
   * @return as {@link #schedule_timeout}
   */
  public static long schedule_timeout_interruptible(long timeoutJiffies) {
    __set_current_state(TASK_INTERRUPTIBLE);
    return schedule_timeout(timeoutJiffies);
  }

  /**
   * {@code signed long schedule_timeout_killable(signed long timeout)}: {@link #schedule_timeout}
   * in TASK_KILLABLE: a fatal signal ends it.
   *
   * @return as {@link #schedule_timeout}
   */
  public static long schedule_timeout_killable(long timeoutJiffies) {
    __set_current_state(TASK_KILLABLE);
    return schedule_timeout(timeoutJiffies);
  }

  /**
   * {@code signed long schedule_timeout_uninterruptible(signed long timeout)}: {@link
   * #schedule_timeout} in TASK_UNINTERRUPTIBLE: no signal ends it.
   *
   * @return as {@link #schedule_timeout}
   */
  public static long schedule_timeout_uninterruptible(long timeoutJiffies) {
    __set_current_state(TASK_UNINTERRUPTIBLE);
    return schedule_timeout(timeoutJiffies);
  }

  /**
   * {@code signed long schedule_timeout_idle(signed long timeout)}: {@link #schedule_timeout} in
   * TASK_IDLE: no signal ends it.
   *
   * @return as {@link #schedule_timeout}
   */
  public static long schedule_timeout_idle(long timeoutJiffies) {
    __set_current_state(TASK_IDLE);
    return schedule_timeout(timeoutJiffies);
  }

  /**
   * {@code int wake_up_process(struct task_struct *p)}: ends the task's sleep, whatever kind it is;
   * also lets a new kernel thread begin. Any context.
   *
   * @return 1 if it slept, 0 if it ran already
   */
  public static int wake_up_process(TaskStruct task) {
    Current current = Current.get();
    return current.kernel.tasks.wakeUp(current, task, TASK_NORMAL) ? 1 : 0;
  }

  /**
   * {@code int wake_up_state(struct task_struct *p, unsigned int state)}: only if it sleeps in one
   * of these states.
   *
   * @return 1 if it slept in one of them, 0 if not
   */
  public static int wake_up_state(TaskStruct task, int state) {
    Current current = Current.get();
    return current.kernel.tasks.wakeUp(current, task, state) ? 1 : 0;
  }

  /**
   * {@code int signal_pending(struct task_struct *p)}: whether a signal waits for it: its user has
   * gone, and interruptible sleeps end with -ERESTARTSYS.
   */
  public static boolean signal_pending(TaskStruct task) {
    return task.__signal != 0;
  }

  /** {@code int fatal_signal_pending(struct task_struct *p)}: whether that signal is SIGKILL. */
  public static boolean fatal_signal_pending(TaskStruct task) {
    return task.__signal == SIGKILL;
  }
}
