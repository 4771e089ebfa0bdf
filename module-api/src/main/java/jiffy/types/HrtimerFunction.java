package jiffy.types;

import java.io.Serializable;

/**
 * What an hrtimer calls: {@code enum hrtimer_restart (*function)(struct hrtimer *)}.
 *
 * <p>Runs in hard interrupt context, or in softirq context if the timer is of a {@code SOFT} mode:
 * it must not sleep.
 *
 * <p>Serializable for the reason that {@link TimerFunction} gives: its method's name.
 */
@FunctionalInterface
public interface HrtimerFunction extends Serializable {
  /**
   * Called when the timer expires.
   *
   * @param timer the timer that expired; it is not queued any more, but active until this returns
   * @return whether to start it again for its present expiry; null is {@code HRTIMER_NORESTART}
   * @throws Throwable what a callback throws is reported like a kernel oops; the timer is not
   *     started again by it
   */
  HrtimerRestart call(Hrtimer timer) throws Throwable;
}
