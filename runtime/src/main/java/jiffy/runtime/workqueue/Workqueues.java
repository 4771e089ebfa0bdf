package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.WORK_BUSY_PENDING;
import static jiffy.linux.Workqueues.WORK_BUSY_RUNNING;
import static jiffy.linux.Workqueues.WQ_DFL_ACTIVE;
import static jiffy.linux.Workqueues.WQ_HIGHPRI;
import static jiffy.linux.Workqueues.WQ_MAX_ACTIVE;
import static jiffy.linux.Workqueues.WQ_UNBOUND;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.kernel.WorkOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.context.Splat;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;
import jiffy.runtime.time.Timekeeping;
import jiffy.types.DelayedWork;
import jiffy.types.Embedded;
import jiffy.types.TimerList;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;

/**
 * The workqueues of a kernel: two pools a CPU (the usual one and that of high priority), two of no
 * CPU, and the queues that share them. Linux's {@code kernel/workqueue.c}.
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class Workqueues implements WorkOps {
  private final Arch arch;
  private final Contexts contexts;
  private final Scheduler scheduler;
  private final Tasks tasks;
  private final KernelLog log;
  private final Splat splat;

  /** By CPU: the usual ones, then those of high priority; last the two of no CPU. */
  private final List<WorkerPool> pools = new ArrayList<>();

  private final List<Workqueue> queues = new CopyOnWriteArrayList<>();
  private final Map<System, Workqueue> system = new EnumMap<>(System.class);
  private final WorkFlush flush;
  private final WorkRemoval removal;
  private final PendingBit pending;
  private final WorkIntake intake;
  private final DelayedWorks delayed;

  /** No kworker yet: the first item makes the first. */
  public Workqueues(
      Arch arch,
      Contexts contexts,
      Timekeeping timekeeping,
      Tasks tasks,
      Scheduler scheduler,
      Origins origins,
      KernelLog log,
      Splat splat) {
    this.arch = arch;
    this.contexts = contexts;
    this.scheduler = scheduler;
    this.tasks = tasks;
    this.log = log;
    this.splat = splat;
    int cpus = contexts.cpus().size();
    for (String suffix : List.of("", "H")) {
      for (Cpu cpu : contexts.cpus()) {
        pools.add(
            new WorkerPool(arch, scheduler, tasks, log, "" + cpu.number, suffix, cpu.number, cpus));
      }
    }
    for (int i = 0; i < 2; i++) {
      pools.add(new WorkerPool(arch, scheduler, tasks, log, "u" + pools.size(), "", -1, cpus));
    }
    this.flush = new WorkFlush(arch, scheduler, log, pools);
    this.pending = new PendingBit(arch);
    this.removal = new WorkRemoval(arch, timekeeping, flush, pending);
    this.intake = new WorkIntake(arch, contexts, origins, log, pending);
    pools.forEach(pool -> new PoolWatch(pool, arch, timekeeping));
    this.delayed = new DelayedWorks(timekeeping, intake, removal, pending);
    for (System which : System.values()) {
      int flags = which == System.HIGHPRI ? WQ_HIGHPRI : which == System.UNBOUND ? WQ_UNBOUND : 0;
      int most = which == System.UNBOUND ? WQ_MAX_ACTIVE : 0;
      Workqueue queue = make(which.title, Owner.CORE, flags, most);
      system.put(which, queue);
      queues.add(queue);
    }
  }

  private Workqueue make(String name, Owner owner, int flags, int maxActive) {
    int cpus = contexts.cpus().size();
    int high = (flags & WQ_HIGHPRI) != 0 ? 1 : 0;
    boolean unbound = (flags & WQ_UNBOUND) != 0;
    List<WorkerPool> of =
        unbound
            ? List.of(pools.get(2 * cpus + high))
            : pools.subList(high * cpus, (high + 1) * cpus);
    return new Workqueue(name, owner, flags, clamped(name, maxActive), of, scheduler);
  }

  private int clamped(String name, int maxActive) {
    if (maxActive < 0 || maxActive > WQ_MAX_ACTIVE) {
      log.print(
          KernelLog.WARNING,
          "workqueue: max_active "
              + maxActive
              + " requested for "
              + name
              + " is out of range, clamping between 1 and "
              + WQ_MAX_ACTIVE);
    }
    return maxActive == 0 ? WQ_DFL_ACTIVE : Math.max(1, Math.min(maxActive, WQ_MAX_ACTIVE));
  }

  /** What rmmod asks about items and queues. */
  public Owned books() {
    return new WorkBooks(this, arch, pools, log);
  }

  /** All queues. */
  List<Workqueue> queues() {
    return queues;
  }

  /** Whether it is one of the kernel's own. */
  boolean isSystem(Workqueue queue) {
    return system.containsValue(queue);
  }

  /** Ends the kworkers and rescuers that return. */
  public void stop(Context context) {
    pools.forEach(pool -> pool.stop(context));
    queues.forEach(Workqueues::stopRescuer);
  }

  @Override
  public WorkqueueStruct system(Current current, System which) {
    return system.get(which);
  }

  @Override
  public void init(Current current, WorkStruct work, WorkFunction function) {
    Context context = (Context) current;
    if (pending.isTaken(context, work)) {
      log.print(KernelLog.ERR, initOfActive(work));
      boolean delayed = work instanceof Embedded && container(work) instanceof DelayedWork;
      removal.cancel(context, work, delayed ? ((DelayedWork) container(work)).timer : null);
    }
    work.func = function;
    intake.resolve(context, work);
  }

  @Override
  public void initDelayed(
      Current current, DelayedWork work, WorkFunction function, int timerFlags) {
    Context context = (Context) current;
    if (pending.isTaken(context, work.work)) {
      log.print(KernelLog.ERR, initOfActive(work.work));
      removal.cancel(context, work.work, work.timer);
    }
    init(current, work.work, function);
    delayed.setUp(context, work, timerFlags);
  }

  private static Object container(WorkStruct work) {
    return ((Embedded) work).__container();
  }

  private static String initOfActive(WorkStruct work) {
    return "ODEBUG: init active object type: work_struct, "
        + work.__origin
        + ": it was pending, and is canceled";
  }

  @Override
  public WorkqueueStruct alloc(Current current, String name, int flags, int maxActive) {
    Context context = (Context) current;
    splat.mightSleep(context);
    Owner owner = context.owner();
    if (owner.isGoing()) {
      return null;
    }
    Workqueue queue = make(name, owner, flags, maxActive);
    if (queue.isMemReclaim() && !giveRescuer(queue, null)) {
      return null;
    }
    queues.add(queue);
    if (owner.isGoing()) { // once more: WorkBooks has looked, or will not find it
      forget(queue);
      return null;
    }
    return queue;
  }

  /**
   * Starts a rescuer.
   *
   * @param before in whose place; null if it is the queue's first
   * @return whether there is a thread for it
   */
  private boolean giveRescuer(Workqueue queue, Rescuer before) {
    Rescuer rescuer = new Rescuer(queue, contexts, arch);
    try {
      rescuer.start(tasks);
    } catch (IllegalStateException | OutOfMemoryError e) {
      log.print(
          KernelLog.ERR,
          "workqueue: Failed to create a rescuer kthread for wq \""
              + queue
              + "\": "
              + e.getMessage());
      return false;
    }
    if (!queue.rescuer.compareAndSet(before, rescuer)) { // another rmmod was faster
      rescuer.stop();
    } else if (before != null) {
      before.stop();
      rescuer.call(); // for what that has not seen
    }
    if (queue.isDestroyed) { // meanwhile: who did it may have seen the other one
      rescuer.stop();
    }
    return true;
  }

  private static void stopRescuer(Workqueue queue) {
    Rescuer rescuer = queue.rescuer.get();
    if (rescuer != null) {
      rescuer.stop();
    }
  }

  /** A rescuer that has run items of an owner is followed by a new one, as a kworker is. */
  void retireRescuers(Context context, Owner owner) {
    for (Workqueue queue : queues) {
      Rescuer rescuer = queue.rescuer.get();
      if (rescuer != null && rescuer.hasServed(context, owner)) {
        giveRescuer(queue, rescuer);
      }
    }
  }

  @Override
  public void setMaxActive(Current current, WorkqueueStruct struct, int maxActive) {
    Context context = (Context) current;
    Workqueue queue = (Workqueue) struct;
    if (queue.isOrdered()) {
      log.print(
          KernelLog.WARNING, "workqueue: max_active of " + queue + ", which is ordered, stays 1");
      return;
    }
    int most = clamped(queue.name, maxActive);
    for (PoolQueue part : queue.parts()) {
      int before = context.takenOver;
      part.pool.enter(context);
      try {
        part.setMaxActive(most);
        part.pool.leave(context);
      } catch (Throwable e) { // a StackOverflowError of the module's: no call
        if (context.takenOver == before) {
          part.pool.held = 0;
        }
        throw e;
      }
    }
  }

  @Override
  public void destroy(Current current, WorkqueueStruct struct) {
    Context context = (Context) current;
    Workqueue queue = (Workqueue) struct;
    splat.mightSleep(context);
    if (queue == null || queue.isDestroyed || isSystem(queue)) {
      log.print(
          KernelLog.WARNING,
          "workqueue: destroy_workqueue of "
              + (queue == null ? "null" : queue + ", which is destroyed or the kernel's")
              + ": ignored");
      return;
    }
    queue.beginDrain();
    boolean drained = flush.drain(context, queue);
    forget(queue);
    Rescuer rescuer = queue.rescuer.get();
    if (drained && rescuer != null) {
      rescuer.join(context);
    }
    queue.endDrain();
  }

  /** The queue takes nothing any more. */
  void forget(Workqueue queue) {
    queue.isDestroyed = true;
    queues.remove(queue);
    stopRescuer(queue);
  }

  @Override
  public boolean queue(Current current, int cpu, WorkqueueStruct queue, WorkStruct work) {
    return intake.queue((Context) current, cpu, queue, work);
  }

  @Override
  public boolean queueDelayed(
      Current current, int cpu, WorkqueueStruct queue, DelayedWork work, long delayJiffies) {
    return delayed.queue((Context) current, cpu, queue, work, delayJiffies);
  }

  @Override
  public boolean modDelayed(
      Current current, int cpu, WorkqueueStruct queue, DelayedWork work, long delayJiffies) {
    return delayed.modify((Context) current, cpu, queue, work, delayJiffies);
  }

  @Override
  public boolean flush(Current current, WorkStruct work) {
    splat.mightSleep((Context) current);
    return flush.flush((Context) current, work);
  }

  @Override
  public boolean flushDelayed(Current current, DelayedWork work) {
    Context context = (Context) current;
    splat.mightSleep(context);
    delayed.expedite(context, work);
    return flush.flush(context, work.work);
  }

  @Override
  public void flushQueue(Current current, WorkqueueStruct queue) {
    splat.mightSleep((Context) current);
    flush.flush((Context) current, (Workqueue) queue);
  }

  @Override
  public void drain(Current current, WorkqueueStruct queue) {
    splat.mightSleep((Context) current);
    flush.drain((Context) current, (Workqueue) queue);
  }

  @Override
  public boolean cancel(Current current, WorkStruct work, boolean sync) {
    return cancel((Context) current, work, null, sync);
  }

  @Override
  public boolean cancelDelayed(Current current, DelayedWork work, boolean sync) {
    return cancel((Context) current, work.work, work.timer, sync);
  }

  private boolean cancel(Context context, WorkStruct work, TimerList delay, boolean sync) {
    if (!sync) {
      return removal.cancel(context, work, delay);
    }
    splat.mightSleep(context);
    return removal.cancelSync(context, work, delay);
  }

  @Override
  public boolean isPending(Current current, WorkStruct work) {
    return pending.isTaken((Context) current, work);
  }

  @Override
  public int busy(Current current, WorkStruct work) {
    int busy = pending.isTaken((Context) current, work) ? WORK_BUSY_PENDING : 0;
    WorkerPool pool = WorkFlush.poolOf(work);
    if (pool != null) {
      pool.enter((Context) current);
      try {
        busy |= pool.executing(work) != null ? WORK_BUSY_RUNNING : 0;
      } finally {
        pool.held = 0; // no call: see RawSpinlock
      }
    }
    return busy;
  }
}
