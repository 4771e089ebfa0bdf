package jiffy.runtime.printk;

import java.util.Optional;

/**
 * What can be set about printk besides the levels: the files {@code printk_ratelimit}, {@code
 * printk_ratelimit_burst}, {@code printk_devkmsg} and {@code dmesg_restrict} of {@code
 * /proc/sys/kernel}.
 *
 * <p>Thread safety: any; each setting takes effect at once.
 */
public final class PrintkSettings {
  /** What becomes of what users write to /dev/kmsg. */
  public enum DevKmsg {
    /** Each open file has a rate limit of its own; the default. */
    RATELIMIT,
    /** All of it goes to the log. */
    ON,
    /** Nothing does, and the file cannot be opened. */
    OFF;

    /** As {@code printk.devkmsg=} and the file have it; empty if there is none of that name. */
    public static Optional<DevKmsg> of(String word) {
      return switch (word) {
        case "ratelimit" -> Optional.of(RATELIMIT);
        case "on" -> Optional.of(ON);
        case "off" -> Optional.of(OFF);
        default -> Optional.empty();
      };
    }

    /** The word. */
    public String word() {
      return switch (this) {
        case RATELIMIT -> "ratelimit";
        case ON -> "on";
        case OFF -> "off";
      };
    }
  }

  /** {@code DEFAULT_RATELIMIT_INTERVAL}, in seconds: it is 5 * HZ jiffies. */
  public static final int DEFAULT_RATELIMIT_SECONDS = 5;

  /** {@code DEFAULT_RATELIMIT_BURST}, calls in an interval. */
  public static final int DEFAULT_RATELIMIT_BURST = 10;

  private final int hz;
  private final RateLimit printkRatelimit;
  private final boolean isDevKmsgLocked;
  private volatile DevKmsg devKmsg;
  private volatile boolean isDmesgRestricted;

  /**
   * The defaults.
   *
   * @param hz jiffies a second
   * @param devKmsg {@code printk.devkmsg=}: given at boot it cannot be changed any more
   */
  public PrintkSettings(int hz, Optional<DevKmsg> devKmsg) {
    this.hz = hz;
    this.printkRatelimit = newRateLimit();
    this.isDevKmsgLocked = devKmsg.isPresent();
    this.devKmsg = devKmsg.orElse(DevKmsg.RATELIMIT);
  }

  /** {@code ratelimit_default_init}: a limit with the defaults, whatever has been set since. */
  public RateLimit newRateLimit() {
    return new RateLimit((long) DEFAULT_RATELIMIT_SECONDS * hz, DEFAULT_RATELIMIT_BURST);
  }

  /** {@code printk_ratelimit_state}: the one limit of all callers of {@code printk_ratelimit()}. */
  public RateLimit printkRatelimit() {
    return printkRatelimit;
  }

  /** Interval of {@link #printkRatelimit}, in seconds. */
  public int ratelimitSeconds() {
    return (int) (printkRatelimit.intervalJiffies() / hz);
  }

  /** Sets it; 0: no limit. */
  public void setRatelimitSeconds(int seconds) {
    printkRatelimit.set((long) seconds * hz, printkRatelimit.burst());
  }

  /** Calls that {@link #printkRatelimit} lets through in an interval. */
  public int ratelimitBurst() {
    return printkRatelimit.burst();
  }

  /** Sets that; 0: none. */
  public void setRatelimitBurst(int burst) {
    printkRatelimit.set(printkRatelimit.intervalJiffies(), burst);
  }

  /** What becomes of what users write to /dev/kmsg. */
  public DevKmsg devKmsg() {
    return devKmsg;
  }

  /** Sets that. @return false if it was given at boot: nothing changed */
  public boolean setDevKmsg(DevKmsg value) {
    if (!isDevKmsgLocked) {
      devKmsg = value;
    }
    return !isDevKmsgLocked;
  }

  /** {@code dmesg_restrict}: whether only privileged users may read the log. */
  public boolean isDmesgRestricted() {
    return isDmesgRestricted;
  }

  /** Sets that. */
  public void restrictDmesg(boolean restrict) {
    isDmesgRestricted = restrict;
  }
}
