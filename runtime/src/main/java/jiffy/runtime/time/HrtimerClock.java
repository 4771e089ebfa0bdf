package jiffy.runtime.time;

import jiffy.linux.Hrtimers;
import jiffy.linux.Ktime;
import jiffy.runtime.arch.Arch;

/**
 * The clocks that hrtimers go by, and when a CPU has to wake up for a time on one of them.
 * Immutable.
 */
final class HrtimerClock {
  /** So often the wall clock is compared while somebody waits for it: it may be stepped. */
  private static final long STEP_LOOK_NANOS = 1_000_000_000L;

  private final Arch arch;
  private final JiffiesClock ticks;
  private final long bootNanos;
  private final boolean exact;

  /**
   * @param exact false: hrtimers run at ticks only, {@code highres=off}
   */
  HrtimerClock(Arch arch, JiffiesClock ticks, boolean exact) {
    this.arch = arch;
    this.ticks = ticks;
    this.bootNanos = ticks.startOf(ticks.initialJiffies);
    this.exact = exact;
  }

  boolean isExact() {
    return exact;
  }

  /** In ns. */
  int resolution() {
    return exact ? 1 : (int) ticks.tickNanos;
  }

  /** Now, in ns; unknown clocks count as CLOCK_MONOTONIC. */
  long now(int clockId) {
    return now(clockId == Hrtimers.CLOCK_REALTIME);
  }

  /** Now on the wall clock or since boot, in ns. */
  long now(boolean real) {
    return real ? arch.wallClock() : arch.now() - bootNanos;
  }

  /** Now as of the last tick. */
  long coarse(int clockId) {
    return now(clockId) - (arch.now() - bootNanos) % ticks.tickNanos;
  }

  /**
   * When to wake up for an expiry, on the arch's clock; not later than the next look at the wall
   * clock, if it is of that.
   */
  long deadline(long expiry, boolean real) {
    if (expiry == Ktime.KTIME_MAX) {
      return Arch.NEVER;
    }
    long now = arch.now();
    long at = now;
    if (real) {
      long wall = arch.wallClock();
      if (expiry > wall) {
        at = saturate(now, expiry - wall);
        at = arch.isSimulated() ? at : Math.min(at, now + STEP_LOOK_NANOS);
      }
    } else if (expiry > 0) {
      at = saturate(bootNanos, expiry);
    }
    return exact ? at : tickAtOrAfter(at, now);
  }

  /** The first tick at or after a time, and after now. */
  private long tickAtOrAfter(long at, long now) {
    if (at == Arch.NEVER) {
      return at;
    }
    long earliest = Math.max(at - 1, now);
    long tick = (earliest - bootNanos) / ticks.tickNanos + 1;
    return ticks.startOf(ticks.initialJiffies + tick);
  }

  private static long saturate(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Arch.NEVER : sum;
  }
}
