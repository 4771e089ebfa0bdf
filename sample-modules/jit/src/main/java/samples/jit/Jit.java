/*
 * jit.c -- the just-in-time module
 *
 * From Linux Device Drivers, third edition, chapter 7: "Alessandro Rubini". Seed 004 shows its jitimer.
 * Ported to Jiffy line for line from a port to Linux 6.1. Dual BSD/GPL, as the original: see
 * sample-modules/LICENSE.
 */
package samples.jit;

import static jiffy.linux.ContainerOf.container_of;
import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Errno.EFAULT;
import static jiffy.linux.Errno.ENOMEM;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_init;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.get_jiffies_64;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.time_before;
import static jiffy.linux.Ktime.ktime_get_coarse_real_ts64;
import static jiffy.linux.Ktime.ktime_get_real_ts64;
import static jiffy.linux.Preempt.in_interrupt;
import static jiffy.linux.ProcFs.file_inode;
import static jiffy.linux.ProcFs.pde_data;
import static jiffy.linux.ProcFs.proc_create_data;
import static jiffy.linux.ProcFs.remove_proc_entry;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.schedule;
import static jiffy.linux.Sched.schedule_timeout;
import static jiffy.linux.Sched.set_current_state;
import static jiffy.linux.Sched.signal_pending;
import static jiffy.linux.Slab.GFP_KERNEL;
import static jiffy.linux.Slab.__get_free_page;
import static jiffy.linux.Slab.free_page;
import static jiffy.linux.Slab.kfree;
import static jiffy.linux.Slab.kzalloc;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static jiffy.linux.Sprintf.sprintf;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.from_timer;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.linux.Uaccess.copy_to_user;
import static jiffy.linux.Wait.init_waitqueue_head;
import static jiffy.linux.Wait.wait_event_interruptible;
import static jiffy.linux.Wait.wait_event_interruptible_timeout;
import static jiffy.linux.Wait.wake_up_interruptible;
import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.schedule_delayed_work;
import static jiffy.linux.Workqueues.schedule_work;
import static jiffy.linux.Workqueues.to_delayed_work;

import jiffy.linux.KernelModule;
import jiffy.linux.ModuleInfo;
import jiffy.linux.ModuleParam;
import jiffy.types.DelayedWork;
import jiffy.types.File;
import jiffy.types.LoffT;
import jiffy.types.ProcOps;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import jiffy.types.Timespec64;
import jiffy.types.UserBuffer;
import jiffy.types.WaitQueueHead;
import jiffy.types.WorkStruct;

/** Seed 004: ways to wait, and where deferred code runs, each shown by a file of /proc. */
@ModuleInfo(name = "jit", author = "Alessandro Rubini", license = "Dual BSD/GPL")
public final class Jit extends KernelModule {
  @ModuleParam(perm = 0)
  static int delay = HZ();

  @ModuleParam(perm = 0)
  static int tdelay = 10;

  static final int JIT_BUSY = 0;
  static final int JIT_SCHED = 1;
  static final int JIT_QUEUE = 2;
  static final int JIT_SCHEDTO = 3;

  /* This function prints one line of data, after sleeping one second; how is in the file's data. */
  static long jit_fn(File f, UserBuffer ub, long n, LoffT pos) {
    long j0;
    long j1;
    WaitQueueHead wait = new WaitQueueHead();
    StringBuilder b = new StringBuilder(64);
    long len;
    int what = (int) pde_data(file_inode(f));
    init_waitqueue_head(wait);
    j0 = jiffies();
    j1 = j0 + delay;
    switch (what) {
      case JIT_BUSY:
        while (time_before(jiffies(), j1)) {
          cpu_relax();
        }
        break;
      case JIT_SCHED:
        while (time_before(jiffies(), j1)) {
          schedule();
        }
        break;
      case JIT_QUEUE:
        wait_event_interruptible_timeout(wait, () -> false, delay);
        break;
      case JIT_SCHEDTO:
        set_current_state(TASK_INTERRUPTIBLE);
        schedule_timeout(delay);
        break;
      default:
        break;
    }
    j1 = jiffies();
    len = sprintf(b, "%9li %9li\n", j0, j1);
    if (len > n) {
      len = n;
    }
    if (copy_to_user(ub, b, len) != 0) {
      return -EFAULT;
    }
    pos.value += len;
    return len;
  }

  /* This file prints the time in several forms */
  static long jit_currentime(File f, UserBuffer ub, long n, LoffT pos) {
    StringBuilder b = new StringBuilder(160);
    long len;
    Timespec64 t1 = new Timespec64();
    Timespec64 t2 = new Timespec64();
    long j1 = jiffies();
    long j2 = get_jiffies_64();
    if (pos.value != 0) {
      return 0;
    }
    ktime_get_real_ts64(t1);
    ktime_get_coarse_real_ts64(t2);
    len =
        sprintf(
            b,
            "0x%08lx 0x%016Lx %10i.%06i\n%40i.%09i\n",
            j1,
            j2,
            (int) t1.tv_sec,
            (int) t1.tv_nsec / 1000,
            (int) t2.tv_sec,
            (int) t2.tv_nsec);
    if (len > n) {
      len = n;
    }
    if (copy_to_user(ub, b, len) != 0) {
      return -EFAULT;
    }
    pos.value += len;
    return len;
  }

  /* This data structure is used as "data" for the timer, tasklet and work functions */
  static final class JitData {
    final TimerList timer = TimerList.in(this);
    final TaskletStruct tlet = new TaskletStruct();
    final WorkStruct work = WorkStruct.in(this);
    final DelayedWork dwork = DelayedWork.in(this);
    int kind;
    final WaitQueueHead wait = new WaitQueueHead();
    long prevjiffies;
    StringBuilder buf;
    int loops;
  }

  static final int JIT_ASYNC_LOOPS = 5;

  static void jit_line(JitData data, long j) {
    sprintf(
        data.buf,
        "%9li  %3li     %i    %6i   %i   %s\n",
        j,
        j - data.prevjiffies,
        in_interrupt() ? 1 : 0,
        current().pid,
        raw_smp_processor_id(),
        current().comm);
  }

  static void jit_timer_fn(TimerList t) {
    JitData data = from_timer(JitData.class, t);
    long j = jiffies();
    jit_line(data, j);
    if (--data.loops != 0) {
      data.timer.expires += tdelay;
      data.prevjiffies = j;
      add_timer(data.timer);
    } else {
      wake_up_interruptible(data.wait);
    }
  }

  static void jit_tasklet_fn(Object arg) {
    JitData data = (JitData) arg;
    long j = jiffies();
    jit_line(data, j);
    if (--data.loops != 0) {
      data.prevjiffies = j;
      if (data.kind == 2) {
        tasklet_hi_schedule(data.tlet);
      } else {
        tasklet_schedule(data.tlet);
      }
    } else {
      wake_up_interruptible(data.wait);
    }
  }

  static void jit_work_fn(WorkStruct w) {
    JitData data = container_of(w, JitData.class);
    long j = jiffies();
    jit_line(data, j);
    if (--data.loops != 0) {
      data.prevjiffies = j;
      schedule_work(data.work);
    } else {
      wake_up_interruptible(data.wait);
    }
  }

  static void jit_dwork_fn(WorkStruct w) {
    JitData data = container_of(to_delayed_work(w), JitData.class);
    long j = jiffies();
    jit_line(data, j);
    if (--data.loops != 0) {
      data.prevjiffies = j;
      schedule_delayed_work(data.dwork, tdelay);
    } else {
      wake_up_interruptible(data.wait);
    }
  }

  static long jit_async(File f, UserBuffer ub, long n, LoffT pos) {
    JitData data;
    StringBuilder buf;
    long j = jiffies();
    long len;
    if (pos.value != 0) {
      return 0;
    }
    data = kzalloc(JitData::new, GFP_KERNEL);
    buf = __get_free_page(GFP_KERNEL);
    if (data == null || buf == null) {
      return -ENOMEM;
    }
    data.kind = (int) pde_data(file_inode(f));
    init_waitqueue_head(data.wait);
    data.buf = buf;
    data.prevjiffies = j;
    sprintf(data.buf, "   time   delta  inirq    pid   cpu command\n");
    jit_line(data, j);
    data.loops = JIT_ASYNC_LOOPS;

    switch (data.kind) {
      case 0:
        timer_setup(data.timer, Jit::jit_timer_fn, 0);
        data.timer.expires = j + tdelay; /* parameter */
        add_timer(data.timer);
        break;
      case 1:
        tasklet_init(data.tlet, Jit::jit_tasklet_fn, data);
        tasklet_schedule(data.tlet);
        break;
      case 2:
        tasklet_init(data.tlet, Jit::jit_tasklet_fn, data);
        tasklet_hi_schedule(data.tlet);
        break;
      case 3:
        INIT_WORK(data.work, Jit::jit_work_fn);
        schedule_work(data.work);
        break;
      case 4:
        INIT_DELAYED_WORK(data.dwork, Jit::jit_dwork_fn);
        schedule_delayed_work(data.dwork, tdelay);
        break;
      default:
        break;
    }

    /* wait for the buffer to fill */
    wait_event_interruptible(data.wait, () -> data.loops == 0);
    if (signal_pending(current())) {
      return -ERESTARTSYS;
    }
    len = buf.length();
    if (len > n) {
      len = n;
    }
    if (copy_to_user(ub, buf, len) != 0) {
      len = -EFAULT;
    } else {
      pos.value += len;
    }
    kfree(data);
    free_page(buf);
    return len;
  }

  static final ProcOps p_cur = new ProcOps();
  static final ProcOps p_fn = new ProcOps();
  static final ProcOps p_as = new ProcOps();

  static {
    p_cur.proc_read = Jit::jit_currentime;
    p_fn.proc_read = Jit::jit_fn;
    p_as.proc_read = Jit::jit_async;
  }

  static final String[] names = {
    "currentime",
    "jitbusy",
    "jitsched",
    "jitqueue",
    "jitschedto",
    "jitimer",
    "jitasklet",
    "jitasklethi",
    "jitwork",
    "jitworkdelay"
  };

  static int jit_init() {
    proc_create_data("currentime", 0, null, p_cur, null);
    proc_create_data("jitbusy", 0, null, p_fn, JIT_BUSY);
    proc_create_data("jitsched", 0, null, p_fn, JIT_SCHED);
    proc_create_data("jitqueue", 0, null, p_fn, JIT_QUEUE);
    proc_create_data("jitschedto", 0, null, p_fn, JIT_SCHEDTO);
    proc_create_data("jitimer", 0, null, p_as, 0);
    proc_create_data("jitasklet", 0, null, p_as, 1);
    proc_create_data("jitasklethi", 0, null, p_as, 2);
    proc_create_data("jitwork", 0, null, p_as, 3);
    proc_create_data("jitworkdelay", 0, null, p_as, 4);
    return 0;
  }

  static void jit_cleanup() {
    for (int i = 0; i < names.length; i++) {
      remove_proc_entry(names[i], null);
    }
  }

  {
    module_init(Jit::jit_init);
    module_exit(Jit::jit_cleanup);
  }
}
