package samples.semprobe;

import static jiffy.linux.BottomHalf.*;
import static jiffy.linux.Delay.*;
import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Interrupts.*;
import static jiffy.linux.Irqflags.*;
import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Kthreads.*;
import static jiffy.linux.Ktime.*;
import static jiffy.linux.Mutexes.*;
import static jiffy.linux.Preempt.*;
import static jiffy.linux.Rwlocks.*;
import static jiffy.linux.Spinlocks.*;
import static jiffy.linux.Timers.*;
import static jiffy.linux.Workqueues.*;
import static samples.semprobe.Sp.getctx;
import static samples.semprobe.Sp.prctx;

import jiffy.types.DelayedWork;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerRestart;
import jiffy.types.Mutex;
import jiffy.types.RwlockT;
import jiffy.types.SpinlockT;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/**
 * ctx.c: what each context says of itself. Its questions about rcu_read_lock and
 * smp_call_function_single wait for RCU and calls to another CPU.
 */
final class SpCtx {
  private static final Sp.Ctx ct = new Sp.Ctx();
  private static final Sp.Ctx ch = new Sp.Ctx();
  private static final Sp.Ctx chs = new Sp.Ctx();
  private static final Sp.Ctx ctl = new Sp.Ctx();
  private static final Sp.Ctx cthi = new Sp.Ctx();
  private static final Sp.Ctx cw = new Sp.Ctx();
  private static final Sp.Ctx cws = new Sp.Ctx();
  private static final Sp.Ctx cdw = new Sp.Ctx();
  private static final Sp.Ctx ck = new Sp.Ctx();
  private static final Sp.Ctx ctirq = new Sp.Ctx();
  private static final TimerList t = new TimerList();
  private static final TimerList ti = new TimerList();
  private static final Hrtimer h = new Hrtimer();
  private static final Hrtimer hs = new Hrtimer();
  private static final TaskletStruct tl = new TaskletStruct();
  private static final TaskletStruct th = new TaskletStruct();
  private static final WorkStruct w = new WorkStruct();
  private static final WorkStruct ws = new WorkStruct();
  private static final DelayedWork dw = new DelayedWork();

  private SpCtx() {}

  private static void tf(TimerList x) {
    getctx(ct);
  }

  private static void tif(TimerList x) {
    getctx(ctirq);
  }

  private static HrtimerRestart hf(Hrtimer x) {
    getctx(ch);
    return HRTIMER_NORESTART;
  }

  private static HrtimerRestart hsf(Hrtimer x) {
    getctx(chs);
    return HRTIMER_NORESTART;
  }

  private static void tlf(TaskletStruct x) {
    getctx(ctl);
  }

  private static void thf(TaskletStruct x) {
    getctx(cthi);
  }

  private static void wf(WorkStruct x) {
    getctx(cw);
  }

  private static void wsf(WorkStruct x) {
    getctx(cws);
  }

  private static void dwf(WorkStruct x) {
    getctx(cdw);
  }

  private static int kf(Object x) {
    getctx(ck);
    return 0;
  }

  static void sp_ctx() {
    Sp.Ctx c = new Sp.Ctx();
    SpinlockT l = DEFINE_SPINLOCK();
    long f;
    getctx(c);
    prctx("module_init", c);
    timer_setup(t, SpCtx::tf, 0);
    timer_setup(ti, SpCtx::tif, TIMER_IRQSAFE);
    hrtimer_init(h, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    h.function = SpCtx::hf;
    hrtimer_init(hs, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
    hs.function = SpCtx::hsf;
    tasklet_setup(tl, SpCtx::tlf);
    tasklet_setup(th, SpCtx::thf);
    mod_timer(t, jiffies() + 2);
    mod_timer(ti, jiffies() + 2);
    hrtimer_start(h, ms_to_ktime(5), HRTIMER_MODE_REL);
    hrtimer_start(hs, ms_to_ktime(5), HRTIMER_MODE_REL_SOFT);
    tasklet_schedule(tl);
    tasklet_hi_schedule(th);
    WorkqueueStruct q = alloc_workqueue("spq", WQ_HIGHPRI, 1);
    WorkqueueStruct u = alloc_workqueue("spu", WQ_UNBOUND, 1);
    INIT_WORK(w, SpCtx::wf);
    INIT_WORK(ws, SpCtx::wsf);
    INIT_DELAYED_WORK(dw, SpCtx::dwf);
    queue_work(q, w);
    queue_work(u, ws);
    schedule_delayed_work(dw, 2);
    kthread_run(SpCtx::kf, null, "sp_kthread/%d", 7);
    msleep(300);
    prctx("timer", ct);
    prctx("timer_TIMER_IRQSAFE", ctirq);
    prctx("hrtimer_MODE_REL", ch);
    prctx("hrtimer_MODE_REL_SOFT", chs);
    prctx("tasklet(scheduled from process ctx)", ctl);
    prctx("tasklet_hi", cthi);
    prctx("work_highpri_wq", cw);
    prctx("work_unbound_wq", cws);
    prctx("delayed_work_system_wq", cdw);
    prctx("kthread", ck);
    spin_lock(l);
    getctx(c);
    spin_unlock(l);
    prctx("spin_lock", c);
    spin_lock_bh(l);
    getctx(c);
    spin_unlock_bh(l);
    prctx("spin_lock_bh", c);
    spin_lock_irq(l);
    getctx(c);
    spin_unlock_irq(l);
    prctx("spin_lock_irq", c);
    f = spin_lock_irqsave(l);
    getctx(c);
    spin_unlock_irqrestore(l, f);
    prctx("spin_lock_irqsave", c);
    SpinlockT l2 = DEFINE_SPINLOCK();
    spin_lock(l);
    spin_lock(l2);
    getctx(c);
    spin_unlock(l2);
    spin_unlock(l);
    prctx("two_spin_locks", c);
    local_irq_disable();
    getctx(c);
    local_irq_enable();
    prctx("local_irq_disable", c);
    local_bh_disable();
    getctx(c);
    local_bh_enable();
    prctx("local_bh_disable", c);
    preempt_disable();
    getctx(c);
    preempt_enable();
    prctx("preempt_disable", c);
    RwlockT rw = DEFINE_RWLOCK();
    read_lock(rw);
    getctx(c);
    read_unlock(rw);
    prctx("read_lock", c);
    Mutex m = DEFINE_MUTEX();
    mutex_lock(m);
    getctx(c);
    mutex_unlock(m);
    prctx("mutex_lock", c);
    destroy_workqueue(q);
    destroy_workqueue(u);
    tasklet_kill(tl);
    tasklet_kill(th);
    del_timer_sync(t);
    del_timer_sync(ti);
  }
}
