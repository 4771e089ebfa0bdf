package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.Timespec64;

/**
 * {@code linux/jiffies.h}: the tick count, comparing it, and its conversions.
 *
 * <p>Jiffies are 64 bits, unsigned, and begin at {@link #INITIAL_JIFFIES}, so that code that breaks
 * when 32 bits wrap breaks five minutes after boot. The conversions follow Linux 6.1 to the bit, at
 * any HZ, with its limits and overflows.
 *
 * <p>Contexts: any. Thread safe.
 */
public final class Jiffies {
  /*
   * What Linux computes at build time from HZ, here at run time:
   *
   *                  HZ 100       250          300          1000
   *   TICK_NSEC      10000000     4000000      3333333      1000000
   *   SHIFT_HZ       7            8            8            10         log2(HZ), about
   *   secondsShift   25           24           23           22         SEC_JIFFIE_SC
   *
   * SEC_JIFFIE_SC is the scale by which timespec64_to_jiffies multiplies seconds before it divides:
   * as large as 31 bits for a second's jiffies allow. HZ 300 alone divides neither a second's
   * milliseconds nor its nanoseconds: its conversions go by reduced fractions.
   */

  /** {@code MAX_JIFFY_OFFSET}: what a timeout too long or negative becomes. */
  public static final long MAX_JIFFY_OFFSET = (Long.MAX_VALUE >> 1) - 1;

  /** {@code USER_HZ}: clock_t's ticks a second, whatever {@link #HZ} is. */
  public static final int USER_HZ = 100;

  private static final long MSEC_PER_SEC = 1_000;
  private static final long USEC_PER_SEC = 1_000_000;
  private static final long NSEC_PER_SEC = 1_000_000_000;
  private static final long UINT_MAX = 0xffff_ffffL;
  private static final long ULONG_MAX = -1;

  private Jiffies() {}

  /** {@code jiffies}: the ticks now, from the clock at each call. */
  public static long jiffies() {
    Current current = Current.get();
    return current.kernel.timers.jiffies(current);
  }

  /** {@code u64 get_jiffies_64(void)}: as {@link #jiffies}, which has 64 bits here. */
  public static long get_jiffies_64() {
    return jiffies();
  }

  /** {@code jiffies_64}: as {@link #jiffies}. */
  public static long jiffies_64() {
    return jiffies();
  }

  /**
   * {@code HZ}: ticks a second of this kernel. A call, since javac would copy a constant.
   *
   * @return 100, 250, 300 or 1000: the boot parameter {@code hz}
   */
  public static int HZ() {
    return Current.get().kernel.hz;
  }

  /** {@code SHIFT_HZ}: the power of two nearest to {@link #HZ}. */
  public static int SHIFT_HZ() {
    return shiftHz(HZ());
  }

  private static int shiftHz(int hz) {
    return 33 - Integer.numberOfLeadingZeros(hz / 3);
  }

  /** {@code TICK_NSEC}: the nanoseconds a jiffy. */
  public static long TICK_NSEC() {
    return tickNanos(HZ());
  }

  private static long tickNanos(int hz) {
    return (NSEC_PER_SEC + hz / 2) / hz;
  }

  /** {@code INITIAL_JIFFIES}: the jiffies at boot, {@code (unsigned int) (-300 * HZ)}. */
  public static long INITIAL_JIFFIES() {
    return -300L * HZ() & UINT_MAX;
  }

  /** {@code MAX_SEC_IN_JIFFIES}: the seconds that {@link #timespec64_to_jiffies} cuts to. */
  public static long MAX_SEC_IN_JIFFIES() {
    return maxSeconds(HZ());
  }

  private static long maxSeconds(int hz) {
    long nanos = (MAX_JIFFY_OFFSET >> secondsShift(hz)) * tickNanos(hz);
    long doubled = (nanos / NSEC_PER_SEC) << 1;
    return doubled + ((nanos % NSEC_PER_SEC << 1) + NSEC_PER_SEC / 2) / NSEC_PER_SEC - 1;
  }

  /** SEC_JIFFIE_SC. */
  private static int secondsShift(int hz) {
    int shift = 31 - shiftHz(hz);
    boolean reaches31 = ((NSEC_PER_SEC << 2) / tickNanos(hz) << shift - 2 & 1L << 31) != 0;
    return reaches31 ? shift : shift + 1;
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

  /** {@code time_in_range(a, b, c)}: whether a is in [b, c]. */
  public static boolean time_in_range(long a, long b, long c) {
    return time_after_eq(a, b) && time_before_eq(a, c);
  }

  /** {@code time_in_range_open(a, b, c)}: whether a is in [b, c). */
  public static boolean time_in_range_open(long a, long b, long c) {
    return time_after_eq(a, b) && time_before(a, c);
  }

  /** {@code time_after64(a, b)}: the same as {@link #time_after}. */
  public static boolean time_after64(long a, long b) {
    return time_after(a, b);
  }

  /** {@code time_before64(a, b)}: the same as {@link #time_before}. */
  public static boolean time_before64(long a, long b) {
    return time_before(a, b);
  }

  /** {@code time_after_eq64(a, b)}: the same as {@link #time_after_eq}. */
  public static boolean time_after_eq64(long a, long b) {
    return time_after_eq(a, b);
  }

  /** {@code time_before_eq64(a, b)}: the same as {@link #time_before_eq}. */
  public static boolean time_before_eq64(long a, long b) {
    return time_before_eq(a, b);
  }

  /** {@code time_in_range64(a, b, c)}: the same as {@link #time_in_range}. */
  public static boolean time_in_range64(long a, long b, long c) {
    return time_in_range(a, b, c);
  }

  /** {@code time_after32(a, b)}: as {@link #time_after}, by the low 32 bits. */
  public static boolean time_after32(long a, long b) {
    return (int) b - (int) a < 0;
  }

  /** {@code time_before32(b, a)}: whether its first argument is earlier, by the low 32 bits. */
  public static boolean time_before32(long b, long a) {
    return time_after32(a, b);
  }

  /** {@code time_between32(t, l, h)}: whether t is in [l, h], by the low 32 bits. */
  public static boolean time_between32(long t, long l, long h) {
    return Integer.compareUnsigned((int) h - (int) l, (int) t - (int) l) >= 0;
  }

  /** {@code time_is_before_jiffies(a)}: whether a is past. */
  public static boolean time_is_before_jiffies(long a) {
    return time_after(jiffies(), a);
  }

  /** {@code time_is_after_jiffies(a)}: whether a is to come. */
  public static boolean time_is_after_jiffies(long a) {
    return time_before(jiffies(), a);
  }

  /** {@code time_is_before_eq_jiffies(a)}: whether a is past or now. */
  public static boolean time_is_before_eq_jiffies(long a) {
    return time_after_eq(jiffies(), a);
  }

  /** {@code time_is_after_eq_jiffies(a)}: whether a is now or to come. */
  public static boolean time_is_after_eq_jiffies(long a) {
    return time_before_eq(jiffies(), a);
  }

  /**
   * {@code unsigned long msecs_to_jiffies(const unsigned int m)}: rounds up.
   *
   * @return {@link #MAX_JIFFY_OFFSET} if m is negative as an int
   */
  public static long msecs_to_jiffies(int m) {
    return m < 0 ? MAX_JIFFY_OFFSET : (m * (long) HZ() + MSEC_PER_SEC - 1) / MSEC_PER_SEC;
  }

  /**
   * {@code unsigned long usecs_to_jiffies(const unsigned int u)}: rounds up.
   *
   * @param u unsigned
   * @return {@link #MAX_JIFFY_OFFSET} above what {@link #jiffies_to_usecs} gives for that
   */
  public static long usecs_to_jiffies(int u) {
    int hz = HZ();
    long usecs = u & UINT_MAX;
    if (usecs > (microseconds(MAX_JIFFY_OFFSET, hz) & UINT_MAX)) {
      return MAX_JIFFY_OFFSET;
    }
    return (usecs * hz + USEC_PER_SEC - 1) / USEC_PER_SEC;
  }

  /**
   * {@code unsigned long nsecs_to_jiffies(u64 n)}: rounds down.
   *
   * @return jiffies
   */
  public static long nsecs_to_jiffies(long n) {
    return nsecs_to_jiffies64(n);
  }

  /**
   * {@code u64 nsecs_to_jiffies64(u64 n)}: rounds down.
   *
   * @param n unsigned; at HZ 300 its ninefold overflows after 65 years
   * @return jiffies
   */
  public static long nsecs_to_jiffies64(long n) {
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
    return microseconds(j, HZ());
  }

  private static int microseconds(long j, int hz) {
    if (USEC_PER_SEC % hz == 0) {
      return (int) (j * (USEC_PER_SEC / hz));
    }
    long common = gcd(USEC_PER_SEC, hz);
    return (int) Long.divideUnsigned(j * (USEC_PER_SEC / common), hz / common);
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  /**
   * {@code u64 jiffies_to_nsecs(const unsigned long j)}.
   *
   * @return the thousandfold of {@link #jiffies_to_usecs}, which wraps
   */
  public static long jiffies_to_nsecs(long j) {
    return (jiffies_to_usecs(j) & UINT_MAX) * 1_000;
  }

  /**
   * {@code unsigned int jiffies_delta_to_msecs(long delta)}: of a difference of two jiffies.
   *
   * @return 0 if it is negative
   */
  public static int jiffies_delta_to_msecs(long delta) {
    return jiffies_to_msecs(Math.max(0, delta));
  }

  /**
   * {@code unsigned long timespec64_to_jiffies(const struct timespec64 *value)}: rounds up.
   *
   * @return that of {@link #MAX_SEC_IN_JIFFIES} if the seconds are more, or negative
   */
  public static long timespec64_to_jiffies(Timespec64 value) {
    int hz = HZ();
    long tick = tickNanos(hz);
    int shift = secondsShift(hz);
    long sec = value.tv_sec;
    long nsec = value.tv_nsec + tick - 1;
    if (Long.compareUnsigned(sec, maxSeconds(hz)) >= 0) {
      sec = maxSeconds(hz);
      nsec = 0;
    }
    long perSecond = ((NSEC_PER_SEC << shift) + tick - 1) / tick;
    long perNano = ((1L << shift + 29) + tick - 1) / tick;
    return sec * perSecond + (nsec * perNano >>> 29) >>> shift;
  }

  /** {@code void jiffies_to_timespec64(const unsigned long j, struct timespec64 *value)}. */
  public static void jiffies_to_timespec64(long j, Timespec64 value) {
    long nanos = j * TICK_NSEC();
    value.tv_sec = Long.divideUnsigned(nanos, NSEC_PER_SEC);
    value.tv_nsec = Long.remainderUnsigned(nanos, NSEC_PER_SEC);
  }

  /**
   * {@code clock_t jiffies_to_clock_t(unsigned long x)}: in units of 1/{@link #USER_HZ} s.
   *
   * @return ticks of clock_t
   */
  public static long jiffies_to_clock_t(long x) {
    int hz = HZ();
    return hz == USER_HZ ? x : Long.divideUnsigned(x * tickNanos(hz), NSEC_PER_SEC / USER_HZ);
  }

  /**
   * {@code clock_t jiffies_delta_to_clock_t(long delta)}: 0 if it is negative.
   *
   * @return ticks of clock_t
   */
  public static long jiffies_delta_to_clock_t(long delta) {
    return jiffies_to_clock_t(Math.max(0, delta));
  }

  /** {@code u64 jiffies_64_to_clock_t(u64 x)}: as {@link #jiffies_to_clock_t}. */
  public static long jiffies_64_to_clock_t(long x) {
    return jiffies_to_clock_t(x);
  }

  /**
   * {@code u64 nsec_to_clock_t(u64 x)}: nanoseconds in units of 1/{@link #USER_HZ} s.
   *
   * @return ticks of clock_t
   */
  public static long nsec_to_clock_t(long x) {
    return Long.divideUnsigned(x, NSEC_PER_SEC / USER_HZ);
  }

  /**
   * {@code unsigned long clock_t_to_jiffies(unsigned long x)}.
   *
   * @return -1, the largest unsigned, if the result would overflow
   */
  public static long clock_t_to_jiffies(long x) {
    int hz = HZ();
    if (hz % USER_HZ == 0) {
      int times = hz / USER_HZ;
      boolean fits = Long.compareUnsigned(x, Long.divideUnsigned(ULONG_MAX, times)) < 0;
      return fits ? x * times : ULONG_MAX;
    }
    boolean fits = Long.compareUnsigned(x, Long.divideUnsigned(ULONG_MAX, hz) * USER_HZ) < 0;
    return fits ? Long.divideUnsigned(x * hz, USER_HZ) : ULONG_MAX;
  }
}
