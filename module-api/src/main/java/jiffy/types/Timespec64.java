package jiffy.types;

/** {@code struct timespec64}: seconds and nanoseconds. */
public class Timespec64 {
  /** Whole seconds. */
  public long tv_sec;

  /** Nanoseconds, 0 to 999,999,999. */
  public long tv_nsec;
}
