package jiffy.runtime.printk;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

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

  private final AtomicBoolean entered = new AtomicBoolean();
  private final AtomicInteger missed = new AtomicInteger();
  private volatile long intervalJiffies;
  private volatile int burst;

  /* Guarded by entered. */
  private boolean started;
  private long beginJiffies;
  private int printed;

  /** A limit of {@code burst} calls in each interval; an interval of 0 never suppresses. */
  public RateLimit(long intervalJiffies, int burst) {
    this.intervalJiffies = intervalJiffies;
    this.burst = burst;
  }

  /** Changes the limit; a burst of 0 suppresses everything, unless the interval is 0. */
  public void set(long newIntervalJiffies, int newBurst) {
    burst = newBurst;
    intervalJiffies = newIntervalJiffies;
  }

  /** Length of an interval; 0: no limit. */
  public long intervalJiffies() {
    return intervalJiffies;
  }

  /** Calls let through in an interval. */
  public int burst() {
    return burst;
  }

  /**
   * Asks whether this call may print.
   *
   * @param nowJiffies the present, in the unit of the interval
   * @return {@link #SUPPRESSED}, or how many calls were suppressed in an interval that has just
   *     ended: if not 0, the caller first prints {@code "FUNCTION: N callbacks suppressed"} at
   *     level 4
   */
  public int acquire(long nowJiffies) {
    if (intervalJiffies != 0 && !entered.compareAndSet(false, true)) {
      missed.incrementAndGet();
      return SUPPRESSED;
    }
    if (intervalJiffies == 0) {
      started = false; // a new interval starts a fresh window
      entered.set(false);
      return 0;
    }
    try {
      return count(nowJiffies);
    } finally {
      entered.set(false);
    }
  }

  /** How many calls were suppressed since the last report; sets it to 0. */
  public int takeMissed() {
    return missed.getAndSet(0);
  }

  private int count(long nowJiffies) {
    int report = 0;
    if (!started) {
      started = true;
      beginJiffies = nowJiffies;
      printed = 0;
    } else if (nowJiffies - (beginJiffies + intervalJiffies) > 0) {
      beginJiffies = nowJiffies;
      printed = 0;
      report = burst > 0 ? missed.getAndSet(0) : 0;
    }
    if (printed >= burst) {
      missed.incrementAndGet();
      return SUPPRESSED;
    }
    printed++;
    return report;
  }
}
