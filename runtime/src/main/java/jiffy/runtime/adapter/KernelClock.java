package jiffy.runtime.adapter;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import jiffy.runtime.arch.Arch;

/** The machine's wall clock. Immutable; any thread. */
final class KernelClock extends Clock {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;
  private static final long NANOS_PER_MILLI = 1_000_000L;

  private final Arch arch;
  private final Callers callers;
  private final ZoneId zone;

  KernelClock(Arch arch, Callers callers, ZoneId zone) {
    this.arch = arch;
    this.callers = callers;
    this.zone = zone;
  }

  @Override
  public ZoneId getZone() {
    return zone;
  }

  @Override
  public Clock withZone(ZoneId other) {
    return other.equals(zone) ? this : new KernelClock(arch, callers, other);
  }

  @Override
  public Instant instant() {
    callers.poll();
    long now = arch.wallClock();
    return Instant.ofEpochSecond(
        Math.floorDiv(now, NANOS_PER_SECOND), Math.floorMod(now, NANOS_PER_SECOND));
  }

  @Override
  public long millis() {
    callers.poll();
    return Math.floorDiv(arch.wallClock(), NANOS_PER_MILLI);
  }

  /** Equal are clocks of the same machine that show the same zone. */
  @Override
  public boolean equals(Object other) {
    return other instanceof KernelClock
        && ((KernelClock) other).arch == arch
        && ((KernelClock) other).zone.equals(zone);
  }

  @Override
  public int hashCode() {
    return System.identityHashCode(arch) * 31 + zone.hashCode();
  }

  @Override
  public String toString() {
    return "KernelClock[" + zone + "]";
  }
}
