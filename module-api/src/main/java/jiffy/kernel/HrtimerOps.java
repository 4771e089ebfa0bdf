package jiffy.kernel;

import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;

/** What a kernel does for {@code jiffy.linux.Hrtimers} and {@code Ktime}; contracts are there. */
public interface HrtimerOps {
  /** Now on a clock, in ns. */
  long now(Current current, int clockId);

  /** Now on a clock as of the last tick, in ns. */
  long coarse(Current current, int clockId);

  /** Now on the timer's clock, in ns. */
  long now(Current current, Hrtimer timer);

  /** {@code hrtimer_resolution}, in ns. */
  int resolution();

  /** Initializes a timer; the function may be null and be set as field later. */
  void setup(Current current, Hrtimer timer, HrtimerFunction function, int clockId, int mode);

  /** {@code hrtimer_start_range_ns}. */
  void start(Current current, Hrtimer timer, long time, long rangeNanos, int mode);

  /** {@code hrtimer_try_to_cancel}. */
  int tryToCancel(Current current, Hrtimer timer);

  /** {@code hrtimer_cancel}. */
  int cancel(Current current, Hrtimer timer);

  /** {@code hrtimer_forward}. */
  long forward(Current current, Hrtimer timer, long now, long interval);

  /** {@code hrtimer_callback_running}. */
  boolean isRunning(Current current, Hrtimer timer);

  /** {@code hrtimer_active}. */
  boolean isActive(Current current, Hrtimer timer);
}
