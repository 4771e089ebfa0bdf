package jiffy.types;

/**
 * {@code struct ratelimit_state}: lets a burst through in each interval and counts the rest. Made
 * by {@code DEFINE_RATELIMIT_STATE}, or plainly by {@code ratelimit_state_init}.
 */
public class RatelimitState {
  /** Jiffies of an interval; 0: nothing is suppressed. */
  public volatile int interval;

  /** How many may print in an interval; 0: none. */
  public volatile int burst;

  /** How many have printed in this interval. */
  public volatile int printed;

  /** How many were suppressed since that was last said. */
  public volatile int missed;

  /** Jiffies at which this interval began. */
  public volatile long begin;

  /** {@code RATELIMIT_MSG_ON_RELEASE} or 0. */
  public volatile long flags;

  /** Whether there is an interval: {@link #begin} may be 0 after jiffies have wrapped. */
  public volatile boolean __started;

  /** 1 while somebody is inside: who comes then is suppressed. */
  public volatile int __lock;
}
