package jiffy.linux;

import static jiffy.linux.Hrtimers.CLOCK_BOOTTIME;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.CLOCK_REALTIME;

import jiffy.kernel.Current;
import jiffy.types.Timespec64;

/**
 * {@code linux/ktime.h} and {@code linux/timekeeping.h}: clocks, and arithmetic on {@code ktime_t},
 * which is a long of nanoseconds.
 *
 * <p>Contexts: any. Thread safe. The sums wrap, as C's do, unless they say otherwise.
 */
public final class Ktime {
  /** {@code KTIME_MAX}: later than anything. */
  public static final long KTIME_MAX = Long.MAX_VALUE;

  /** {@code KTIME_MIN}: earlier than anything. */
  public static final long KTIME_MIN = Long.MIN_VALUE;

  /** {@code NSEC_PER_SEC}. */
  public static final long NSEC_PER_SEC = 1_000_000_000L;

  /** {@code NSEC_PER_MSEC}. */
  public static final long NSEC_PER_MSEC = 1_000_000L;

  /** {@code NSEC_PER_USEC}. */
  public static final long NSEC_PER_USEC = 1_000L;

  /** {@code KTIME_SEC_MAX}: whole seconds in {@link #KTIME_MAX}. */
  public static final long KTIME_SEC_MAX = KTIME_MAX / NSEC_PER_SEC;

  private Ktime() {}

  /** {@code ktime_t ktime_get(void)}: the time since boot, in ns. */
  public static long ktime_get() {
    return now(CLOCK_MONOTONIC);
  }

  /** {@code u64 ktime_get_ns(void)}: the time since boot, in ns. */
  public static long ktime_get_ns() {
    return now(CLOCK_MONOTONIC);
  }

  /**
   * {@code ktime_t ktime_get_raw(void)}: the time since boot, in ns, as nothing adjusts it here.
   */
  public static long ktime_get_raw() {
    return now(CLOCK_MONOTONIC);
  }

  /** {@code u64 ktime_get_raw_ns(void)}: as {@link #ktime_get_raw}. */
  public static long ktime_get_raw_ns() {
    return now(CLOCK_MONOTONIC);
  }

  /**
   * {@code ktime_t ktime_get_boottime(void)}: the time since boot, suspended time included, in ns.
   */
  public static long ktime_get_boottime() {
    return now(CLOCK_BOOTTIME);
  }

  /** {@code u64 ktime_get_boottime_ns(void)}: as {@link #ktime_get_boottime}. */
  public static long ktime_get_boottime_ns() {
    return now(CLOCK_BOOTTIME);
  }

  /**
   * {@code ktime_t ktime_get_real(void)}: the wall-clock time, in ns since 1970; may be stepped.
   */
  public static long ktime_get_real() {
    return now(CLOCK_REALTIME);
  }

  /** {@code u64 ktime_get_real_ns(void)}: as {@link #ktime_get_real}. */
  public static long ktime_get_real_ns() {
    return now(CLOCK_REALTIME);
  }

  /** {@code time64_t ktime_get_seconds(void)}: the whole seconds since boot. */
  public static long ktime_get_seconds() {
    return now(CLOCK_MONOTONIC) / NSEC_PER_SEC;
  }

  /** {@code time64_t ktime_get_real_seconds(void)}: the whole seconds since 1970. */
  public static long ktime_get_real_seconds() {
    return now(CLOCK_REALTIME) / NSEC_PER_SEC;
  }

  /** {@code time64_t ktime_get_boottime_seconds(void)}: the whole seconds since boot. */
  public static long ktime_get_boottime_seconds() {
    return now(CLOCK_BOOTTIME) / NSEC_PER_SEC;
  }

  /** {@code ktime_t ktime_get_coarse(void)}: the time since boot as of the last tick, in ns. */
  public static long ktime_get_coarse() {
    return coarse(CLOCK_MONOTONIC);
  }

  /** {@code u64 ktime_get_coarse_ns(void)}: as {@link #ktime_get_coarse}. */
  public static long ktime_get_coarse_ns() {
    return coarse(CLOCK_MONOTONIC);
  }

  /**
   * {@code ktime_t ktime_get_coarse_real(void)}: the wall-clock time as of the last tick, in ns.
   */
  public static long ktime_get_coarse_real() {
    return coarse(CLOCK_REALTIME);
  }

  /** {@code u64 ktime_get_coarse_real_ns(void)}: as {@link #ktime_get_coarse_real}. */
  public static long ktime_get_coarse_real_ns() {
    return coarse(CLOCK_REALTIME);
  }

  /** {@code ktime_t ktime_get_coarse_boottime(void)}: as {@link #ktime_get_coarse}. */
  public static long ktime_get_coarse_boottime() {
    return coarse(CLOCK_BOOTTIME);
  }

  /**
   * {@code ktime_t ktime_mono_to_real(ktime_t mono)}.
   *
   * @param mono ns since boot
   * @return the same moment on the wall clock as it stands now, ns since 1970
   */
  public static long ktime_mono_to_real(long mono) {
    return mono + (now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC));
  }

  /** {@code void ktime_get_raw_ts64(struct timespec64 *ts)}: time since boot. */
  public static void ktime_get_raw_ts64(Timespec64 ts) {
    set(ts, now(CLOCK_MONOTONIC));
  }

  /** {@code void ktime_get_ts64(struct timespec64 *ts)}: time since boot. */
  public static void ktime_get_ts64(Timespec64 ts) {
    set(ts, now(CLOCK_MONOTONIC));
  }

  /** {@code void ktime_get_real_ts64(struct timespec64 *ts)}: wall-clock time. */
  public static void ktime_get_real_ts64(Timespec64 ts) {
    set(ts, now(CLOCK_REALTIME));
  }

  /** {@code void ktime_get_boottime_ts64(struct timespec64 *ts)}: time since boot. */
  public static void ktime_get_boottime_ts64(Timespec64 ts) {
    set(ts, now(CLOCK_BOOTTIME));
  }

  /** {@code void ktime_get_coarse_ts64(struct timespec64 *ts)}: since boot, as of the last tick. */
  public static void ktime_get_coarse_ts64(Timespec64 ts) {
    set(ts, coarse(CLOCK_MONOTONIC));
  }

  /** {@code void ktime_get_coarse_real_ts64(struct timespec64 *ts)}: as of the last tick. */
  public static void ktime_get_coarse_real_ts64(Timespec64 ts) {
    set(ts, coarse(CLOCK_REALTIME));
  }

  private static long now(int clockId) {
    Current current = Current.get();
    return current.kernel.hrtimers.now(current, clockId);
  }

  private static long coarse(int clockId) {
    Current current = Current.get();
    return current.kernel.hrtimers.coarse(current, clockId);
  }

  private static void set(Timespec64 ts, long nanos) {
    ts.tv_sec = Math.floorDiv(nanos, NSEC_PER_SEC);
    ts.tv_nsec = Math.floorMod(nanos, NSEC_PER_SEC);
  }

  /**
   * {@code ktime_t ktime_set(const s64 secs, const unsigned long nsecs)}.
   *
   * @return {@link #KTIME_MAX} from {@link #KTIME_SEC_MAX} seconds on
   */
  public static long ktime_set(long secs, long nsecs) {
    return secs >= KTIME_SEC_MAX ? KTIME_MAX : secs * NSEC_PER_SEC + nsecs;
  }

  /** {@code ktime_t timespec64_to_ktime(struct timespec64 ts)}: as {@link #ktime_set}. */
  public static long timespec64_to_ktime(Timespec64 ts) {
    return ktime_set(ts.tv_sec, ts.tv_nsec);
  }

  /** {@code struct timespec64 ktime_to_timespec64(ktime_t kt)}: a new one. */
  public static Timespec64 ktime_to_timespec64(long kt) {
    Timespec64 ts = new Timespec64();
    set(ts, kt);
    return ts;
  }

  /** {@code ktime_add(lhs, rhs)}: the sum, lhs + rhs. */
  public static long ktime_add(long lhs, long rhs) {
    return lhs + rhs;
  }

  /** {@code ktime_sub(lhs, rhs)}: the difference, lhs - rhs. */
  public static long ktime_sub(long lhs, long rhs) {
    return lhs - rhs;
  }

  /** {@code ktime_add_ns(kt, nsval)}: the sum. */
  public static long ktime_add_ns(long kt, long nanos) {
    return kt + nanos;
  }

  /** {@code ktime_t ktime_add_us(const ktime_t kt, const u64 usec)}: the sum. */
  public static long ktime_add_us(long kt, long usecs) {
    return kt + usecs * NSEC_PER_USEC;
  }

  /** {@code ktime_t ktime_add_ms(const ktime_t kt, const u64 msec)}: the sum. */
  public static long ktime_add_ms(long kt, long msecs) {
    return kt + msecs * NSEC_PER_MSEC;
  }

  /** {@code ktime_sub_ns(kt, nsval)}: the difference. */
  public static long ktime_sub_ns(long kt, long nanos) {
    return kt - nanos;
  }

  /** {@code ktime_t ktime_sub_us(const ktime_t kt, const u64 usec)}: the difference. */
  public static long ktime_sub_us(long kt, long usecs) {
    return kt - usecs * NSEC_PER_USEC;
  }

  /** {@code ktime_t ktime_sub_ms(const ktime_t kt, const u64 msec)}: the difference. */
  public static long ktime_sub_ms(long kt, long msecs) {
    return kt - msecs * NSEC_PER_MSEC;
  }

  /**
   * {@code ktime_t ktime_add_safe(const ktime_t lhs, const ktime_t rhs)}: the sum, for times that
   * are not negative.
   *
   * @return {@link #KTIME_MAX} if the sum overflows, is negative, or one of the two is
   */
  public static long ktime_add_safe(long lhs, long rhs) {
    long sum = lhs + rhs;
    return sum < 0 || sum < lhs || sum < rhs ? KTIME_MAX : sum;
  }

  /**
   * {@code int ktime_compare(const ktime_t cmp1, const ktime_t cmp2)}.
   *
   * @return -1, 0 or 1: the first is less than, equal to or greater than the second
   */
  public static int ktime_compare(long cmp1, long cmp2) {
    return Long.compare(cmp1, cmp2);
  }

  /**
   * {@code bool ktime_after(const ktime_t cmp1, const ktime_t cmp2)}: whether cmp1 is the later
   * one.
   */
  public static boolean ktime_after(long cmp1, long cmp2) {
    return cmp1 > cmp2;
  }

  /**
   * {@code bool ktime_before(const ktime_t cmp1, const ktime_t cmp2)}: whether cmp1 is the earlier.
   */
  public static boolean ktime_before(long cmp1, long cmp2) {
    return cmp1 < cmp2;
  }

  /** {@code int ktime_equal(const ktime_t cmp1, const ktime_t cmp2)}: whether they are equal. */
  public static boolean ktime_equal(long cmp1, long cmp2) {
    return cmp1 == cmp2;
  }

  /**
   * {@code s64 ktime_divns(const ktime_t kt, s64 div)}: truncates toward 0.
   *
   * @return the quotient
   * @throws IllegalArgumentException if div is not positive (a BUG on Linux)
   */
  public static long ktime_divns(long kt, long div) {
    if (div <= 0) {
      throw new IllegalArgumentException("ktime_divns: a divisor must be positive, not " + div);
    }
    return kt / div;
  }

  /** {@code s64 ktime_to_ns(const ktime_t kt)}: the same. */
  public static long ktime_to_ns(long kt) {
    return kt;
  }

  /** {@code s64 ktime_to_us(const ktime_t kt)}: the microseconds, truncated toward 0. */
  public static long ktime_to_us(long kt) {
    return kt / NSEC_PER_USEC;
  }

  /** {@code s64 ktime_to_ms(const ktime_t kt)}: the milliseconds, truncated toward 0. */
  public static long ktime_to_ms(long kt) {
    return kt / NSEC_PER_MSEC;
  }

  /**
   * {@code s64 ktime_us_delta(const ktime_t later, const ktime_t earlier)}: the microseconds
   * between.
   */
  public static long ktime_us_delta(long later, long earlier) {
    return ktime_to_us(later - earlier);
  }

  /**
   * {@code s64 ktime_ms_delta(const ktime_t later, const ktime_t earlier)}: the milliseconds
   * between.
   */
  public static long ktime_ms_delta(long later, long earlier) {
    return ktime_to_ms(later - earlier);
  }

  /** {@code ktime_t ns_to_ktime(u64 ns)}: the same. */
  public static long ns_to_ktime(long nanos) {
    return nanos;
  }

  /** {@code ktime_t us_to_ktime(u64 us)}: the ns. (Linux from 6.13 on.) */
  public static long us_to_ktime(long usecs) {
    return usecs * NSEC_PER_USEC;
  }

  /** {@code ktime_t ms_to_ktime(u64 ms)}: the ns. */
  public static long ms_to_ktime(long msecs) {
    return msecs * NSEC_PER_MSEC;
  }
}
