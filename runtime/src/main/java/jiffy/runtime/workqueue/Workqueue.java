package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.WQ_CPU_INTENSIVE;
import static jiffy.linux.Workqueues.WQ_MEM_RECLAIM;
import static jiffy.linux.Workqueues.WQ_UNBOUND;
import static jiffy.linux.Workqueues.__WQ_ORDERED;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import jiffy.kernel.Owner;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.WorkqueueStruct;

/** A queue: its name, its flags, and its parts in the pools. Thread safe. */
final class Workqueue extends WorkqueueStruct {
  private static final VarHandle DRAINERS;

  static {
    try {
      DRAINERS = MethodHandles.lookup().findVarHandle(Workqueue.class, "drainers", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who made it. */
  final Owner owner;

  /** Stands in for kworkers that cannot be made; null: it has none. */
  final AtomicReference<Rescuer> rescuer = new AtomicReference<>();

  private final int flags;
  private final PoolQueue[] parts;
  private final List<PoolQueue> allParts;

  /** Of the parts' pools, as who queues must not touch what the kworkers write: see Mouth. */
  private final Mouth[] mouths;

  /** So many drain it: only its own items may queue here. */
  private volatile int drainers;

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
    this.parts =
        pools.stream()
            .map(pool -> new PoolQueue(this, pool, maxActive, scheduler))
            .toArray(PoolQueue[]::new);
    this.allParts = List.of(parts);
    this.mouths = pools.stream().map(pool -> pool.inbox.mouth).toArray(Mouth[]::new);
  }

  /** From now on only its own items may queue here, until as many {@link #endDrain}. */
  void beginDrain() {
    DRAINERS.getAndAdd(this, 1);
  }

  void endDrain() {
    DRAINERS.getAndAdd(this, -1);
  }

  /** Whether anybody's items may queue here. */
  boolean isOpen() {
    return !isDestroyed && drainers == 0;
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
    return parts[parts.length == 1 ? 0 : cpu];
  }

  /** Where items of that CPU come in. */
  Mouth mouth(int cpu) {
    return mouths[mouths.length == 1 ? 0 : cpu];
  }

  List<PoolQueue> parts() {
    return allParts;
  }
}
