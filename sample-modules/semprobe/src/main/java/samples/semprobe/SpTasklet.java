package samples.semprobe;

import static jiffy.linux.BottomHalf.*;
import static jiffy.linux.Delay.*;
import static jiffy.linux.Interrupts.*;
import static jiffy.linux.Jiffies.*;
import static jiffy.linux.Kthreads.*;
import static jiffy.linux.Sched.*;
import static jiffy.linux.Smp.*;
import static jiffy.linux.Sprintf.sprintf;
import static samples.semprobe.Sp.P;
import static samples.semprobe.Sp.getctx;
import static samples.semprobe.Sp.prctx;

import jiffy.types.TaskStruct;
import jiffy.types.TaskletStruct;

/** tasklet.c: when tasklets run, how often, in which order, and what disable and kill do. */
@SuppressWarnings("NonAtomicVolatileUpdate") // as in C: a tasklet runs on one CPU at a time
final class SpTasklet {
  private static final TaskletStruct a = new TaskletStruct();
  private static final TaskletStruct b = new TaskletStruct();
  private static final TaskletStruct c = new TaskletStruct();
  private static final TaskletStruct hi1 = new TaskletStruct();
  private static final TaskletStruct hi2 = new TaskletStruct();
  private static final TaskletStruct s = new TaskletStruct();
  private static final StringBuilder ord = new StringBuilder();
  private static volatile int on;
  private static volatile int sruns;
  private static volatile int smode;
  private static volatile int srun_cpu;
  private static volatile boolean entered;
  private static final Sp.Ctx cx = new Sp.Ctx();

  private SpTasklet() {}

  /* F(n) */
  private static void ran(String n) {
    ord.setLength(on);
    on += sprintf(ord, "%s ", n);
  }

  private static void f_a(TaskletStruct t) {
    ran("a");
  }

  private static void f_b(TaskletStruct t) {
    ran("b");
  }

  private static void f_c(TaskletStruct t) {
    ran("c");
  }

  private static void f_hi1(TaskletStruct t) {
    ran("hi1");
  }

  private static void f_hi2(TaskletStruct t) {
    ran("hi2");
  }

  private static volatile int stst;
  private static volatile long j0;
  private static volatile long jl;

  private static void f_s(TaskletStruct t) {
    sruns++;
    srun_cpu = raw_smp_processor_id();
    if (smode == 1 && sruns < 5) {
      tasklet_schedule(t);
    }
    if (smode == 2 && sruns < 3000) {
      tasklet_schedule(t);
      if (sruns == 20) {
        getctx(cx);
      }
    }
    if (smode == 3) {
      stst = t.state();
    }
    if (smode == 4) {
      tasklet_disable_nosync(t);
      tasklet_schedule(t);
    }
    if (smode == 5) {
      entered = true;
      mdelay(100);
    }
    jl = jiffies();
  }

  private static int sch(Object d) {
    tasklet_schedule(s);
    return 0;
  }

  static void sp_tasklet() {
    int r;
    int i;
    tasklet_setup(a, SpTasklet::f_a);
    tasklet_setup(b, SpTasklet::f_b);
    tasklet_setup(c, SpTasklet::f_c);
    tasklet_setup(hi1, SpTasklet::f_hi1);
    tasklet_setup(hi2, SpTasklet::f_hi2);
    tasklet_setup(s, SpTasklet::f_s);
    on = 0;
    tasklet_schedule(a);
    r = on;
    msleep(20);
    P(
        "tasklet.schedule_from_process | ran_before_tasklet_schedule_returned=%d ran_later=%s",
        r, ord);
    on = 0;
    local_bh_disable();
    tasklet_schedule(a);
    tasklet_schedule(a);
    tasklet_schedule(a);
    r = on;
    local_bh_enable();
    P(
        "tasklet.thrice_before_run | during bh-off=%d chars, right after local_bh_enable"
            + " (synchronous): '%s'",
        r, ord);
    msleep(20);
    P("tasklet.thrice_total | '%s'", ord);
    on = 0;
    local_bh_disable();
    tasklet_schedule(a);
    tasklet_schedule(b);
    tasklet_schedule(c);
    tasklet_hi_schedule(hi1);
    tasklet_hi_schedule(hi2);
    local_bh_enable();
    P("tasklet.order | scheduled a b c hi1 hi2, ran: %s", ord);
    on = 0;
    local_bh_disable();
    tasklet_schedule(c);
    tasklet_schedule(a);
    tasklet_hi_schedule(a);
    tasklet_schedule(b);
    local_bh_enable();
    P("tasklet.hi_on_already_normal_scheduled | c a hi(a) b -> %s", ord);
    sruns = 0;
    smode = 1;
    tasklet_schedule(s);
    msleep(50);
    P("tasklet.self_reschedule | runs=%d (stops rescheduling at 5)", sruns);
    sruns = 0;
    smode = 2;
    j0 = jiffies();
    tasklet_schedule(s);
    msleep(300);
    P(
        "tasklet.self_reschedule_3000 | runs=%d jiffies=%ld; context of the 20th run:",
        sruns, jl - j0);
    prctx("tasklet_20th_self_resched", cx);
    sruns = 0;
    smode = 3;
    tasklet_schedule(s);
    msleep(20);
    P("tasklet.state_in_callback | state=%d (bit0 SCHED bit1 RUN) after=%lu", stst, s.state());
    sruns = 0;
    smode = 0;
    tasklet_disable(s);
    tasklet_schedule(s);
    msleep(50);
    r = sruns;
    P("tasklet.schedule_while_disabled | runs=%d state=%lu count=%d", r, s.state(), s.count);
    tasklet_schedule(s);
    tasklet_enable(s);
    i = sruns;
    msleep(50);
    P("tasklet.enable_with_pending | runs right after enable=%d, 50ms later=%d", i, sruns);
    sruns = 0;
    tasklet_disable(s);
    tasklet_disable(s);
    tasklet_schedule(s);
    tasklet_enable(s);
    msleep(30);
    r = sruns;
    tasklet_enable(s);
    msleep(30);
    P("tasklet.disable_nests | after 1 enable runs=%d, after 2=%d", r, sruns);
    sruns = 0;
    smode = 4;
    tasklet_schedule(s);
    msleep(30);
    r = sruns;
    smode = 0;
    tasklet_enable(s);
    msleep(30);
    P("tasklet.self_disable_nosync_and_resched | runs=%d after enable=%d", r, sruns);
    sruns = 0;
    smode = 0;
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
    tasklet_kill(s);
    P("tasklet.kill_idle | runs=%d state=%lu", sruns, s.state());
    elsewhere();
    sruns = 0;
    smode = 0;
    tasklet_schedule(s);
    tasklet_kill(s);
    P(
        "tasklet.kill_after_schedule | runs=%d (a scheduled tasklet is run by kill's wait, not"
            + " dropped) state=%lu",
        sruns, s.state());
    sruns = 0;
    tasklet_schedule(s);
    msleep(20);
    P("tasklet.schedule_after_kill | runs=%d", sruns);
  }

  private static void elsewhere() {
    sruns = 0;
    TaskStruct k = kthread_create(SpTasklet::sch, null, "sp_tl");
    smode = 5;
    entered = false;
    kthread_bind(k, 1);
    wake_up_process(k);
    long j = jiffies();
    while (!entered && time_before(jiffies(), j + HZ())) {
      cond_resched();
    }
    j = jiffies();
    tasklet_kill(s);
    P(
        "tasklet.kill_while_running_on_cpu%d | waited_jiffies=%lu runs=%d",
        srun_cpu, jiffies() - j, sruns);

    sruns = 0;
    k = kthread_create(SpTasklet::sch, null, "sp_tl");
    smode = 5;
    entered = false;
    kthread_bind(k, 1);
    wake_up_process(k);
    j = jiffies();
    while (!entered && time_before(jiffies(), j + HZ())) {
      cond_resched();
    }
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
    int r = sruns;
    j = jiffies();
    tasklet_disable(s);
    P(
        "tasklet.schedule_while_running_elsewhere+disable | runs_at_schedule=%d disable waited=%lu"
            + " jiffies, runs=%d last_cpu=%d",
        r, jiffies() - j, sruns, srun_cpu);
    smode = 0;
    tasklet_enable(s);
    msleep(50);
    P(
        "tasklet.schedule_while_running_elsewhere | total runs=%d last_cpu=%d (re-run on the"
            + " scheduling/other cpu)",
        sruns, srun_cpu);
  }
}
