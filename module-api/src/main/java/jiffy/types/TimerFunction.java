package jiffy.types;

import java.io.Serializable;

/**
 * What a timer calls, in the form before Linux 4.15: {@code void function(unsigned long data)}.
 *
 * <p>Runs in softirq context on the CPU the timer was armed on: it must not sleep. {@code data} is
 * the timer's {@link TimerList#data}, any object in place of C's cast pointer.
 *
 * <p>Serializable so that a method reference or lambda can be asked for its method's name (a {@link
 * java.lang.invoke.SerializedLambda}): diagnostics then say {@code timer_callback [kt]} as Linux
 * does. It is never serialized.
 */
@FunctionalInterface
public interface TimerFunction extends Serializable {
  /**
   * Called when the timer expires.
   *
   * @param data the timer's {@link TimerList#data} at that moment
   * @throws Throwable what a callback throws is reported like a kernel oops; the timer is not armed
   *     again by it
   */
  void call(Object data) throws Throwable;
}
