package jiffy.types;

import java.io.Serializable;

/**
 * What a kernel thread runs: {@code int threadfn(void *data)}.
 *
 * <p>Runs in process context and may sleep. It returns once {@code kthread_should_stop()} is true,
 * or earlier of its own accord. Serializable for its name's sake, as {@link TimerFunction}.
 */
@FunctionalInterface
public interface KthreadFunction extends Serializable {
  /**
   * The thread's life.
   *
   * @param data what was given to {@code kthread_create}
   * @return what {@code kthread_stop} returns
   * @throws Throwable is reported like an oops; the thread ends
   */
  int run(Object data) throws Throwable;
}
