package jiffy.kernel;

import jiffy.types.DelayedWork;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/** What a kernel does for {@code jiffy.linux.Workqueues}; contracts are there. */
public interface WorkOps {
  /** The queues that every kernel has. */
  enum System {
    /** {@code system_wq}. */
    EVENTS("events"),
    /** {@code system_highpri_wq}. */
    HIGHPRI("events_highpri"),
    /** {@code system_long_wq}. */
    LONG("events_long"),
    /** {@code system_unbound_wq}. */
    UNBOUND("events_unbound"),
    /** {@code system_freezable_wq}. */
    FREEZABLE("events_freezable"),
    /** {@code system_power_efficient_wq}. */
    POWER_EFFICIENT("events_power_efficient");

    /** The queue's name. */
    public final String title;

    System(String title) {
      this.title = title;
    }
  }

  /** The queue of that kind. */
  WorkqueueStruct system(Current current, System which);

  /** {@code INIT_WORK}. */
  void init(Current current, WorkStruct work, WorkFunction function);

  /** {@code INIT_DELAYED_WORK}. @param timerFlags of its timer */
  void initDelayed(Current current, DelayedWork work, WorkFunction function, int timerFlags);

  /** {@code alloc_workqueue}; null if it cannot be. @param maxActive 0: the usual one */
  WorkqueueStruct alloc(Current current, String name, int flags, int maxActive);

  /** {@code workqueue_set_max_active}. */
  void setMaxActive(Current current, WorkqueueStruct queue, int maxActive);

  /** {@code destroy_workqueue}. */
  void destroy(Current current, WorkqueueStruct queue);

  /** {@code queue_work_on}. @param cpu or WORK_CPU_UNBOUND */
  boolean queue(Current current, int cpu, WorkqueueStruct queue, WorkStruct work);

  /** {@code queue_delayed_work_on}. */
  boolean queueDelayed(
      Current current, int cpu, WorkqueueStruct queue, DelayedWork work, long delayJiffies);

  /** {@code mod_delayed_work_on}. */
  boolean modDelayed(
      Current current, int cpu, WorkqueueStruct queue, DelayedWork work, long delayJiffies);

  /** {@code flush_work}. */
  boolean flush(Current current, WorkStruct work);

  /** {@code flush_delayed_work}. */
  boolean flushDelayed(Current current, DelayedWork work);

  /** {@code flush_workqueue}. */
  void flushQueue(Current current, WorkqueueStruct queue);

  /** {@code drain_workqueue}. */
  void drain(Current current, WorkqueueStruct queue);

  /** {@code cancel_work}; {@code cancel_work_sync}. */
  boolean cancel(Current current, WorkStruct work, boolean sync);

  /** {@code cancel_delayed_work}; {@code cancel_delayed_work_sync}. */
  boolean cancelDelayed(Current current, DelayedWork work, boolean sync);

  /** {@code work_pending}. */
  boolean isPending(Current current, WorkStruct work);

  /** {@code work_busy}. */
  int busy(Current current, WorkStruct work);
}
