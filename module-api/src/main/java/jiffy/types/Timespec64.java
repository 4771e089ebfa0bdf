package jiffy.types;

/** {@code struct timespec64}: seconds and nanoseconds. Not thread safe. */
public class Timespec64 {
  /** Seconds. */
  public long tv_sec;

  /** Nanoseconds beside them: 0 to 999,999,999. */
  public long tv_nsec;

  /** Zero. */
  public Timespec64() {}

  /** Both fields, taken as they are. */
  public Timespec64(long tv_sec, long tv_nsec) {
    this.tv_sec = tv_sec;
    this.tv_nsec = tv_nsec;
  }
}
