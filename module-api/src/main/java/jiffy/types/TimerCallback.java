package jiffy.types;

/**
 * What a timer calls, in the form of Linux 4.15 and later: {@code void function(struct timer_list
 * *t)}, as set by {@code timer_setup}.
 *
 * <p>Runs in softirq context on the CPU the timer was armed on: it must not sleep.
 */
@FunctionalInterface
public interface TimerCallback extends TimerFunction {
  /**
   * Called when the timer expires.
   *
   * @param timer the timer that expired; it is no longer pending
   * @throws Throwable as {@link TimerFunction#call}
   */
  void expired(TimerList timer) throws Throwable;

  @Override
  default void call(Object data) throws Throwable {
    expired((TimerList) data);
  }
}
