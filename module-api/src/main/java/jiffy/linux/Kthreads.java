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
   * {@code struct task_struct *kthread_create(threadfn, data, namefmt, ...)}: a thread that begins
   * when it is woken first. Process context.
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

  /** {@code kthread_run(threadfn, data, namefmt, ...)}: {@link #kthread_create}, and woken. */
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
   * before it is woken first, else it is ignored with a warning.
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
   * {@code bool kthread_should_stop(void)}: whether somebody waits for this thread to end. False in
   * a task that is no kernel thread.
   */
  public static boolean kthread_should_stop() {
    Current current = Current.get();
    return current.kernel.tasks.kthreadShouldStop(current);
  }
}
