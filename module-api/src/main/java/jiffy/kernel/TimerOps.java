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

  /** {@code mod_timer_pending}. */
  int modPending(Current current, TimerList timer, long expiresJiffies);

  /** {@code timer_reduce}. */
  int reduce(Current current, TimerList timer, long expiresJiffies);

  /** {@code add_timer_on}. */
  void addOn(Current current, TimerList timer, int cpu);

  /** {@code set_timer_slack}. */
  void setSlack(Current current, TimerList timer, int slackJiffies);

  /** {@code del_timer}; for good if {@code shutdown}. */
  int delete(Current current, TimerList timer, boolean shutdown);

  /** {@code try_to_del_timer_sync}. */
  int tryDelete(Current current, TimerList timer);

  /** {@code del_timer_sync}; for good if {@code shutdown}. */
  int deleteSync(Current current, TimerList timer, boolean shutdown);
}
