package jiffy.runtime.printk;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.types.RatelimitState;

/**
 * Lets a burst through in each interval and counts the rest: Linux's {@code struct
 * ratelimit_state}.
 *
 * <p>Thread safety: any. A caller that finds another one inside is suppressed rather than made to
 * wait.
 */
public final class RateLimit {
  /** Returned by {@link #acquire}: do not print. */
  public static final int SUPPRESSED = -1;

  /** {@code RATELIMIT_MSG_ON_RELEASE}: it is not the next print that tells. */
  private static final long MSG_ON_RELEASE = 1;

  private static final VarHandle LOCK = handle("__lock");
  private static final VarHandle MISSED = handle("missed");

  private final RatelimitState state = new RatelimitState();

  /** As the state's, in whatever unit its user counts, which an int may not hold. */
  private volatile long intervalJiffies;

  /** A limit of {@code burst} calls in each interval; an interval of 0 never suppresses. */
  public RateLimit(long intervalJiffies, int burst) {
    this.intervalJiffies = intervalJiffies;
    state.burst = burst;
  }

  /** Changes the limit; a burst of 0 suppresses everything, unless the interval is 0. */
  public void set(long newIntervalJiffies, int newBurst) {
    state.burst = newBurst;
    intervalJiffies = newIntervalJiffies;
  }

  /** Length of an interval; 0: no limit. */
  public long intervalJiffies() {
    return intervalJiffies;
  }

  /** Calls let through in an interval. */
  public int burst() {
    return state.burst;
  }

  /** As {@link #acquire(RatelimitState, long)}. */
  public int acquire(long nowJiffies) {
    return acquire(state, intervalJiffies, nowJiffies);
  }

  /** How many calls were suppressed since the last report; sets it to 0. */
  public int takeMissed() {
    return takeMissed(state);
  }

  /**
   * Asks whether this call may print.
   *
   * @param nowJiffies the present, in the unit of the interval
   * @return {@link #SUPPRESSED}, or how many calls were suppressed in an interval that has just
   *     ended: if not 0, the caller first prints {@code "FUNCTION: N callbacks suppressed"} at
   *     level 4
   */
  public static int acquire(RatelimitState state, long nowJiffies) {
    return acquire(state, state.interval, nowJiffies);
  }

  private static int acquire(RatelimitState state, long interval, long nowJiffies) {
    if (interval == 0) {
      state.__started = false; // a new interval starts a fresh window
      return 0;
    }
    if (!LOCK.compareAndSet(state, 0, 1)) {
      miss(state);
      return SUPPRESSED;
    }
    try {
      return count(state, interval, nowJiffies);
    } finally {
      state.__lock = 0; // a plain store, so that no StackOverflowError can keep it from being done
    }
  }

  private static int count(RatelimitState state, long interval, long nowJiffies) {
    int report = 0;
    if (!state.__started) {
      state.begin = nowJiffies;
      state.printed = 0;
      state.__started = true;
    } else if (nowJiffies - (state.begin + interval) > 0) {
      boolean tells = state.burst > 0 && (state.flags & MSG_ON_RELEASE) == 0;
      report = tells ? takeMissed(state) : 0;
      state.begin = nowJiffies;
      state.printed = 0;
    }
    int printed = state.printed; // nobody else is inside
    if (printed >= state.burst) {
      miss(state);
      return SUPPRESSED;
    }
    state.printed = printed + 1;
    return report;
  }

  private static int takeMissed(RatelimitState state) {
    return (int) MISSED.getAndSet(state, 0);
  }

  private static void miss(RatelimitState state) {
    MISSED.getAndAdd(state, 1);
  }

  private static VarHandle handle(String field) {
    try {
      return MethodHandles.lookup().findVarHandle(RatelimitState.class, field, int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
