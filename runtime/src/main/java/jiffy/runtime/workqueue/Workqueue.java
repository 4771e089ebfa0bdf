package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.WQ_CPU_INTENSIVE;
import static jiffy.linux.Workqueues.WQ_MEM_RECLAIM;
import static jiffy.linux.Workqueues.WQ_UNBOUND;
import static jiffy.linux.Workqueues.__WQ_ORDERED;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jiffy.kernel.Owner;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.WorkqueueStruct;

/** A queue: its name, its flags, and its parts in the pools. Thread safe. */
final class Workqueue extends WorkqueueStruct {
  /** Who made it. */
  final Owner owner;

  /** Stands in for kworkers that cannot be made; null: it has none. */
  final AtomicReference<Rescuer> rescuer = new AtomicReference<>();

  private final int flags;
  private final List<PoolQueue> parts = new ArrayList<>();

  /** Of the parts' pools, as who queues must not touch what the kworkers write: see Mouth. */
  private final List<Mouth> mouths = new ArrayList<>();

  /** So many drain it: only its own items may queue here. */
  final AtomicInteger drainers = new AtomicInteger();

  /** Nothing may be queued any more. */
  volatile boolean isDestroyed;

  /**
   * @param pools one a CPU, or one for all
   */
  Workqueue(
      String name,
      Owner owner,
      int flags,
      int maxActive,
      List<WorkerPool> pools,
      Scheduler scheduler) {
    super(name);
    this.owner = owner;
    this.flags = flags;
    for (WorkerPool pool : pools) {
      parts.add(new PoolQueue(this, pool, maxActive, scheduler));
      mouths.add(pool.inbox.mouth);
    }
  }

  boolean isUnbound() {
    return (flags & WQ_UNBOUND) != 0;
  }

  boolean isOrdered() {
    return (flags & __WQ_ORDERED) != 0;
  }

  boolean isMemReclaim() {
    return (flags & WQ_MEM_RECLAIM) != 0;
  }

  boolean isCpuIntensive() {
    return (flags & WQ_CPU_INTENSIVE) != 0;
  }

  /** The part for items of that CPU. */
  PoolQueue of(int cpu) {
    return parts.get(parts.size() == 1 ? 0 : cpu);
  }

  /** Where items of that CPU come in. */
  Mouth mouth(int cpu) {
    return mouths.get(mouths.size() == 1 ? 0 : cpu);
  }

  List<PoolQueue> parts() {
    return parts;
  }
}
