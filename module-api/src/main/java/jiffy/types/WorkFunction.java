package jiffy.types;

import java.io.Serializable;

/**
 * What a work item calls: {@code void func(struct work_struct *work)} ({@code work_func_t}).
 *
 * <p>Runs in process context, on a kworker: it may sleep. Serializable for the reason given at
 * {@link TimerFunction}.
 */
@FunctionalInterface
public interface WorkFunction extends Serializable {
  /**
   * Called once for each time that the item was queued.
   *
   * @param work the item; it is no longer pending, and may be queued again
   * @throws Throwable what it throws is reported like a kernel oops; the kworker goes on
   */
  void call(WorkStruct work) throws Throwable;
}
