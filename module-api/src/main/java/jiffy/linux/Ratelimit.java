package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.RatelimitState;

/**
 * {@code linux/ratelimit.h}: a burst in each interval, the rest is counted.
 *
 * <pre>{@code
 * static final RatelimitState rs = DEFINE_RATELIMIT_STATE(5 * HZ(), 10);
 * if (__ratelimit(rs)) {
 *   pr_info("n = %d\n", n);
 * }
 * }</pre>
 *
 * <p>Contexts: any. Thread safe. Of two that ask at the same time one may be refused, and is then
 * not waiting for the other. {@code pr_info_ratelimited} and its like need no state, but look at
 * the stack at each call to find theirs.
 */
public final class Ratelimit {
  /** Jiffies: 5 s. A call, for they depend on HZ. */
  private static final int DEFAULT_SECONDS = 5;

  /** What may print in an interval, where nobody says more. */
  public static final int DEFAULT_RATELIMIT_BURST = 10;

  /** Not at the next print, but by {@link #ratelimit_state_exit} is said what was suppressed. */
  public static final long RATELIMIT_MSG_ON_RELEASE = 1;

  private Ratelimit() {}

  /** {@code DEFAULT_RATELIMIT_INTERVAL}. @return five seconds, in jiffies */
  public static int DEFAULT_RATELIMIT_INTERVAL() {
    return DEFAULT_SECONDS * Jiffies.HZ();
  }

  /**
   * {@code DEFINE_RATELIMIT_STATE(name, interval, burst)}.
   *
   * @param interval_init in jiffies
   * @return a new state, which the caller gives its name
   */
  public static RatelimitState DEFINE_RATELIMIT_STATE(int interval_init, int burst_init) {
    RatelimitState rs = new RatelimitState();
    ratelimit_state_init(rs, interval_init, burst_init);
    return rs;
  }

  /**
   * {@code void ratelimit_state_init(struct ratelimit_state *rs, int interval, int burst)}: makes
   * it as new.
   *
   * @param interval in jiffies; 0: nothing is suppressed
   * @param burst 0: everything is suppressed
   */
  public static void ratelimit_state_init(RatelimitState rs, int interval, int burst) {
    rs.interval = interval;
    rs.burst = burst;
    rs.printed = 0;
    rs.missed = 0;
    rs.begin = 0;
    rs.__started = false;
    rs.flags = 0;
  }

  /** {@code void ratelimit_default_init(struct ratelimit_state *rs)}: ten in five seconds. */
  public static void ratelimit_default_init(RatelimitState rs) {
    ratelimit_state_init(rs, DEFAULT_RATELIMIT_INTERVAL(), DEFAULT_RATELIMIT_BURST);
  }

  /** {@code void ratelimit_set_flags(struct ratelimit_state *rs, unsigned long flags)}. */
  public static void ratelimit_set_flags(RatelimitState rs, long flags) {
    rs.flags = flags;
  }

  /**
   * {@code void ratelimit_state_exit(struct ratelimit_state *rs)}: with {@link
   * #RATELIMIT_MSG_ON_RELEASE}, says how many were suppressed.
   */
  public static void ratelimit_state_exit(RatelimitState rs) {
    if ((rs.flags & RATELIMIT_MSG_ON_RELEASE) != 0 && rs.missed != 0) {
      Printk.pr_warn(
          "%s: %d output lines suppressed due to ratelimiting\n", Sched.current().comm, rs.missed);
      rs.missed = 0;
    }
  }

  /**
   * {@code __ratelimit(state)}: whether the caller may print. If some were suppressed in the
   * interval before, that is said first: {@code FUNCTION: 2 callbacks suppressed}, at level 4.
   */
  public static boolean __ratelimit(RatelimitState state) {
    Current current = Current.get();
    return current.kernel.reports.ratelimit(current, state);
  }
}
