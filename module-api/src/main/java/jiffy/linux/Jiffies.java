package jiffy.linux;

import jiffy.kernel.Current;

/**
 * {@code linux/jiffies.h}: the tick count and its conversions.
 *
 * <p>Jiffies are 64 bits and begin at {@code (unsigned) (-300 * HZ)}, so that code that breaks when
 * 32 bits wrap breaks five minutes after boot. The conversions follow Linux 6.1 to the bit, at any
 * HZ. Any context may call these.
 */
public final class Jiffies {
  /** {@code MAX_JIFFY_OFFSET}: what a timeout too long or negative becomes. */
  public static final long MAX_JIFFY_OFFSET = (Long.MAX_VALUE >> 1) - 1;

  private static final long MSEC_PER_SEC = 1_000;
  private static final long USEC_PER_SEC = 1_000_000;
  private static final long NSEC_PER_SEC = 1_000_000_000;
  private static final long UINT_MAX = 0xffff_ffffL;

  private Jiffies() {}

  /** {@code jiffies}: ticks now, from the clock at each call. */
  public static long jiffies() {
    Current current = Current.get();
    return current.kernel.timers.jiffies(current);
  }

  /** {@code HZ}: ticks a second of this kernel. A call, since javac would copy a constant. */
  public static int HZ() {
    return Current.get().kernel.hz;
  }

  /** {@code time_after(a, b)}: whether a is later than b. At a distance of 2^63, true both ways. */
  public static boolean time_after(long a, long b) {
    return b - a < 0;
  }

  /** {@code time_before(a, b)}: whether a is earlier than b. */
  public static boolean time_before(long a, long b) {
    return a - b < 0;
  }

  /** {@code time_after_eq(a, b)}: whether a is later than or equal to b. */
  public static boolean time_after_eq(long a, long b) {
    return a - b >= 0;
  }

  /** {@code time_before_eq(a, b)}: whether a is earlier than or equal to b. */
  public static boolean time_before_eq(long a, long b) {
    return b - a >= 0;
  }

  /**
   * {@code unsigned long msecs_to_jiffies(const unsigned int m)}: rounds up.
   *
   * @return {@link #MAX_JIFFY_OFFSET} if m is negative as an int
   */
  public static long msecs_to_jiffies(int m) {
    if (m < 0) {
      return MAX_JIFFY_OFFSET;
    }
    int hz = HZ();
    if (MSEC_PER_SEC % hz == 0) {
      long perJiffy = MSEC_PER_SEC / hz;
      return (m + perJiffy - 1) / perJiffy;
    }
    return (m * (long) hz + MSEC_PER_SEC - 1) / MSEC_PER_SEC;
  }

  /**
   * {@code unsigned long usecs_to_jiffies(const unsigned int u)}: rounds up.
   *
   * @param u unsigned
   * @return {@link #MAX_JIFFY_OFFSET} above what {@link #jiffies_to_usecs} can give
   */
  public static long usecs_to_jiffies(int u) {
    int hz = HZ();
    long usecs = u & UINT_MAX;
    if (usecs > (jiffies_to_usecs(MAX_JIFFY_OFFSET) & UINT_MAX)) {
      return MAX_JIFFY_OFFSET;
    }
    return (usecs * hz + USEC_PER_SEC - 1) / USEC_PER_SEC;
  }

  /** {@code unsigned long nsecs_to_jiffies(u64 n)}: rounds down. */
  public static long nsecs_to_jiffies(long n) {
    int hz = HZ();
    if (NSEC_PER_SEC % hz == 0) {
      return Long.divideUnsigned(n, NSEC_PER_SEC / hz);
    }
    return Long.divideUnsigned(n * 9, (9 * NSEC_PER_SEC + hz / 2) / hz);
  }

  /**
   * {@code unsigned int jiffies_to_msecs(const unsigned long j)}.
   *
   * @return 32 unsigned bits: wraps
   */
  public static int jiffies_to_msecs(long j) {
    int hz = HZ();
    if (MSEC_PER_SEC % hz == 0) {
      return (int) (j * (MSEC_PER_SEC / hz));
    }
    long common = gcd(MSEC_PER_SEC, hz);
    long divisor = hz / common;
    return (int) Long.divideUnsigned(j * (MSEC_PER_SEC / common) + divisor - 1, divisor);
  }

  /**
   * {@code unsigned int jiffies_to_usecs(const unsigned long j)}.
   *
   * @return 32 unsigned bits: wraps
   */
  public static int jiffies_to_usecs(long j) {
    int hz = HZ();
    if (USEC_PER_SEC % hz == 0) {
      return (int) (j * (USEC_PER_SEC / hz));
    }
    long common = gcd(USEC_PER_SEC, hz);
    return (int) Long.divideUnsigned(j * (USEC_PER_SEC / common), hz / common);
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }
}
