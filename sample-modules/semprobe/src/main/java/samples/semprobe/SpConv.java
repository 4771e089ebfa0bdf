package samples.semprobe;

import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Ktime.ktime_get_boottime_ns;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static jiffy.linux.Timers.round_jiffies;
import static jiffy.linux.Timers.round_jiffies_relative;
import static jiffy.linux.Timers.round_jiffies_up;
import static jiffy.linux.Timers.round_jiffies_up_relative;
import static samples.semprobe.Sp.P;

import jiffy.types.Timespec64;

/** conv.c: jiffies, compared and converted. */
final class SpConv {
  private static final long LONG_MAX = Long.MAX_VALUE;
  private static final long ULONG_MAX = -1;

  private static final long[] v = {
    0,
    1,
    2,
    3,
    4,
    5,
    7,
    8,
    9,
    10,
    11,
    12,
    100,
    249,
    250,
    251,
    500,
    999,
    1000,
    1001,
    3999,
    4000,
    4001,
    10000,
    86400000,
    0x7fffffff,
    0x80000000L,
    0xfffffffeL,
    0xffffffffL
  };
  private static final long[] jv = {
    0,
    1,
    2,
    3,
    10,
    249,
    250,
    251,
    1000,
    1073741823L,
    1073741824L,
    0xffffffffL,
    0x100000000L,
    (LONG_MAX >> 1) - 1,
    ULONG_MAX
  };
  private static final long[] nv = {
    0,
    1,
    3999999,
    4000000,
    4000001,
    999999999,
    1000000000,
    1000000001,
    0xffffffffL,
    0x7fffffffffffffffL,
    0xffffffffffffffffL
  };

  private SpConv() {}

  static void sp_conv() {
    int i;
    Timespec64 ts = new Timespec64();
    long j;
    P(
        "conv.const | HZ=%d TICK_NSEC=%lu MAX_JIFFY_OFFSET=%ld (0x%lx) MAX_SEC_IN_JIFFIES=%ld"
            + " USER_HZ=%d INITIAL_JIFFIES=%lu sizeof(jiffies)=%zu SHIFT_HZ=%d",
        HZ(),
        TICK_NSEC(),
        MAX_JIFFY_OFFSET,
        MAX_JIFFY_OFFSET,
        MAX_SEC_IN_JIFFIES(),
        USER_HZ,
        INITIAL_JIFFIES(),
        Long.BYTES,
        SHIFT_HZ());
    for (i = 0; i < v.length; i++) {
      P("conv.msecs_to_jiffies(%u) | %lu", v[i], msecs_to_jiffies((int) v[i]));
    }
    P(
        "conv.msecs_to_jiffies(-1) | %lu  (-1000) %lu  (int)2147483647 %lu",
        msecs_to_jiffies(-1), msecs_to_jiffies(-1000), msecs_to_jiffies(0x7fffffff));
    for (i = 0; i < v.length; i++) {
      P("conv.usecs_to_jiffies(%u) | %lu", v[i], usecs_to_jiffies((int) v[i]));
    }
    for (i = 0; i < nv.length; i++) {
      P(
          "conv.nsecs_to_jiffies(%llu) | %lu  nsecs_to_jiffies64=%llu",
          nv[i], nsecs_to_jiffies(nv[i]), nsecs_to_jiffies64(nv[i]));
    }
    for (i = 0; i < jv.length; i++) {
      P(
          "conv.jiffies %lu | jiffies_to_msecs=%u jiffies_to_usecs=%u jiffies_to_nsecs=%llu"
              + " jiffies_to_clock_t=%llu",
          jv[i],
          jiffies_to_msecs(jv[i]),
          jiffies_to_usecs(jv[i]),
          jiffies_to_nsecs(jv[i]),
          jiffies_to_clock_t(jv[i]));
    }
    for (i = 0; i < jv.length; i++) {
      jiffies_to_timespec64(jv[i], ts);
      P("conv.jiffies_to_timespec64(%lu) | %lld.%09ld", jv[i], ts.tv_sec, ts.tv_nsec);
    }
    long[][] t = {
      {0, 0},
      {0, 1},
      {0, 3999999},
      {0, 4000000},
      {0, 4000001},
      {0, 999999999},
      {1, 0},
      {1, 1},
      {10, 500000000},
      {-1, 0},
      {0, -1},
      {MAX_SEC_IN_JIFFIES(), 0},
      {LONG_MAX, 0}
    };
    for (i = 0; i < t.length; i++) {
      P(
          "conv.timespec64_to_jiffies(%lld,%ld) | %lu",
          t[i][0], t[i][1], timespec64_to_jiffies(new Timespec64(t[i][0], t[i][1])));
    }
    P(
        "conv.clock_t_to_jiffies(1)=%lu (100)=%lu (-1)=%lu",
        clock_t_to_jiffies(1), clock_t_to_jiffies(100), clock_t_to_jiffies(-1));
    long[][] a = {
      {1, 0},
      {0, 1},
      {5, 5},
      {0, ULONG_MAX},
      {ULONG_MAX, 0},
      {10, ULONG_MAX - 10},
      {1L << 63, 0},
      {0, 1L << 63},
      {(1L << 63) - 1, 0},
      {0, (1L << 63) - 1},
      {(1L << 63) + 1, 0},
      {(1L << 63) + 1, 1}
    };
    for (i = 0; i < a.length; i++) {
      P(
          "conv.time_after(0x%lx,0x%lx) | after=%d before=%d after_eq=%d before_eq=%d",
          a[i][0],
          a[i][1],
          time_after(a[i][0], a[i][1]),
          time_before(a[i][0], a[i][1]),
          time_after_eq(a[i][0], a[i][1]),
          time_before_eq(a[i][0], a[i][1]));
    }
    P(
        "conv.time_in_range(5,1,5)=%d time_in_range_open(5,1,5)=%d time_in_range(0,ULONG_MAX,1)=%d",
        time_in_range(5, 1, 5), time_in_range_open(5, 1, 5), time_in_range(0, ULONG_MAX, 1));
    P(
        "conv.time_after32(1,0xffffffff)=%d time_is_before_jiffies(jiffies-1)=%d"
            + " time_is_after_jiffies(jiffies+10)=%d",
        time_after32(1, 0xffffffffL),
        time_is_before_jiffies(jiffies() - 1),
        time_is_after_jiffies(jiffies() + 10));
    j = jiffies();
    for (i = 0; i < 6; i++) {
      long[] d = {0, 1, 62, 63, 100, 250};
      long x = j + d[i];
      P(
          "conv.round_jiffies | cpu=%d jiffies%%HZ=%lu in=jiffies+%ld (in%%HZ=%lu) round=%+ld"
              + " round_up=%+ld (relative to in) round%%HZ=%lu round_up%%HZ=%lu",
          raw_smp_processor_id(),
          j % HZ(),
          d[i],
          x % HZ(),
          round_jiffies(x) - x,
          round_jiffies_up(x) - x,
          round_jiffies(x) % HZ(),
          round_jiffies_up(x) % HZ());
    }
    for (i = 0; i < 5; i++) {
      long[] d = {0, 1, 100, 250, 1000};
      P(
          "conv.round_jiffies_relative(%lu) | %lu up=%lu (jiffies%%HZ=%lu)",
          d[i], round_jiffies_relative(d[i]), round_jiffies_up_relative(d[i]), jiffies() % HZ());
    }
    P(
        "conv.get_jiffies_64==jiffies | %d jiffies=%lu jiffies_since_boot=%lu uptime_ms=%llu",
        get_jiffies_64() == jiffies(),
        jiffies(),
        jiffies() - INITIAL_JIFFIES(),
        ktime_get_boottime_ns() / 1000000);
    P(
        "conv.jiffies_delta_to_msecs(-5)=%d (5)=%d",
        jiffies_delta_to_msecs(-5), jiffies_delta_to_msecs(5));
  }
}
