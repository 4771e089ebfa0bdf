package samples.semprobe;

import static jiffy.linux.Delay.*;
import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Smp.*;
import static jiffy.linux.Spinlocks.*;
import static jiffy.linux.Sprintf.sprintf;
import static jiffy.linux.Workqueues.*;
import static samples.semprobe.Sp.P;

import java.util.concurrent.atomic.AtomicInteger;
import jiffy.types.DelayedWork;
import jiffy.types.SpinlockT;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/** wq.c: what queueing, flushing and cancelling return, and what runs at once. */
@SuppressWarnings("NonAtomicVolatileUpdate") // as in C
final class SpWq {
  private static final WorkStruct w = new WorkStruct();
  private static final WorkStruct w2 = new WorkStruct();
  private static final WorkStruct[] ww = new WorkStruct[8];
  private static final DelayedWork dw = new DelayedWork();
  private static volatile int ran;
  private static volatile int mode;
  private static volatile boolean q_in;
  private static volatile boolean pend_in;
  private static volatile int busy_in;
  private static volatile boolean c_in;
  private static volatile long at;
  private static final StringBuilder ord = new StringBuilder();
  private static int on;
  private static final AtomicInteger conc = new AtomicInteger();
  private static final AtomicInteger maxc = new AtomicInteger();
  private static final SpinlockT ol = DEFINE_SPINLOCK();
  private static WorkqueueStruct gq;
  private static volatile int cpu_in;

  private SpWq() {}

  private static void f(WorkStruct x) {
    pend_in = work_pending(x);
    busy_in = work_busy(x);
    cpu_in = raw_smp_processor_id();
    at = jiffies();
    if (mode == 1 && ran < 3) {
      q_in = queue_work(gq, x);
    }
    if (mode == 2) {
      msleep(200);
    }
    if (mode == 3) {
      if (ran == 0) {
        q_in = queue_work(gq, x);
        c_in = queue_work(gq, x);
      }
      msleep(50);
    }
    if (mode == 4 && ran < 3) {
      q_in = mod_delayed_work(gq, to_delayed_work(x), 2);
    }
    if (mode == 5) {
      q_in = queue_work(gq, x);
      msleep(30);
    }
    if (mode == 6) {
      c_in = cancel_work(x);
    }
    ran++;
  }

  private static void of(WorkStruct x) {
    int i = java.util.Arrays.asList(ww).indexOf(x);
    int c = conc.incrementAndGet();
    if (c > maxc.get()) {
      maxc.set(c);
    }
    spin_lock(ol);
    ord.setLength(on);
    on += sprintf(ord, "%d@%d ", i, raw_smp_processor_id());
    spin_unlock(ol);
    if (mode == 20) {
      msleep(20);
    }
    if (mode == 21) {
      mdelay(5);
    }
    conc.decrementAndGet();
  }

  private static void ordt(String n, WorkqueueStruct q, int m) {
    on = 0;
    conc.set(0);
    maxc.set(0);
    mode = m;
    get_cpu();
    for (int i = 0; i < 6; i++) {
      ww[i] = new WorkStruct();
      INIT_WORK(ww[i], SpWq::of);
      queue_work(q, ww[i]);
    }
    put_cpu();
    flush_workqueue(q);
    P(
        "wq.order_%s_%s | started: %s max_concurrency=%d",
        n, m == 20 ? "sleeping20ms" : m == 21 ? "busy5ms" : "short", ord, maxc.get());
  }

  private static int B(boolean x) {
    return x ? 1 : 0;
  }

  static void sp_wq() {
    WorkqueueStruct q = alloc_workqueue("sp_bound", 0, 0);
    WorkqueueStruct o = alloc_ordered_workqueue("sp_ordered", 0);
    WorkqueueStruct u = alloc_workqueue("sp_unbound", WQ_UNBOUND, 0);
    WorkqueueStruct st = create_singlethread_workqueue("sp_single");
    WorkqueueStruct cw = create_workqueue("sp_create");
    WorkqueueStruct m1 = alloc_workqueue("sp_max1", 0, 1);
    gq = q;
    mode = 0;
    INIT_WORK(w, SpWq::f);
    INIT_WORK(w2, SpWq::f);
    immediate(q, u);
    running(q, u);
    selfQueueing(q);
    delayed(q);
    delays(q);
    for (int r = 0; r < 2; r++) {
      queue_work_on(r, q, w);
      flush_work(w);
      P("wq.queue_work_on(%d) | cpu=%d", r, cpu_in);
    }
    ordt("ordered", o, 0);
    ordt("ordered", o, 20);
    ordt("bound", q, 0);
    ordt("bound", q, 20);
    ordt("bound", q, 21);
    ordt("unbound", u, 0);
    ordt("unbound", u, 20);
    ordt("create_singlethread", st, 20);
    ordt("create_workqueue", cw, 20);
    ordt("bound_max_active1", m1, 20);
    ordt("system_wq", system_wq(), 20);
    destroy(q, o, st, m1);
    destroy_workqueue(q);
    destroy_workqueue(u);
    destroy_workqueue(cw);
    destroy_workqueue(m1);
  }

  private static void immediate(WorkqueueStruct q, WorkqueueStruct u) {
    P(
        "wq.idle | pending=%d busy=%u cancel_work=%d cancel_work_sync=%d flush_work=%d",
        work_pending(w), work_busy(w), cancel_work(w), cancel_work_sync(w), flush_work(w));
    get_cpu();
    boolean r = queue_work(q, w);
    boolean r2 = queue_work(q, w);
    int r3 = work_busy(w);
    boolean j = work_pending(w);
    put_cpu();
    P(
        "wq.queue_twice | first=%d second=%d pending=%lu busy=%u ran_before=%d",
        r, r2, B(j), r3, ran);
    r = flush_work(w);
    P("wq.flush_pending | ret=%d runs=%d; flush again=%d", r, ran, flush_work(w));
    P("wq.in_callback | work_pending=%d work_busy=%d (1 PENDING, 2 RUNNING)", pend_in, busy_in);
    get_cpu();
    queue_work(q, w);
    r = queue_work(u, w);
    put_cpu();
    flush_work(w);
    P("wq.queue_on_second_wq_while_pending | ret=%d", r);
    ran = 0;
    get_cpu();
    queue_work(q, w);
    r = cancel_work(w);
    put_cpu();
    msleep(20);
    P("wq.cancel_work_pending | ret=%d runs=%d", r, ran);
  }

  private static void running(WorkqueueStruct q, WorkqueueStruct u) {
    INIT_DELAYED_WORK(dw, SpWq::f);
    msleep(20);
    mode = 2;
    ran = 0;
    queue_work(q, w);
    msleep(50);
    P("wq.running | pending=%d busy=%u", work_pending(w), work_busy(w));
    boolean r = cancel_work(w);
    P("wq.cancel_work_running | ret=%d", r);
    long j = jiffies();
    r = cancel_work_sync(w);
    P("wq.cancel_work_sync_running | ret=%d waited=%lu ran=%d", r, jiffies() - j, ran);
    ran = 0;
    queue_work(q, w);
    msleep(50);
    r = queue_work(q, w);
    P("wq.queue_while_running | ret=%d busy=%u", r, work_busy(w));
    j = jiffies();
    r = cancel_work_sync(w);
    P("wq.cancel_work_sync_running_and_pending | ret=%d waited=%lu runs=%d", r, jiffies() - j, ran);
    ran = 0;
    queue_work(q, w);
    msleep(50);
    queue_work(u, w);
    j = jiffies();
    r = flush_work(w);
    P(
        "wq.requeue_while_running_on_other_wq | flush ret=%d waited=%lu runs=%d (non-reentrant:"
            + " same item never concurrent)",
        r, jiffies() - j, ran);
  }

  private static void selfQueueing(WorkqueueStruct q) {
    mode = 1;
    ran = 0;
    queue_work(q, w);
    msleep(50);
    P("wq.queue_from_self | queue_work ret in callback=%d runs=%d", q_in, ran);
    mode = 3;
    ran = 0;
    queue_work(q, w);
    msleep(200);
    P("wq.queue_twice_from_self | first=%d second=%d total runs=%d", q_in, c_in, ran);
    mode = 5;
    ran = 0;
    queue_work(q, w);
    msleep(100);
    long j = jiffies();
    boolean r = cancel_work_sync(w);
    int r2 = ran;
    msleep(100);
    P(
        "wq.cancel_work_sync_of_self_requeueing | ret=%d waited=%lu runs=%d later=%d",
        r, jiffies() - j, r2, ran);
    P("wq.requeue ret in callback while being cancelled | last queue_work ret=%d", q_in);
    mode = 6;
    ran = 0;
    queue_work(q, w);
    msleep(30);
    P("wq.cancel_work_in_own_callback | ret=%d", c_in);
  }

  private static void delayed(WorkqueueStruct q) {
    mode = 0;
    INIT_DELAYED_WORK(dw, SpWq::f);
    ran = 0;
    P(
        "wq.delayed_idle | cancel_delayed_work=%d cancel_delayed_work_sync=%d"
            + " flush_delayed_work=%d pending=%d",
        cancel_delayed_work(dw),
        cancel_delayed_work_sync(dw),
        flush_delayed_work(dw),
        delayed_work_pending(dw));
    long j = jiffies();
    boolean r = queue_delayed_work(q, dw, 10);
    boolean r2 = queue_delayed_work(q, dw, 1);
    boolean r3 = delayed_work_pending(dw);
    msleep(100);
    P(
        "wq.queue_delayed_10j | first=%d second(delay 1)=%d pending=%d ran_after_jiffies=%ld"
            + " runs=%d",
        r, r2, r3, at - j, ran);
    r = mod_delayed_work(q, dw, 1000);
    P("wq.mod_delayed_idle | ret=%d pending=%d", r, delayed_work_pending(dw));
    j = jiffies();
    r = mod_delayed_work(q, dw, 5);
    msleep(100);
    P("wq.mod_delayed_pending | ret=%d ran_after=%ld", r, at - j);
    queue_delayed_work(q, dw, 1000);
    r = cancel_delayed_work(dw);
    P("wq.cancel_delayed_pending | ret=%d pending=%d", r, delayed_work_pending(dw));
    queue_delayed_work(q, dw, 1000);
    r = cancel_delayed_work_sync(dw);
    P("wq.cancel_delayed_sync_pending | ret=%d", r);
    ran = 0;
    queue_delayed_work(q, dw, 1000);
    j = jiffies();
    r = flush_delayed_work(dw);
    P("wq.flush_delayed_pending | ret=%d waited=%lu runs=%d (runs at once)", r, jiffies() - j, ran);
    ran = 0;
    get_cpu();
    j = jiffies();
    r = queue_delayed_work(q, dw, 0);
    put_cpu();
    flush_delayed_work(dw);
    P("wq.queue_delayed_0 | ret=%d ran_after=%ld", r, at - j);
    mode = 2;
    ran = 0;
    queue_delayed_work(q, dw, 0);
    msleep(50);
    r = cancel_delayed_work(dw);
    P("wq.cancel_delayed_running | ret=%d", r);
    r = cancel_delayed_work_sync(dw);
    P("wq.cancel_delayed_sync_running | ret=%d", r);
    mode = 4;
    ran = 0;
    queue_delayed_work(q, dw, 1);
    msleep(200);
    P("wq.mod_delayed_from_self | ret=%d runs=%d", q_in, ran);
  }

  private static void delays(WorkqueueStruct q) {
    mode = 0;
    ran = 0;
    long[] n = {1, 10, 64, 100};
    for (int i = 0; i < 4; i++) {
      long j = jiffies();
      queue_delayed_work(q, dw, n[i]);
      while (delayed_work_pending(dw)) {
        msleep(1);
      }
      flush_delayed_work(dw);
      P("wq.delay_%ld | ran_after_jiffies=%ld", n[i], at - j);
    }
  }

  private static void destroy(
      WorkqueueStruct q, WorkqueueStruct o, WorkqueueStruct st, WorkqueueStruct m1) {
    mode = 2;
    ran = 0;
    for (int i = 0; i < 3; i++) {
      ww[i] = new WorkStruct();
      INIT_WORK(ww[i], SpWq::f);
      queue_work(o, ww[i]);
    }
    long j = jiffies();
    destroy_workqueue(o);
    P("wq.destroy_with_3_pending | runs=%d waited=%lu jiffies (drains)", ran, jiffies() - j);
    mode = 1;
    ran = 0;
    gq = st;
    queue_work(st, w);
    destroy_workqueue(st);
    P("wq.destroy_self_requeueing_3_times | runs=%d", ran);
    mode = 0;
    ran = 0;
    queue_delayed_work(m1, dw, 20);
    j = jiffies();
    flush_workqueue(m1);
    P(
        "wq.flush_workqueue_with_delayed_timer_pending | waited=%lu runs=%d (not waited for)",
        jiffies() - j, ran);
    cancel_delayed_work_sync(dw);
    P("wq.wq_alloc_name_too_long..| skipped");
    gq = q;
    flush_workqueue(q);
  }
}
