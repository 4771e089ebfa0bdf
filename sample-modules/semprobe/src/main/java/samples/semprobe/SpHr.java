package samples.semprobe;

import static jiffy.linux.Delay.*;
import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Kthreads.*;
import static jiffy.linux.Ktime.*;
import static jiffy.linux.Sched.*;
import static jiffy.linux.Smp.*;
import static jiffy.linux.Timers.*;
import static samples.semprobe.Sp.P;

import jiffy.types.Hrtimer;
import jiffy.types.HrtimerRestart;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;

/** hr.c: what each call on an hrtimer does and returns, and ktime arithmetic. */
@SuppressWarnings("NonAtomicVolatileUpdate") // as in C: one callback at a time counts
final class SpHr {
  private static final Hrtimer h = new Hrtimer();
  private static volatile int ran;
  private static volatile int mode;
  private static volatile boolean entered;
  private static volatile boolean release;
  private static volatile boolean act_in;
  private static volatile boolean q_in;
  private static volatile int r_in;
  private static volatile int cpu_in;
  private static volatile long ov_in;
  private static volatile long late;

  private SpHr() {}

  private static HrtimerRestart fn(Hrtimer x) {
    long n = ktime_get();
    ran++;
    cpu_in = smp_processor_id();
    late = ktime_us_delta(n, hrtimer_get_expires(x));
    act_in = hrtimer_active(x);
    q_in = hrtimer_is_queued(x);
    switch (mode) {
      case 1:
        r_in = hrtimer_try_to_cancel(x);
        break;
      case 2:
        if (ran < 4) {
          ov_in = hrtimer_forward_now(x, ms_to_ktime(10));
          return HRTIMER_RESTART;
        }
        break;
      case 3:
        entered = true;
        while (!release) {
          cpu_relax();
        }
        break;
      case 4:
        hrtimer_start(x, ms_to_ktime(10), HRTIMER_MODE_REL);
        mode = 0;
        return HRTIMER_NORESTART;
      case 5:
        if (ran < 4) {
          return HRTIMER_RESTART;
        }
        break;
      default:
    }
    return HRTIMER_NORESTART;
  }

  private static void go(int m, long d, int md) {
    int q = hrtimer_cancel(h);
    if (q != 0) {
      P("hr.note | previous timer was still queued before re-init (cancelled)");
    }
    mode = m;
    ran = 0;
    entered = release = false;
    hrtimer_init(h, CLOCK_MONOTONIC, md);
    h.function = SpHr::fn;
    hrtimer_start(h, d, md);
  }

  private static int starter(Object d) {
    go(3, ms_to_ktime(5), HRTIMER_MODE_REL_PINNED);
    return 0;
  }

  private static final TimerList rt = new TimerList();

  private static void rf(TimerList x) {
    release = true;
  }

  static void sp_hr() {
    int i;
    int r;
    P("hr.resolution_ns | %u", hrtimer_resolution());
    hrtimer_init(h, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    h.function = SpHr::fn;
    P(
        "hr.after_init | active=%d queued=%d cancel=%d try=%d",
        hrtimer_active(h), hrtimer_is_queued(h), hrtimer_cancel(h), hrtimer_try_to_cancel(h));
    hrtimer_start(h, ms_to_ktime(500), HRTIMER_MODE_REL);
    P(
        "hr.started | (hrtimer_start is void in 6.1) active=%d queued=%d remaining_us=%lld",
        hrtimer_active(h), hrtimer_is_queued(h), ktime_to_us(hrtimer_get_remaining(h)));
    hrtimer_start(h, ms_to_ktime(900), HRTIMER_MODE_REL);
    P(
        "hr.restart_active | start on active just re-programs: remaining_us=%lld",
        ktime_to_us(hrtimer_get_remaining(h)));
    r = hrtimer_try_to_cancel(h);
    P("hr.try_cancel_active | ret=%d", r);
    hrtimer_start(h, ms_to_ktime(500), HRTIMER_MODE_REL);
    r = hrtimer_cancel(h);
    P(
        "hr.cancel_active | ret=%d remaining_after_cancel_us=%lld active=%d",
        r, ktime_to_us(hrtimer_get_remaining(h)), hrtimer_active(h));
    P("hr.cancel_again | ret=%d", hrtimer_cancel(h));
    go(0, ms_to_ktime(10), HRTIMER_MODE_REL);
    msleep(60);
    P(
        "hr.expired | ran=%d active_in_cb=%d queued_in_cb=%d active=%d cancel=%d late_us=%lld"
            + " remaining_us=%lld",
        ran,
        act_in,
        q_in,
        hrtimer_active(h),
        hrtimer_cancel(h),
        late,
        ktime_to_us(hrtimer_get_remaining(h)));
    go(1, ms_to_ktime(10), HRTIMER_MODE_REL);
    msleep(60);
    P("hr.try_cancel_in_callback | ret=%d", r_in);
    go(2, ms_to_ktime(10), HRTIMER_MODE_REL);
    msleep(150);
    P("hr.restart_forward_now | runs=%d overruns_last=%llu", ran, ov_in);
    go(4, ms_to_ktime(10), HRTIMER_MODE_REL);
    msleep(150);
    P("hr.start_in_own_callback_then_NORESTART | runs=%d", ran);
    go(5, ms_to_ktime(10), HRTIMER_MODE_REL);
    msleep(100);
    P(
        "hr.RESTART_without_forward | runs=%d (fires again at once, expiry unchanged) last"
            + " late_us=%lld",
        ran, late);
    for (i = 0; i < 4; i++) {
      long[] d = {0, -1000000, 1, 1000};
      go(0, ns_to_ktime(d[i]), HRTIMER_MODE_REL);
      int j = ran;
      mdelay(2);
      P(
          "hr.start_rel_%lld_ns | ran_on_return=%lu ran_2ms_later=%d late_us=%lld",
          d[i], j, ran, late);
    }
    go(0, ktime_sub(ktime_get(), ms_to_ktime(1000)), HRTIMER_MODE_ABS);
    mdelay(2);
    P("hr.start_abs_1s_in_past | ran=%d late_us=%lld", ran, late);
    go(0, KTIME_MAX, HRTIMER_MODE_REL);
    P(
        "hr.start_rel_KTIME_MAX | expires=%lld active=%d",
        ktime_to_ns(hrtimer_get_expires(h)), hrtimer_active(h));
    hrtimer_cancel(h);
    forward();
    other_cpu();
    go(0, ms_to_ktime(10), HRTIMER_MODE_REL);
    hrtimer_cancel(h);
    hrtimer_restart(h);
    msleep(50);
    P("hr.hrtimer_restart_after_cancel | ran=%d", ran);
    hrtimer_cancel(h);
    hrtimer_init(h, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    h.function = SpHr::fn;
    mode = 0;
    ran = 0;
    hrtimer_start_range_ns(h, ms_to_ktime(20), 5000000, HRTIMER_MODE_REL);
    P(
        "hr.range | soft=%lld hard-soft=%lld ns",
        0L, ktime_to_ns(ktime_sub(hrtimer_get_expires(h), hrtimer_get_softexpires(h))));
    hrtimer_cancel(h);
    ktime();
  }

  private static void forward() {
    hrtimer_init(h, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    h.function = SpHr::fn;
    long e = ms_to_ktime(1000);
    long o;
    for (int i = 0; i < 9; i++) {
      long[] nw = {999, 1000, 1005, 1009, 1010, 1011, 1050, 1055, 5000};
      hrtimer_set_expires(h, e);
      o = hrtimer_forward(h, ms_to_ktime(nw[i]), ms_to_ktime(10));
      P(
          "hr.forward | expires=1000ms interval=10ms now=%lldms -> ret=%llu new_expires=%lldms",
          nw[i], o, ktime_to_ms(hrtimer_get_expires(h)));
    }
    hrtimer_set_expires(h, e);
    o = hrtimer_forward(h, ms_to_ktime(1001), 0);
    P(
        "hr.forward_interval_0 | (clamped to resolution) ret=%llu new_expires_ns=%lld",
        o, ktime_to_ns(hrtimer_get_expires(h)));
    hrtimer_start(h, ms_to_ktime(500), HRTIMER_MODE_REL);
    o = hrtimer_forward(h, ktime_add_ms(ktime_get(), 5000), ms_to_ktime(10));
    P("hr.forward_while_queued | now 4.5s past expiry: ret=%llu (WARN_ON; returns 0)", o);
    hrtimer_cancel(h);
  }

  private static void other_cpu() {
    TaskStruct k = kthread_create(SpHr::starter, null, "sp_hr");
    kthread_bind(k, 1);
    wake_up_process(k);
    long j = jiffies();
    while (!entered && time_before(jiffies(), j + 2 * HZ())) {
      cond_resched();
    }
    P(
        "hr.running_on_other_cpu | my_cpu=%d cb_cpu=%d active=%d queued=%d cb_running=%d",
        raw_smp_processor_id(),
        cpu_in,
        hrtimer_active(h),
        hrtimer_is_queued(h),
        hrtimer_callback_running(h));
    P("hr.try_cancel_while_running | ret=%d", hrtimer_try_to_cancel(h));
    timer_setup(rt, SpHr::rf, TIMER_PINNED);
    rt.expires = jiffies() + 15;
    add_timer_on(rt, 0);
    j = jiffies();
    int r = hrtimer_cancel(h);
    P("hr.cancel_while_running | ret=%d waited_jiffies=%lu", r, jiffies() - j);
    release = true;
    del_timer_sync(rt);
  }

  private static void ktime() {
    long a = ktime_set(3, 1500000000);
    P("ktime.set(3,1.5e9) | %lld", a);
    P(
        "ktime.set(-1,0) | %lld ktime.set(KTIME_SEC_MAX,0) | %lld KTIME_SEC_MAX=%lld",
        ktime_set(-1, 0), ktime_set(KTIME_SEC_MAX, 0), KTIME_SEC_MAX);
    P(
        "ktime.to_ms(-1500us) | %lld to_us(-1500ns)=%lld",
        ktime_to_ms(ns_to_ktime(-1500000)), ktime_to_us(ns_to_ktime(-1500)));
    P(
        "ktime.compare | %d %d %d after=%d",
        ktime_compare(1, 2), ktime_compare(2, 2), ktime_compare(3, 2), ktime_after(3, 2));
    P("ktime.divns(1e9,3) | %lld", ktime_divns(1000000000, 3));
    P("ktime.add_safe(MAX,1) | %lld", ktime_add_safe(KTIME_MAX, 1));
  }
}
