package samples.semprobe;

import static jiffy.linux.Atomics.*;
import static jiffy.linux.Completions.*;
import static jiffy.linux.Delay.*;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Kthreads.*;
import static jiffy.linux.Ktime.*;
import static jiffy.linux.Mutexes.*;
import static jiffy.linux.Preempt.softirq_count;
import static jiffy.linux.RwSemaphores.*;
import static jiffy.linux.Rwlocks.*;
import static jiffy.linux.Sched.*;
import static jiffy.linux.Semaphores.*;
import static jiffy.linux.Slab.*;
import static jiffy.linux.Spinlocks.*;
import static jiffy.linux.Timers.*;
import static jiffy.linux.Wait.*;
import static samples.semprobe.Sp.P;

import jiffy.types.AtomicT;
import jiffy.types.Completion;
import jiffy.types.Mutex;
import jiffy.types.RwSemaphore;
import jiffy.types.RwlockT;
import jiffy.types.Semaphore;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import jiffy.types.WaitQueueHead;

/** sync.c: locks, waits and sleeps. Its questions about kmalloc wait for slab.h. */
final class SpSync {
  private static final SpinlockT l = DEFINE_SPINLOCK();
  private static final Mutex m = DEFINE_MUTEX();
  private static final Semaphore sem = new Semaphore();
  private static final Completion c = new Completion();
  private static final WaitQueueHead wq = DECLARE_WAIT_QUEUE_HEAD();
  private static volatile boolean cond;
  private static final TimerList t = new TimerList();
  private static volatile int tmode;
  private static TaskStruct me;

  private SpSync() {}

  private static void tf(TimerList x) {
    if (tmode == 0) {
      complete(c);
    }
    if (tmode == 1) {
      cond = true;
      wake_up(wq);
    }
    if (tmode == 2) {
      cond = true;
    }
    if (tmode == 3) {
      complete_all(c);
    }
    if (tmode == 4) {
      wake_up(wq);
    }
  }

  private static void wf(TimerList x) {
    P("sync.wake_up_process | ret=%d", wake_up_process(me));
  }

  private static int kret(Object d) {
    while (!kthread_should_stop()) {
      msleep(10);
    }
    return 77;
  }

  private static int kq(Object d) {
    return 5;
  }

  private static int kw(Object d) {
    int r = wait_event_interruptible(wq, () -> kthread_should_stop());
    P("sync.kthread_stop_wakes_wait_event_interruptible | ret=%d", r);
    return r;
  }

  static void sp_sync() {
    spinlocks();
    sleepingLocks();
    completions();
    waits();
    timeouts();
    sleeps();
    kthreads();
    memory();
    atomics();
  }

  private static void spinlocks() {
    boolean r = spin_trylock(l);
    boolean r2 = spin_is_locked(l);
    boolean r3 = spin_trylock(l);
    spin_unlock(l);
    P(
        "sync.spin_trylock | first=%ld is_locked=%ld second(same cpu)=%ld is_locked_after_unlock=%d",
        r, r2, r3, spin_is_locked(l));
    long f = spin_trylock_irqsave(l);
    r2 = irqs_disabled();
    spin_unlock_irqrestore(l, f);
    P("sync.spin_trylock_irqsave | %ld irqs_disabled=%ld after=%d", f >= 0, r2, irqs_disabled());
    spin_lock(l);
    f = spin_trylock_irqsave(l);
    r2 = irqs_disabled();
    spin_unlock(l);
    P("sync.spin_trylock_irqsave_busy | %ld irqs_disabled=%ld", f >= 0, r2);
    spin_lock(l);
    r = spin_trylock_bh(l);
    int count = softirq_count();
    spin_unlock(l);
    P("sync.spin_trylock_bh_busy | %ld softirq_count=%ld", r, count);
    SpinlockT l2 = DEFINE_SPINLOCK();
    long f1 = spin_lock_irqsave(l);
    long f2 = spin_lock_irqsave(l2);
    spin_unlock_irqrestore(l2, f2);
    r = irqs_disabled();
    spin_unlock_irqrestore(l, f1);
    P(
        "sync.nested_irqsave | irqs_disabled after inner restore=%ld after outer=%d",
        r, irqs_disabled());
    RwlockT rw = new RwlockT();
    rwlock_init(rw);
    read_lock(rw);
    r = read_trylock(rw);
    r2 = write_trylock(rw);
    read_unlock(rw);
    if (r) {
      read_unlock(rw);
    }
    write_lock(rw);
    r3 = read_trylock(rw);
    write_unlock(rw);
    P(
        "sync.rwlock | read+read_trylock=%ld read+write_trylock=%ld write+read_trylock=%ld",
        r, r2, r3);
  }

  private static void sleepingLocks() {
    boolean r = mutex_trylock(m);
    boolean r2 = mutex_is_locked(m);
    boolean r3 = mutex_trylock(m);
    mutex_unlock(m);
    P(
        "sync.mutex_trylock | first=%ld is_locked=%ld second(same task)=%ld after=%d",
        r, r2, r3, mutex_is_locked(m));
    P("sync.mutex_lock_interruptible_free | %d", mutex_lock_interruptible(m));
    mutex_unlock(m);
    sema_init(sem, 2);
    int d = down_trylock(sem);
    int d2 = down_trylock(sem);
    int d3 = down_trylock(sem);
    P("sync.down_trylock | count 2: %ld %ld %ld (0 = acquired, 1 = not)", d, d2, d3);
    long j = jiffies();
    d = down_timeout(sem, 10);
    P("sync.down_timeout_busy | %ld after %ld jiffies", d, jiffies() - j);
    up(sem);
    up(sem);
    up(sem);
    d = sem.count;
    P("sync.up_beyond_initial | count=%ld", d);
    d = down_interruptible(sem);
    P("sync.down_interruptible_free | %ld", d);
    P("sync.down_timeout_free | %d", down_timeout(sem, 10));
    RwSemaphore rs = new RwSemaphore();
    init_rwsem(rs);
    down_read(rs);
    r = down_read_trylock(rs);
    r2 = down_write_trylock(rs);
    up_read(rs);
    if (r) {
      up_read(rs);
    }
    P(
        "sync.rwsem | read+read_trylock=%ld read+write_trylock=%ld is_locked=%d",
        r, r2, rwsem_is_locked(rs));
  }

  private static void completions() {
    init_completion(c);
    complete(c);
    complete(c);
    long j = jiffies();
    wait_for_completion(c);
    long r = wait_for_completion_timeout(c, 10);
    long r2 = wait_for_completion_timeout(c, 10);
    P(
        "sync.complete_twice_before_wait | 1st wait immediate, 2nd timeout-wait ret=%ld, 3rd"
            + " ret=%ld after %lu jiffies",
        r, r2, jiffies() - j);
    P(
        "sync.try_wait_for_completion | empty=%d completion_done=%d",
        try_wait_for_completion(c), completion_done(c));
    complete(c);
    boolean b = completion_done(c);
    boolean b2 = try_wait_for_completion(c);
    boolean b3 = completion_done(c);
    P("sync.completion_done_after_complete | %ld try=%ld then done=%ld", b, b2, b3);
    reinit_completion(c);
    timer_setup(t, SpSync::tf, 0);
    tmode = 0;
    mod_timer(t, jiffies() + 5);
    r = wait_for_completion_timeout(c, 100);
    P("sync.wait_for_completion_timeout(100)_completed_at_5 | ret=%ld (jiffies left)", r);
    complete(c);
    r = wait_for_completion_timeout(c, 100);
    P("sync.wait_for_completion_timeout_already_done | ret=%ld", r);
    complete(c);
    r = wait_for_completion_timeout(c, 0);
    P("sync.wait_for_completion_timeout(0)_done | ret=%ld", r);
    r = wait_for_completion_timeout(c, 0);
    P("sync.wait_for_completion_timeout(0)_not_done | ret=%ld", r);
    r = wait_for_completion_interruptible_timeout(c, 5);
    P("sync.wait_for_completion_interruptible_timeout_expired | ret=%ld", r);
    complete_all(c);
    for (int i = 0; i < 3; i++) {
      wait_for_completion(c);
    }
    P(
        "sync.complete_all | 3 waits passed, done=%u completion_done=%d; timeout wait ret=%ld",
        c.done, completion_done(c), wait_for_completion_timeout(c, 50));
    reinit_completion(c);
    P("sync.reinit_completion | done=%u", c.done);
  }

  private static void waits() {
    cond = false;
    long j = jiffies();
    long r = wait_event_timeout(wq, () -> cond, 10);
    P("sync.wait_event_timeout(10)_false | ret=%ld after %lu", r, jiffies() - j);
    r = wait_event_timeout(wq, () -> true, 10);
    P("sync.wait_event_timeout(10)_true_already | ret=%ld", r);
    r = wait_event_timeout(wq, () -> true, 0);
    P("sync.wait_event_timeout(0)_true | ret=%ld", r);
    r = wait_event_timeout(wq, () -> false, 0);
    P("sync.wait_event_timeout(0)_false | ret=%ld", r);
    cond = false;
    tmode = 1;
    mod_timer(t, jiffies() + 5);
    r = wait_event_timeout(wq, () -> cond, 100);
    P("sync.wait_event_timeout(100)_woken_at_5 | ret=%ld", r);
    cond = false;
    tmode = 2;
    mod_timer(t, jiffies() + 5);
    j = jiffies();
    r = wait_event_timeout(wq, () -> cond, 20);
    P(
        "sync.wait_event_timeout_cond_true_without_wake_up | ret=%ld after %lu (condition"
            + " re-evaluated at the timeout)",
        r, jiffies() - j);
    cond = false;
    tmode = 4;
    mod_timer(t, jiffies() + 5);
    j = jiffies();
    r = wait_event_timeout(wq, () -> cond, 20);
    P("sync.wake_up_with_cond_false | ret=%ld after %lu (goes back to sleep)", r, jiffies() - j);
    r = wait_event_interruptible(wq, () -> true);
    P("sync.wait_event_interruptible_true | ret=%ld", r);
    r = wait_event_interruptible_timeout(wq, () -> false, 5);
    P("sync.wait_event_interruptible_timeout_false | ret=%ld", r);
  }

  private static void timeouts() {
    long[] s = {0, 1, 2, 10, 63, 64, 100};
    for (int i = 0; i < 7; i++) {
      set_current_state(TASK_UNINTERRUPTIBLE);
      long j = jiffies();
      long r = schedule_timeout(s[i]);
      P("sync.schedule_timeout(%ld) | ret=%ld elapsed_jiffies=%ld", s[i], r, jiffies() - j);
    }
    long j = jiffies();
    long r = schedule_timeout(10);
    P(
        "sync.schedule_timeout(10)_TASK_RUNNING | ret=%ld elapsed=%ld (state not set: returns at"
            + " once)",
        r, jiffies() - j);
    me = current();
    timer_setup(t, SpSync::wf, 0);
    mod_timer(t, jiffies() + 5);
    set_current_state(TASK_UNINTERRUPTIBLE);
    r = schedule_timeout(100);
    P("sync.schedule_timeout(100)_woken_at_5 | ret=%ld state_after=%u", r, get_current_state());
    P("sync.wake_up_process_on_running | ret=%d", wake_up_process(current()));
    set_current_state(TASK_INTERRUPTIBLE);
    r = schedule_timeout(-5);
    P("sync.schedule_timeout(-5) | ret=%ld state_after=%u", r, get_current_state());
  }

  private static void sleeps() {
    int[] ms = {0, 1, 3, 4, 5, 10, 20, 100, 500};
    for (int i = 0; i < 9; i++) {
      long k0 = ktime_get();
      long j = jiffies();
      msleep(ms[i]);
      P(
          "sync.msleep(%u) | elapsed_us=%lld jiffies=%lu (msecs_to_jiffies+1=%lu)",
          ms[i], ktime_us_delta(ktime_get(), k0), jiffies() - j, msecs_to_jiffies(ms[i]) + 1);
    }
    P("sync.msleep_interruptible(20)_no_signal | ret=%lu", msleep_interruptible(20));
    long k0 = ktime_get();
    ssleep(1);
    P("sync.ssleep(1) | %lld us", ktime_us_delta(ktime_get(), k0));
  }

  private static void kthreads() {
    TaskStruct k = kthread_run(SpSync::kret, null, "sp_k");
    msleep(50);
    long r = kthread_stop(k);
    P("sync.kthread_stop_running | ret=%ld (thread's return value)", r);
    k = kthread_create(SpSync::kq, null, "sp_k2");
    r = kthread_stop(k);
    P("sync.kthread_stop_never_woken | ret=%ld (-EINTR=-4, function never ran)", r);
    k = kthread_run(SpSync::kw, null, "sp_k3");
    msleep(50);
    r = kthread_stop(k);
    P("sync.kthread_stop_in_wait | ret=%ld", r);
    k = kthread_run(SpSync::kq, null, "a_very_long_kthread_name_indeed");
    get_task_struct(k);
    msleep(20);
    P("sync.kthread_comm_truncated | '%s'", k.comm);
    r = kthread_stop(k);
    put_task_struct(k);
    P("sync.kthread_stop_already_returned(task ref held) | ret=%ld", r);
  }

  private static void memory() {
    byte[] p = kmalloc(100, GFP_KERNEL);
    P("sync.ksize(kmalloc(100)) | %zu", ksize(p));
    kfree(p);
  }

  private static void atomics() {
    AtomicT a = ATOMIC_INIT(5);
    int a1 = atomic_add_return(3, a);
    int a2 = atomic_fetch_add(1, a);
    boolean a3 = atomic_dec_and_test(a);
    int a4 = atomic_cmpxchg(a, 8, 1);
    int a5 = atomic_read(a);
    boolean a6 = atomic_inc_not_zero(a);
    boolean a7 = atomic_add_unless(a, 2, 2);
    P(
        "sync.atomic | start 5: add_return(3)=%d fetch_add(1)=%d dec_and_test=%d cmpxchg(8,1)=%d"
            + " read=%d inc_not_zero=%d add_unless(2,2)=%d",
        a1, a2, a3, a4, a5, a6, a7);
    atomic_set(a, Integer.MAX_VALUE);
    P("sync.atomic_overflow | inc_return(INT_MAX)=%d", atomic_inc_return(a));
  }
}
