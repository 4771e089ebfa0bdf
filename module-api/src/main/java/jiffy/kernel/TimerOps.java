package jiffy.kernel;

import jiffy.types.TimerFunction;
import jiffy.types.TimerList;

/** What a kernel does for {@code jiffy.linux.Timers} and {@code Jiffies}; contracts are there. */
public interface TimerOps {
  /** The jiffies of now. */
  long jiffies(Current current);

  /** Initializes a timer; function and data may be null and be set as fields later. */
  void setup(Current current, TimerList timer, TimerFunction function, Object data, int flags);

  /** {@code add_timer}. */
  void add(Current current, TimerList timer);

  /** {@code mod_timer}. */
  int mod(Current current, TimerList timer, long expiresJiffies);

  /** {@code del_timer}. */
  int delete(Current current, TimerList timer);

  /** {@code del_timer_sync}. */
  int deleteSync(Current current, TimerList timer);
}
