package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.kernel.WorkOps;
import jiffy.types.DelayedWork;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/**
 * {@code linux/workqueue.h}: functions that run later in process context, on the kernel's kworkers.
 *
 * <p>An item is either idle, or pending (queued, or its delay runs), or running; running and
 * pending at once if it was queued again meanwhile. A bound item runs on the CPU that queued it,
 * after those queued before it; while it sleeps the next one starts. One that is blocked in Java
 * for more than 10 ms, or takes more than 100 ms in any way, no longer holds up the others. An item
 * may free itself: once its function is called the kernel does not touch it.
 *
 * <p>Contexts: what makes or destroys a queue, flushes, drains or ends in {@code _sync} is for
 * process context, and reported elsewhere; all else is for any. Thread safe. An item or a queue
 * that is left when its module goes is named in the log and taken away.
 */
public final class Workqueues {
  /** Flag: the items run on any CPU, as many at once as {@code max_active} says. */
  public static final int WQ_UNBOUND = 1 << 1;

  /** Flag: frozen when the system sleeps; it never does here. */
  public static final int WQ_FREEZABLE = 1 << 2;

  /**
   * Flag: its items have to run whatever happens. The queue has a thread in reserve, the rescuer,
   * named like the queue: where no thread can be had for a kworker it runs the queue's items, one
   * after the other, on their CPU. It costs some 100 KB of memory.
   */
  public static final int WQ_MEM_RECLAIM = 1 << 3;

  /** Flag: its items go to kworkers of their own, {@code kworker/0:0H}. */
  public static final int WQ_HIGHPRI = 1 << 4;

  /** Flag: its items hold up nobody, however long they compute. */
  public static final int WQ_CPU_INTENSIVE = 1 << 5;

  /** Flag: visible under /sys; of no effect yet. */
  public static final int WQ_SYSFS = 1 << 6;

  /** Flag: may run on a CPU other than its own to save power; of no effect. */
  public static final int WQ_POWER_EFFICIENT = 1 << 7;

  /** {@code max_active}, at most. */
  public static final int WQ_MAX_ACTIVE = 512;

  /** {@code max_active} where 0 is given. */
  public static final int WQ_DFL_ACTIVE = WQ_MAX_ACTIVE / 2;

  /** No CPU is asked for: the caller's. */
  public static final int WORK_CPU_UNBOUND = -1;

  /** Bit of {@link #work_busy}: pending. */
  public static final int WORK_BUSY_PENDING = 1 << 0;

  /** Bit of {@link #work_busy}: running. */
  public static final int WORK_BUSY_RUNNING = 1 << 1;

  /** Flag of {@link #alloc_ordered_workqueue}. */
  public static final int __WQ_ORDERED = 1 << 17;

  private Workqueues() {}

  /** {@code INIT_WORK(_work, _func)}: sets it up, idle. A pending one is reported and canceled. */
  public static void INIT_WORK(WorkStruct work, WorkFunction function) {
    Current current = Current.get();
    current.kernel.works.init(current, work, function);
  }

  /** {@code INIT_DELAYED_WORK(_work, _func)}: as {@link #INIT_WORK}. */
  public static void INIT_DELAYED_WORK(DelayedWork work, WorkFunction function) {
    Current current = Current.get();
    current.kernel.works.initDelayed(current, work, function, 0);
  }

  /** {@code INIT_DEFERRABLE_WORK(_work, _func)}: its delay wakes no idle CPU. */
  public static void INIT_DEFERRABLE_WORK(DelayedWork work, WorkFunction function) {
    Current current = Current.get();
    current.kernel.works.initDelayed(current, work, function, Timers.TIMER_DEFERRABLE);
  }

  /** {@code DECLARE_WORK(n, f)}: a new item. Needs no kernel context: for static fields. */
  public static WorkStruct DECLARE_WORK(WorkFunction function) {
    WorkStruct work = new WorkStruct();
    work.func = function;
    return work;
  }

  /** {@code DECLARE_DELAYED_WORK(n, f)}: a new item. Needs no kernel context: for static fields. */
  public static DelayedWork DECLARE_DELAYED_WORK(WorkFunction function) {
    DelayedWork work = new DelayedWork();
    work.work.func = function;
    return work;
  }

  /**
   * {@code struct delayed_work *to_delayed_work(struct work_struct *work)}: the one whose {@code
   * work} it is.
   */
  public static DelayedWork to_delayed_work(WorkStruct work) {
    return ContainerOf.container_of(work, DelayedWork.class);
  }

  /**
   * {@code struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int
   * max_active, ...)}: a queue of one's own. Process context.
   *
   * @param flags an or of {@code WQ_}
   * @param maxActive how many of its items may be under way at once, for each CPU (or in all, if
   *     unbound), clamped to 1 to 512; 0: {@link #WQ_DFL_ACTIVE}; 1: one after the other
   * @return the queue; null if the caller's module goes, or if {@link #WQ_MEM_RECLAIM} is asked for
   *     and no thread can be made for the rescuer, which the log says
   */
  public static WorkqueueStruct alloc_workqueue(
      String format, int flags, int maxActive, Object... arguments) {
    Current current = Current.get();
    String name =
        arguments.length == 0 && format.indexOf('%') < 0
            ? format
            : current.kernel.log.format(format, arguments);
    return current.kernel.works.alloc(current, name, flags, maxActive);
  }

  /**
   * {@code alloc_ordered_workqueue(fmt, flags, ...)}: as {@link #alloc_workqueue}; its items run
   * strictly one after the other, in the order in which they were queued.
   */
  public static WorkqueueStruct alloc_ordered_workqueue(
      String format, int flags, Object... arguments) {
    return alloc_workqueue(format, WQ_UNBOUND | __WQ_ORDERED | flags, 1, arguments);
  }

  /**
   * {@code create_workqueue(name)}: as {@link #alloc_workqueue} with {@link #WQ_MEM_RECLAIM},
   * bound, one item a CPU at a time.
   */
  public static WorkqueueStruct create_workqueue(String name) {
    return alloc_workqueue("%s", WQ_MEM_RECLAIM, 1, name);
  }

  /**
   * {@code create_singlethread_workqueue(name)}: as {@link #alloc_ordered_workqueue} with {@link
   * #WQ_MEM_RECLAIM}.
   */
  public static WorkqueueStruct create_singlethread_workqueue(String name) {
    return alloc_ordered_workqueue("%s", WQ_MEM_RECLAIM, name);
  }

  /**
   * {@code void workqueue_set_max_active(struct workqueue_struct *wq, int max_active)}: from now
   * on; an ordered queue keeps 1, with a warning.
   */
  public static void workqueue_set_max_active(WorkqueueStruct queue, int maxActive) {
    Current current = Current.get();
    current.kernel.works.setMaxActive(current, queue, maxActive);
  }

  /**
   * {@code void destroy_workqueue(struct workqueue_struct *wq)}: runs what is queued, also what
   * that queues there, then frees the queue and its rescuer. Delays that still run are not waited
   * for; cancel them first. Null, a queue of the kernel's or a destroyed one is ignored, with a
   * warning. Process context.
   */
  public static void destroy_workqueue(WorkqueueStruct queue) {
    Current current = Current.get();
    current.kernel.works.destroy(current, queue);
  }

  /** {@code system_wq}: the queue for items that do not take long. */
  public static WorkqueueStruct system_wq() {
    return system(WorkOps.System.EVENTS);
  }

  /** {@code system_highpri_wq}: the queue for items that cannot wait. */
  public static WorkqueueStruct system_highpri_wq() {
    return system(WorkOps.System.HIGHPRI);
  }

  /** {@code system_long_wq}: the queue for items that may take long. */
  public static WorkqueueStruct system_long_wq() {
    return system(WorkOps.System.LONG);
  }

  /** {@code system_unbound_wq}: the queue for items that may run on any CPU. */
  public static WorkqueueStruct system_unbound_wq() {
    return system(WorkOps.System.UNBOUND);
  }

  /** {@code system_freezable_wq}: the queue for items that a sleep of the system holds up. */
  public static WorkqueueStruct system_freezable_wq() {
    return system(WorkOps.System.FREEZABLE);
  }

  /** {@code system_power_efficient_wq}: the queue for items that may save power; here none do. */
  public static WorkqueueStruct system_power_efficient_wq() {
    return system(WorkOps.System.POWER_EFFICIENT);
  }

  private static WorkqueueStruct system(WorkOps.System which) {
    Current current = Current.get();
    return current.kernel.works.system(current, which);
  }

  /**
   * {@code bool queue_work(struct workqueue_struct *wq, struct work_struct *work)}: it runs once,
   * soon, on this CPU. What the caller has written before is seen by the function. Any context.
   *
   * @return true: queued; false: it was pending already, on whatever queue, or its module or the
   *     queue goes
   * @throws IllegalArgumentException if there is no queue, or the work has no function
   */
  public static boolean queue_work(WorkqueueStruct queue, WorkStruct work) {
    return queue_work_on(WORK_CPU_UNBOUND, queue, work);
  }

  /**
   * {@code bool queue_work_on(int cpu, struct workqueue_struct *wq, struct work_struct *work)}: as
   * {@link #queue_work}, on that CPU. An unbound queue does not heed it.
   *
   * @throws IllegalArgumentException if there is no such CPU
   */
  public static boolean queue_work_on(int cpu, WorkqueueStruct queue, WorkStruct work) {
    Current current = Current.get();
    return current.kernel.works.queue(current, cpu, queue, work);
  }

  /**
   * {@code bool schedule_work(struct work_struct *work)}: as {@link #queue_work}, on {@link
   * #system_wq}.
   */
  public static boolean schedule_work(WorkStruct work) {
    return queue_work(system_wq(), work);
  }

  /**
   * {@code bool schedule_work_on(int cpu, struct work_struct *work)}: as {@link #queue_work_on}, on
   * {@link #system_wq}.
   */
  public static boolean schedule_work_on(int cpu, WorkStruct work) {
    return queue_work_on(cpu, system_wq(), work);
  }

  /**
   * {@code bool queue_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork,
   * unsigned long delay)}: queues it in so many jiffies; 0: at once. Any context.
   *
   * @return true; false: it was pending already, and its delay stays what it was, or as {@link
   *     #queue_work}
   */
  public static boolean queue_delayed_work(
      WorkqueueStruct queue, DelayedWork work, long delayJiffies) {
    return queue_delayed_work_on(WORK_CPU_UNBOUND, queue, work, delayJiffies);
  }

  /**
   * {@code bool queue_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work
   * *dwork, unsigned long delay)}: as {@link #queue_delayed_work}, on that CPU.
   */
  public static boolean queue_delayed_work_on(
      int cpu, WorkqueueStruct queue, DelayedWork work, long delayJiffies) {
    Current current = Current.get();
    return current.kernel.works.queueDelayed(current, cpu, queue, work, delayJiffies);
  }

  /**
   * {@code bool schedule_delayed_work(struct delayed_work *dwork, unsigned long delay)}: as {@link
   * #queue_delayed_work}, on {@link #system_wq}.
   */
  public static boolean schedule_delayed_work(DelayedWork work, long delayJiffies) {
    return queue_delayed_work(system_wq(), work, delayJiffies);
  }

  /**
   * {@code bool schedule_delayed_work_on(int cpu, struct delayed_work *dwork, unsigned long
   * delay)}: as {@link #schedule_delayed_work}, on that CPU.
   */
  public static boolean schedule_delayed_work_on(int cpu, DelayedWork work, long delayJiffies) {
    return queue_delayed_work_on(cpu, system_wq(), work, delayJiffies);
  }

  /**
   * {@code bool mod_delayed_work(struct workqueue_struct *wq, struct delayed_work *dwork, unsigned
   * long delay)}: queues it in so many jiffies, whatever its delay was before. Any context.
   *
   * @return whether it was pending
   */
  public static boolean mod_delayed_work(
      WorkqueueStruct queue, DelayedWork work, long delayJiffies) {
    return mod_delayed_work_on(WORK_CPU_UNBOUND, queue, work, delayJiffies);
  }

  /**
   * {@code bool mod_delayed_work_on(int cpu, struct workqueue_struct *wq, struct delayed_work
   * *dwork, unsigned long delay)}: as {@link #mod_delayed_work}, on that CPU.
   */
  public static boolean mod_delayed_work_on(
      int cpu, WorkqueueStruct queue, DelayedWork work, long delayJiffies) {
    Current current = Current.get();
    return current.kernel.works.modDelayed(current, cpu, queue, work, delayJiffies);
  }

  /**
   * {@code bool flush_work(struct work_struct *work)}: waits until its last queueing has run.
   * Process context; from its own function it warns and does not wait.
   *
   * @return whether there was something to wait for
   */
  public static boolean flush_work(WorkStruct work) {
    Current current = Current.get();
    return current.kernel.works.flush(current, work);
  }

  /**
   * {@code bool flush_delayed_work(struct delayed_work *dwork)}: ends its delay, and then as {@link
   * #flush_work}.
   */
  public static boolean flush_delayed_work(DelayedWork work) {
    Current current = Current.get();
    return current.kernel.works.flushDelayed(current, work);
  }

  /**
   * {@code void flush_workqueue(struct workqueue_struct *wq)}: waits until all that is queued there
   * by now has run. Process context.
   */
  public static void flush_workqueue(WorkqueueStruct queue) {
    Current current = Current.get();
    current.kernel.works.flushQueue(current, queue);
  }

  /** {@code void flush_scheduled_work(void)}: {@link #flush_workqueue} of {@link #system_wq}. */
  public static void flush_scheduled_work() {
    flush_workqueue(system_wq());
  }

  /**
   * {@code void drain_workqueue(struct workqueue_struct *wq)}: waits until it is empty; meanwhile
   * only its own items may queue there. Process context.
   */
  public static void drain_workqueue(WorkqueueStruct queue) {
    Current current = Current.get();
    current.kernel.works.drain(current, queue);
  }

  /**
   * {@code bool cancel_work(struct work_struct *work)}: it does not run, unless it runs already.
   * Does not wait: any context.
   *
   * @return whether it was pending
   */
  public static boolean cancel_work(WorkStruct work) {
    Current current = Current.get();
    return current.kernel.works.cancel(current, work, false);
  }

  /**
   * {@code bool cancel_work_sync(struct work_struct *work)}: {@link #cancel_work}, and waits until
   * it does not run either, though it queues itself again. Process context; from its own function
   * it warns and does not wait.
   *
   * @return whether it was pending
   */
  public static boolean cancel_work_sync(WorkStruct work) {
    Current current = Current.get();
    return current.kernel.works.cancel(current, work, true);
  }

  /** {@code bool cancel_delayed_work(struct delayed_work *dwork)}: as {@link #cancel_work}. */
  public static boolean cancel_delayed_work(DelayedWork work) {
    Current current = Current.get();
    return current.kernel.works.cancelDelayed(current, work, false);
  }

  /**
   * {@code bool cancel_delayed_work_sync(struct delayed_work *dwork)}: as {@link
   * #cancel_work_sync}.
   */
  public static boolean cancel_delayed_work_sync(DelayedWork work) {
    Current current = Current.get();
    return current.kernel.works.cancelDelayed(current, work, true);
  }

  /** {@code work_pending(work)}: whether it is queued and not yet running, or its delay runs. */
  public static boolean work_pending(WorkStruct work) {
    Current current = Current.get();
    return current.kernel.works.isPending(current, work);
  }

  /** {@code delayed_work_pending(w)}: as {@link #work_pending}. */
  public static boolean delayed_work_pending(DelayedWork work) {
    return work_pending(work.work);
  }

  /**
   * {@code unsigned int work_busy(struct work_struct *work)}: what it does at this moment; old when
   * it returns.
   *
   * @return an or of {@link #WORK_BUSY_PENDING} and {@link #WORK_BUSY_RUNNING}; 0: idle
   */
  public static int work_busy(WorkStruct work) {
    Current current = Current.get();
    return current.kernel.works.busy(current, work);
  }
}
