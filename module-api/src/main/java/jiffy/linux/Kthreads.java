package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.KthreadFunction;
import jiffy.types.TaskStruct;

/**
 * {@code linux/kthread.h}: threads of the kernel, for a module.
 *
 * <p>The way to a thread in a module: one that Java makes runs in no kernel context. A kernel
 * thread belongs to the module of its function; what still runs at rmmod is named in the log, asked
 * to stop and waited for.
 */
public final class Kthreads {
  private Kthreads() {}

  /**
   * {@code struct task_struct *kthread_create(int (*threadfn)(void *data), void *data, const char
   * *namefmt, ...)}: a thread that begins when it is woken first. Process context.
   *
   * @param function what it runs
   * @param data what that gets
   * @param nameFormat the thread's name, cut to 15 characters
   * @return the thread; null if none can be had, or if the module goes (C: {@code IS_ERR})
   */
  public static TaskStruct kthread_create(
      KthreadFunction function, Object data, String nameFormat, Object... arguments) {
    Current current = Current.get();
    String name =
        arguments.length == 0 && nameFormat.indexOf('%') < 0
            ? nameFormat
            : current.kernel.log.format(nameFormat, arguments);
    return current.kernel.tasks.kthreadCreate(current, function, data, name);
  }

  /**
   * {@code struct task_struct *kthread_create_on_node(int (*threadfn)(void *data), void *data, int
   * node, const char *namefmt, ...)}: {@link #kthread_create}; there is but one node. Process
   * context.
   *
   * @return as {@link #kthread_create}
   */
  public static TaskStruct kthread_create_on_node(
      KthreadFunction function, Object data, int node, String nameFormat, Object... arguments) {
    return kthread_create(function, data, nameFormat, arguments);
  }

  /**
   * {@code struct task_struct *kthread_create_on_cpu(int (*threadfn)(void *data), void *data,
   * unsigned int cpu, const char *namefmt)}: {@link #kthread_create}, bound to that CPU. Process
   * context.
   *
   * @param cpu where it runs; there is a warning, and it runs elsewhere, if there is no such CPU
   * @param nameFormat {@code %u} in it is the CPU's number
   * @return as {@link #kthread_create}
   */
  public static TaskStruct kthread_create_on_cpu(
      KthreadFunction function, Object data, int cpu, String nameFormat) {
    TaskStruct thread = kthread_create(function, data, nameFormat, cpu);
    if (thread != null) {
      kthread_bind(thread, cpu);
    }
    return thread;
  }

  /**
   * {@code struct task_struct *kthread_run_on_cpu(int (*threadfn)(void *data), void *data, unsigned
   * int cpu, const char *namefmt)}: {@link #kthread_create_on_cpu}, and woken. Process context.
   *
   * @return as {@link #kthread_create}
   */
  public static TaskStruct kthread_run_on_cpu(
      KthreadFunction function, Object data, int cpu, String nameFormat) {
    TaskStruct thread = kthread_create_on_cpu(function, data, cpu, nameFormat);
    if (thread != null) {
      Sched.wake_up_process(thread);
    }
    return thread;
  }

  /**
   * {@code kthread_run(threadfn, data, namefmt, ...)}: {@link #kthread_create}, and woken. Process
   * context.
   *
   * @return as {@link #kthread_create}
   */
  public static TaskStruct kthread_run(
      KthreadFunction function, Object data, String nameFormat, Object... arguments) {
    TaskStruct thread = kthread_create(function, data, nameFormat, arguments);
    if (thread != null) {
      Sched.wake_up_process(thread);
    }
    return thread;
  }

  /**
   * {@code void kthread_bind(struct task_struct *k, unsigned int cpu)}: where it will run; only
   * before it is woken first, else it is ignored with a warning. Any context.
   */
  public static void kthread_bind(TaskStruct thread, int cpu) {
    Current current = Current.get();
    current.kernel.tasks.kthreadBind(current, thread, cpu);
  }

  /**
   * {@code int kthread_stop(struct task_struct *k)}: {@link #kthread_should_stop} becomes true for
   * it, it is woken, and this waits until it has ended. Process context.
   *
   * @return
   *     <ul>
   *       <li>what its function returned, also if that was long ago
   *       <li>-EINTR: it had never been woken; the function does not run
   *       <li>-EFAULT: the function threw
   *       <li>-EDEADLK: it is the caller itself
   *       <li>-ESRCH: it is no kernel thread
   *     </ul>
   */
  public static int kthread_stop(TaskStruct thread) {
    Current current = Current.get();
    return current.kernel.tasks.kthreadStop(current, thread);
  }

  /**
   * {@code bool kthread_should_stop(void)}. Any context; it is about the task that runs there.
   *
   * @return whether somebody waits for this thread to end; false in a task that is no kernel thread
   */
  public static boolean kthread_should_stop() {
    Current current = Current.get();
    return current.kernel.tasks.kthreadShouldStop(current);
  }

  /**
   * {@code int kthread_park(struct task_struct *k)}: {@link #kthread_should_park} becomes true for
   * it, it is woken, and this waits until it is in {@link #kthread_parkme}; one that has not begun
   * parks before its function runs. Process context.
   *
   * @return
   *     <ul>
   *       <li>0: it is parked; or it is the caller itself, who has to go there
   *       <li>-EBUSY: it has been asked already
   *       <li>-ENOSYS: it has ended, or did so instead
   *       <li>-ESRCH: it is no kernel thread
   *     </ul>
   */
  public static int kthread_park(TaskStruct thread) {
    Current current = Current.get();
    return current.kernel.tasks.kthreadPark(current, thread);
  }

  /** {@code void kthread_unpark(struct task_struct *k)}: it goes on. Any context. */
  public static void kthread_unpark(TaskStruct thread) {
    Current current = Current.get();
    current.kernel.tasks.kthreadUnpark(current, thread);
  }

  /**
   * {@code bool kthread_should_park(void)}: whether this thread has been asked to call {@link
   * #kthread_parkme}. Any context.
   */
  public static boolean kthread_should_park() {
    Current current = Current.get();
    return current.kernel.tasks.kthreadShouldPark(current);
  }

  /**
   * {@code void kthread_parkme(void)}: sleeps until {@link #kthread_unpark} or {@link
   * #kthread_stop}; returns at once if {@link #kthread_should_park} is false. By the thread itself.
   * Process context.
   */
  public static void kthread_parkme() {
    Current current = Current.get();
    current.kernel.tasks.kthreadParkme(current);
  }

  /**
   * {@code void *kthread_data(struct task_struct *task)}: what its function was given; null if it
   * is no kernel thread. Any context.
   *
   * @return that, or null
   */
  public static Object kthread_data(TaskStruct thread) {
    return Current.get().kernel.tasks.kthreadData(thread);
  }
}
