package jiffy.types;

import java.io.Serializable;

/**
 * What serves a softirq vector: {@code void action(struct softirq_action *h)}.
 *
 * <p>Runs in softirq context, at the same time on each CPU where the vector was raised: it must not
 * sleep. Serializable for its method's name, as {@link TimerFunction}.
 */
@FunctionalInterface
public interface SoftirqFunction extends Serializable {
  /**
   * Called once after one or more raises.
   *
   * @param action the vector's entry in the table
   * @throws Throwable what it throws is reported like a kernel oops; the vector stays open
   */
  void serve(SoftirqAction action) throws Throwable;
}
