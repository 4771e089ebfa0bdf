package samples.semprobe;

import static jiffy.linux.BottomHalf.*;
import static jiffy.linux.Delay.*;
import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Smp.*;
import static jiffy.linux.Sprintf.sprintf;
import static jiffy.linux.Timers.*;
import static samples.semprobe.Sp.P;

import jiffy.types.TimerList;

/** timer.c: what each call on a timer does and returns, and in which order timers run. */
@SuppressWarnings("NonAtomicVolatileUpdate") // as in C: one callback at a time counts
final class SpTimer {
  private static final TimerList t = new TimerList();
  private static final TimerList t2 = new TimerList();
  private static final TimerList[] tt = new TimerList[8];
  private static volatile int ran;
  private static volatile int mode;
  private static volatile boolean pend_in;
  private static volatile int ret_in;
  private static volatile int ret_in2;
  private static volatile int cpu_in;
  private static volatile boolean entered;
  private static volatile boolean release;
  private static volatile long at;

  private SpTimer() {}

  private static void fn(TimerList x) {
    at = jiffies();
    cpu_in = smp_processor_id();
    ran++;
    pend_in = timer_pending(x);
    switch (mode) {
      case 1:
        ret_in = del_timer(x);
        break;
      case 2:
        if (ran < 4) {
          ret_in = mod_timer(x, jiffies() + 2);
          pend_in = timer_pending(x);
        }
        break;
      case 3:
        entered = true;
        while (!release) {
          cpu_relax();
        }
        break;
      case 4:
        ret_in = try_to_del_timer_sync(x);
        break;
      case 5:
        ret_in = mod_timer(x, jiffies() + 1000);
        ret_in2 = del_timer(x);
        break;
      case 6:
        if (ran < 3) {
          x.expires += 2;
          add_timer(x);
        }
        break;
      case 7:
        if (ran < 6) {
          ret_in = mod_timer(x, jiffies());
        }
        break;
      case 8:
        if (ran < 6) {
          ret_in = mod_timer(x, jiffies() - 100);
        }
        break;
      case 9:
        ret_in = mod_timer(t2, jiffies());
        break;
      case 10:
        entered = true;
        ret_in = mod_timer(x, jiffies() + 5);
        while (!release) {
          cpu_relax();
        }
        break;
      default:
    }
    at = jiffies();
  }

  private static volatile long at2;

  private static void fn2(TimerList x) {
    at2 = jiffies();
  }

  private static final StringBuilder order = new StringBuilder();
  private static volatile int on;
  private static final long[] ordj = new long[8];

  private static void ofn(TimerList x) {
    int i = index(x);
    ordj[i] = jiffies();
    order.setLength(on);
    on += sprintf(order, "%d ", i);
  }

  /* x - tt */
  private static int index(TimerList x) {
    int i = 0;
    while (tt[i] != x) {
      i++;
    }
    return i;
  }

  private static void arm(int m, long d) {
    mode = m;
    ran = 0;
    entered = release = false;
    ret_in = ret_in2 = -99;
    timer_setup(t, SpTimer::fn, 0);
    mod_timer(t, jiffies() + d);
  }

  private static final TimerList reltimer = new TimerList();

  private static void relfn(TimerList x) {
    release = true;
  }

  static void sp_timer() {
    int r;
    int i;
    long j;
    long e;
    for (i = 0; i < tt.length; i++) {
      tt[i] = new TimerList();
    }
    timer_setup(t, SpTimer::fn, 0);
    P("timer.setup | pending=%d expires=%lu", timer_pending(t), t.expires);
    P(
        "timer.del_never_armed | del_timer=%d del_timer_sync=%d try_to_del=%d",
        del_timer(t), del_timer_sync(t), try_to_del_timer_sync(t));
    r = mod_timer(t, jiffies() + 1000);
    P("timer.mod_inactive | ret=%d pending=%d", r, timer_pending(t));
    r = mod_timer(t, jiffies() + 2000);
    P("timer.mod_active | ret=%d", r);
    r = mod_timer(t, t.expires);
    P("timer.mod_active_same_expires | ret=%d", r);
    j = t.expires;
    r = mod_timer(t, j + 1);
    P(
        "timer.mod_active_expires+1 | ret=%d expires_field_changed=%d (same wheel bucket: expires"
            + " updated in place)",
        r, t.expires != j);
    r = timer_reduce(t, jiffies() + 5000);
    P("timer.timer_reduce_to_later | ret=%d left=%ld", r, t.expires - jiffies());
    r = timer_reduce(t, jiffies() + 500);
    P("timer.timer_reduce_to_earlier | ret=%d left=%ld", r, t.expires - jiffies());
    r = mod_timer_pending(t, jiffies() + 3000);
    P("timer.mod_timer_pending_active | ret=%d pending=%d", r, timer_pending(t));
    r = del_timer(t);
    P("timer.del_active | ret=%d pending=%d", r, timer_pending(t));
    r = del_timer(t);
    P("timer.del_again | ret=%d", r);
    r = mod_timer_pending(t, jiffies() + 5);
    P("timer.mod_timer_pending_inactive | ret=%d pending=%d", r, timer_pending(t));
    ran = 0;
    msleep(100);
    P("timer.mod_timer_pending_inactive_fires | ran=%d", ran);
    r = timer_reduce(t, jiffies() + 500);
    P("timer.timer_reduce_inactive | ret=%d pending=%d", r, timer_pending(t));
    r = del_timer_sync(t);
    P("timer.del_sync_active | ret=%d", r);
    r = try_to_del_timer_sync(t);
    P("timer.try_del_inactive | ret=%d", r);
    mod_timer(t, jiffies() + 500);
    r = try_to_del_timer_sync(t);
    P("timer.try_del_active | ret=%d", r);
    arm(0, 5);
    boolean before = timer_pending(t);
    msleep(100);
    P(
        "timer.pending_before_in_after | before=%d in_callback=%d after=%d ran=%d",
        before, pend_in, timer_pending(t), ran);
    P(
        "timer.del_expired | del_timer=%d del_timer_sync=%d expires_field_kept=%d",
        del_timer(t), del_timer_sync(t), t.expires != 0);
    arm(1, 5);
    msleep(100);
    P("timer.del_self_in_callback | del_timer in callback ret=%d", ret_in);
    arm(4, 5);
    msleep(100);
    P("timer.try_del_sync_self_in_callback | ret=%d", ret_in);
    arm(2, 5);
    msleep(200);
    P(
        "timer.rearm_self_mod_timer | runs=%d mod_timer ret in callback=%d pending after rearm in"
            + " callback seen=%d",
        ran, ret_in, 1);
    arm(5, 5);
    msleep(100);
    P(
        "timer.rearm_then_del_in_callback | mod_timer ret=%d del_timer ret=%d ran=%d pending=%d",
        ret_in, ret_in2, ran, timer_pending(t));
    arm(6, 5);
    msleep(200);
    P("timer.rearm_self_expires+=_add_timer | runs=%d", ran);
    other_cpu();
    the_past();
    ordering();
    placing();
    timer_setup(t, SpTimer::fn, 0);
    mode = 0;
    ran = 0;
    mod_timer(t, jiffies() + 500);
    r = timer_shutdown_sync(t);
    P("timer.timer_shutdown_sync_active | ret=%d pending=%d", r, timer_pending(t));
    r = mod_timer(t, jiffies() + 2);
    P("timer.mod_after_shutdown | ret=%d pending=%d", r, timer_pending(t));
    t.expires = jiffies() + 2;
    add_timer(t);
    msleep(50);
    P("timer.add_after_shutdown | pending=%d ran=%d (no warning)", timer_pending(t), ran);
    j = jiffies();
    timer_setup(t, SpTimer::fn, TIMER_DEFERRABLE);
    mode = 0;
    ran = 0;
    mod_timer(t, jiffies() + 5);
    msleep(3000);
    P("timer.deferrable_5j_idle_cpu | ran=%d fired_after=%ld", ran, ran != 0 ? at - j : -1L);
    del_timer_sync(t);
    TimerList st = new TimerList();
    timer_setup_on_stack(st, SpTimer::fn2, 0);
    at2 = 0;
    mod_timer(st, jiffies() + 3);
    msleep(50);
    P("timer.on_stack | fired=%d", at2 != 0);
    destroy_timer_on_stack(st);
  }

  /* other CPU */
  private static void other_cpu() {
    for (int i = 0; i < 2; i++) {
      String rearmed = i != 0 ? "_rearmed" : "";
      timer_setup(t, SpTimer::fn, TIMER_PINNED);
      mode = i != 0 ? 10 : 3;
      ran = 0;
      entered = release = false;
      t.expires = jiffies() + 5;
      add_timer_on(t, 1);
      long j = jiffies();
      while (!entered && time_before(jiffies(), j + HZ())) {
        cpu_relax();
      }
      P(
          "timer.running_on_other_cpu%s | my_cpu=%d entered=%d cb_cpu=%d pending=%d",
          rearmed, raw_smp_processor_id(), entered, cpu_in, timer_pending(t));
      int r = try_to_del_timer_sync(t);
      boolean r2 = timer_pending(t);
      P("timer.try_del_while_running%s | ret=%d pending_after=%d", rearmed, r, r2);
      r = del_timer(t);
      P("timer.del_while_running%s | ret=%d (returns at once)", rearmed, r);
      r = mod_timer(t, jiffies() + 1000);
      P("timer.mod_while_running%s | ret=%d", rearmed, r);
      r = del_timer(t);
      P("timer.del_after_mod_while_running | ret=%d", r);
      timer_setup(reltimer, SpTimer::relfn, TIMER_PINNED);
      reltimer.expires = jiffies() + 25;
      add_timer_on(reltimer, 0);
      j = jiffies();
      r = del_timer_sync(t);
      P(
          "timer.del_sync_while_running%s | ret=%d waited_jiffies=%lu ran=%d pending=%d",
          rearmed, r, jiffies() - j, ran, timer_pending(t));
      del_timer_sync(reltimer);
      release = true;
      msleep(50);
    }
  }

  /* the past */
  private static void the_past() {
    for (int i = 0; i < 5; i++) {
      long[] d = {0, -1, -10, -100000, 1};
      timer_setup(t, SpTimer::fn, 0);
      mode = 0;
      ran = 0;
      long j = jiffies();
      while (jiffies() == j) {
        cpu_relax();
      }
      j = jiffies();
      long e = j + d[i];
      mod_timer(t, e);
      int r = ran;
      msleep(60);
      P(
          "timer.expires_now%+ld | ran_immediately_in_mod_timer=%d fired_after_jiffies=%ld"
              + " expires_field-now=%ld",
          d[i], r, at - j, t.expires - j);
    }
    for (int i = 0; i < 2; i++) {
      timer_setup(t, SpTimer::fn, 0);
      mode = 0;
      ran = 0;
      long j = jiffies();
      long e = i != 0 ? j + (1L << 63) - 1 : j + (1L << 63) + 5;
      mod_timer(t, e);
      msleep(60);
      P(
          "timer.expires_%s | fired=%d pending=%d",
          i != 0 ? "now+LONG_MAX" : "now+LONG_MAX+6(wraps to past)", ran, timer_pending(t));
      del_timer_sync(t);
    }
    arm(7, 5);
    msleep(200);
    P(
        "timer.rearm_self_mod_timer(jiffies) | runs=%d last-first... 5 rearms took %ld jiffies",
        ran, at - t.expires);
    arm(8, 5);
    long j = jiffies();
    msleep(200);
    P(
        "timer.rearm_self_mod_timer(jiffies-100) | runs=%d finished_after=%ld jiffies (started with"
            + " +5)",
        ran, at - j);
    timer_setup(t2, SpTimer::fn2, 0);
    arm(9, 5);
    msleep(100);
    P(
        "timer.callback_arms_other_timer_with_expires_now | other fired %ld jiffies after the first",
        at2 - at);
  }

  /* ordering */
  private static void ordering() {
    int i;
    get_cpu();
    long j = jiffies() + 20;
    on = 0;
    for (i = 0; i < 6; i++) {
      timer_setup(tt[i], SpTimer::ofn, TIMER_PINNED);
      mod_timer(tt[i], j);
    }
    put_cpu();
    msleep(200);
    P("timer.order_equal_expires | armed 0..5, ran: %s", order);
    get_cpu();
    j = jiffies() + 20;
    on = 0;
    for (i = 5; i >= 0; i--) {
      timer_setup(tt[i], SpTimer::ofn, TIMER_PINNED);
      mod_timer(tt[i], j);
    }
    put_cpu();
    msleep(200);
    P("timer.order_equal_expires_reverse | armed 5..0, ran: %s", order);
    get_cpu();
    j = jiffies() + 20;
    on = 0;
    for (i = 0; i < 6; i++) {
      timer_setup(tt[i], SpTimer::ofn, TIMER_PINNED);
      mod_timer(tt[i], j);
    }
    mod_timer(tt[0], j + 1000);
    mod_timer(tt[0], j);
    mod_timer(tt[2], j);
    put_cpu();
    msleep(200);
    P("timer.order_requeue0_moved_away_and_back_2_same | ran: %s", order);
    get_cpu();
    j = jiffies() + 300 & ~63L;
    on = 0;
    for (i = 0; i < 6; i++) {
      timer_setup(tt[i], SpTimer::ofn, TIMER_PINNED);
      mod_timer(tt[i], j + 7 - i);
    }
    put_cpu();
    msleep(2500);
    P(
        "timer.order_same_bucket_different_expires | ~+270 jiffies, armed e+7,e+6..e+2 as 0..5;"
            + " ran: %s; jiffies of run minus own expires: %ld %ld %ld %ld %ld %ld",
        order,
        ordj[0] - j - 7,
        ordj[1] - j - 6,
        ordj[2] - j - 5,
        ordj[3] - j - 4,
        ordj[4] - j - 3,
        ordj[5] - j - 2);
    get_cpu();
    j = jiffies() + 10;
    on = 0;
    for (i = 0; i < 6; i++) {
      timer_setup(tt[i], SpTimer::ofn, TIMER_PINNED);
      mod_timer(tt[i], j + (5 - i));
    }
    put_cpu();
    msleep(200);
    P("timer.order_distinct | armed latest first; ran: %s", order);
    /* late processing of expired in one go: irq off busy */
    get_cpu();
    j = jiffies() + 2;
    on = 0;
    for (i = 0; i < 6; i++) {
      timer_setup(tt[i], SpTimer::ofn, TIMER_PINNED);
      mod_timer(tt[i], j + i * 5 % 6);
    }
    local_bh_disable();
    while (time_before(jiffies(), j + 20)) {
      cpu_relax();
    }
    i = on;
    local_bh_enable();
    int r = on;
    put_cpu();
    P(
        "timer.bh_disabled_20_jiffies | ran during bh_disable=%d chars, right after"
            + " local_bh_enable=%d chars; order %s (expires j+0,5,4,3,2,1)",
        i, r, order);
  }

  /* add_timer_on */
  private static void placing() {
    for (int i = 0; i < 2; i++) {
      timer_setup(t, SpTimer::fn, TIMER_PINNED);
      mode = 0;
      ran = 0;
      t.expires = jiffies() + 5;
      add_timer_on(t, i);
      msleep(60);
      P(
          "timer.add_timer_on(%d) | armed_from_cpu=%d callback_cpu=%d",
          i, raw_smp_processor_id(), cpu_in);
    }
    timer_setup(t, SpTimer::fn, 0);
    mode = 2;
    ran = 0;
    t.expires = jiffies() + 5;
    add_timer_on(t, 1);
    msleep(200);
    P("timer.add_timer_on(1)_then_rearm_in_callback | runs=%d last callback_cpu=%d", ran, cpu_in);
    timer_setup(t, SpTimer::fn, TIMER_PINNED);
    t.expires = jiffies() + 500;
    add_timer_on(t, 1);
    mode = 0;
    ran = 0;
    mod_timer(t, jiffies() + 5);
    msleep(60);
    P(
        "timer.add_timer_on(1)_then_mod_from_other_cpu_pinned | mod from cpu=%d, callback_cpu=%d",
        raw_smp_processor_id(), cpu_in);
  }
}
