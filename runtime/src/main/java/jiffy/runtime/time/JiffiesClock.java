package jiffy.runtime.time;

import jiffy.runtime.arch.Arch;

/**
 * Jiffies from the clock at each read: {@code INITIAL_JIFFIES + (now - boot) / TICK_NSEC}.
 *
 * <p>A counter that a thread steps would go stale when that thread is held up, and timers would
 * then fire early. Immutable.
 */
public final class JiffiesClock {
  private static final long NSEC_PER_SEC = 1_000_000_000L;

  /** Ticks a second. */
  public final int hz;

  /** Nanoseconds a tick. */
  public final long tickNanos;

  /** Jiffies at boot: {@code (unsigned int) (-300 * HZ)}. */
  public final long initialJiffies;

  private final Arch arch;
  private final long bootNanos;
  private final Reciprocal perTick;

  /** A clock that shows its initial jiffies now. */
  public JiffiesClock(Arch arch, int hz) {
    this.arch = arch;
    this.hz = hz;
    this.tickNanos = (NSEC_PER_SEC + hz / 2) / hz;
    this.perTick = new Reciprocal(tickNanos);
    this.initialJiffies = -300L * hz & 0xffff_ffffL;
    this.bootNanos = arch.now();
  }

  /** Jiffies now. */
  public long now() {
    return initialJiffies + perTick.divide(arch.now() - bootNanos);
  }

  /** Nanoseconds since boot. */
  public long sinceBoot() {
    return arch.now() - bootNanos;
  }

  /**
   * When the jiffy begins, on the arch's clock; {@link Arch#NEVER} if that is farther than the
   * clock counts.
   */
  public long startOf(long jiffy) {
    long ticks = jiffy - initialJiffies;
    if (ticks > (Long.MAX_VALUE - bootNanos) / tickNanos - 1) {
      return Arch.NEVER;
    }
    return bootNanos + ticks * tickNanos;
  }
}
