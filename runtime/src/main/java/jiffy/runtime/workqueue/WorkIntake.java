package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.WORK_CPU_UNBOUND;
import static jiffy.types.WorkStruct.__HOMED;

import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/** Puts items into queues: {@code queue_work_on}. Thread safe; any context. */
final class WorkIntake {
  private final Arch arch;
  private final Contexts contexts;
  private final Origins origins;
  private final KernelLog log;
  private final PendingBit pending;

  WorkIntake(Arch arch, Contexts contexts, Origins origins, KernelLog log, PendingBit pending) {
    this.arch = arch;
    this.contexts = contexts;
    this.origins = origins;
    this.log = log;
    this.pending = pending;
  }

  /** {@code queue_work_on}. */
  boolean queue(Context context, int cpu, WorkqueueStruct struct, WorkStruct work) {
    Workqueue queue = check(context, cpu, struct, work, true);
    return queue != null && insert(context, cpu, queue, work, true);
  }

  void resolve(Context context, WorkStruct work) {
    work.__origin = origins.of(context, work.func);
    work.__resolved = work.func;
  }

  /**
   * Looks whether the item may be queued there.
   *
   * @param now or when its delay is over: a queue that is drained takes it by then, or not
   * @return the queue; null: it may not
   */
  Workqueue check(Context context, int cpu, WorkqueueStruct struct, WorkStruct work, boolean now) {
    if (struct == null || work.func == null) {
      throw new IllegalArgumentException(
          struct == null
              ? "queue_work: the workqueue is null: has alloc_workqueue() failed?"
              : "queue_work: the work has no function: set it up with INIT_WORK()");
    }
    if (cpu != WORK_CPU_UNBOUND && (cpu < 0 || cpu >= contexts.cpus().size())) {
      throw new IllegalArgumentException(
          "queue_work_on: there is no CPU "
              + cpu
              + "; this kernel has CPUs 0 to "
              + (contexts.cpus().size() - 1)
              + " (boot parameter nr_cpus)");
    }
    if (work.func != work.__resolved) {
      resolve(context, work);
    }
    if (work.__origin.kernel != context.kernel) {
      throw new IllegalStateException(
          "work "
              + work.__origin
              + " belongs to kernel '"
              + work.__origin.kernel
              + "', but is used in a context of kernel '"
              + context.kernel
              + "': set up one for each kernel");
    }
    Workqueue queue = (Workqueue) struct;
    boolean later = !now && !queue.isDestroyed && !work.__origin.owner.isGoing();
    return later || mayEnter(context, queue, work) ? queue : null;
  }

  /** Whether the queue takes the item now, and its module stays. */
  boolean mayEnter(Context context, Workqueue queue, WorkStruct work) {
    if (work.__origin.owner.isGoing()) {
      return false;
    }
    if (queue.isOpen()) {
      return true;
    }
    Worker self = WorkFlush.self(context);
    if (!queue.isDestroyed && self != null && self.currentQueue.queue == queue) {
      return true; // what drains waits for it
    }
    log.print(
        KernelLog.WARNING,
        "workqueue: "
            + work.__origin
            + " cannot be queued on "
            + queue
            + ", which is "
            + (queue.isDestroyed ? "destroyed" : "being drained")
            + ": ignored");
    return false;
  }

  /** Queues an item that its caller has made pending, and hands over by this. */
  void insert(Context context, int cpu, Workqueue queue, WorkStruct work) {
    insert(context, cpu, queue, work, false);
  }

  /**
   * @param idle whether it has to be made pending first
   * @return false if it was pending already, or its module goes
   */
  private boolean insert(Context context, int cpu, Workqueue queue, WorkStruct work, boolean idle) {
    context.takenOver++;
    WorkerPool locked = null;
    boolean owned = !idle;
    int before = 0;
    try {
      int on = cpu == WORK_CPU_UNBOUND ? context.cpu.number : cpu;
      PoolQueue part = queue.of(on);
      Mouth mouth = queue.mouth(on);
      if (idle && work.__state == __HOMED && work.__home == part) {
        HandoverMouth.Fate fate = mouth.putAgain(arch, context, part, work);
        if (fate != HandoverMouth.Fate.REFUSED) {
          mouth.wake(arch, context);
          return fate == HandoverMouth.Fate.DONE;
        }
      }
      if (idle && !pending.claim(context, work)) {
        return false;
      }
      owned = true;
      Object last = work.__data;
      if ((last == mouth.pool || last == null) && mouth.putFirst(arch, context, part, work)) {
        owned = false;
        mouth.wake(arch, context);
        return true;
      }
      part = whereItRuns(context, queue, work, part);
      WorkerPool pool = part.pool;
      pool.lockAll(context);
      locked = pool;
      if (work.__origin.owner.isGoing()) { // once more: WorkBooks has looked, or will not find it
        work.__state = 0;
        owned = false;
        pool.held = 0; // no call: see RawSpinlock
        locked = null;
        return false;
      }
      part.insert(work);
      owned = false;
      before = context.takenOver;
      pool.leave(context);
      return true;
    } catch (Throwable e) { // a StackOverflowError of the module's: free it, without a call
      if (owned && work.__prev == null) {
        work.__state = 0;
      }
      if (locked != null && (before == 0 || context.takenOver == before)) {
        locked.held = 0;
      }
      throw e;
    }
  }

  /** An item that runs in another pool, for the same queue, goes there: never twice at once. */
  private PoolQueue whereItRuns(
      Context context, Workqueue queue, WorkStruct work, PoolQueue wanted) {
    WorkerPool last = WorkFlush.poolOf(work);
    if (last == null || last == wanted.pool) {
      return wanted;
    }
    last.enter(context);
    try {
      Worker worker = last.executing(work);
      return worker != null && worker.currentQueue.queue == queue ? worker.currentQueue : wanted;
    } finally {
      last.held = 0; // no call: see RawSpinlock
    }
  }
}
