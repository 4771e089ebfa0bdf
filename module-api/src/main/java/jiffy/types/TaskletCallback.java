package jiffy.types;

/**
 * What a tasklet calls, in the form of Linux 5.9 and later: {@code void callback(struct
 * tasklet_struct *t)}, as set by {@code tasklet_setup}.
 *
 * <p>Runs in softirq context on the CPU the tasklet was scheduled on: it must not sleep.
 */
@FunctionalInterface
public interface TaskletCallback extends TaskletFunction {
  /**
   * Called once for each scheduling that found the tasklet not scheduled.
   *
   * @param tasklet the tasklet that runs; it is no longer scheduled
   * @throws Throwable as {@link TaskletFunction#call}
   */
  void run(TaskletStruct tasklet) throws Throwable;

  @Override
  default void call(Object data) throws Throwable {
    run((TaskletStruct) data);
  }
}
