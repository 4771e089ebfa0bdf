package jiffy.runtime.workqueue;

import static jiffy.linux.Sched.TASK_RUNNING;

import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.context.SleepWatcher;
import jiffy.types.TaskStruct;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;

/**
 * A kworker: takes items from its pool and runs them; or what a {@link Rescuer} is while it stands
 * in for one. Its fields are guarded by the pool's lock, but where said.
 */
final class Worker implements SleepWatcher {
  /** An idle kworker that is one too many ends after: 300 s. */
  private static final long IDLE_NANOS = 300_000_000_000L;

  /** So many items earn a look for more before it rests. */
  private static final int LINGERS_AFTER = 32;

  private final WorkerPool pool;
  final int id;

  /** Whether it is one of those that the pool's running counts. */
  final boolean counts;

  /** To wake it; set before it rests first. */
  HwThread thread;

  /** Next on the {@link WorkerList}. */
  Worker next;

  /** It was chosen and woken, or is about to be. Read by itself without the lock. */
  volatile boolean poked;

  /**
   * The item whose function runs; it may be freed or queued again: only compared. Null while it
   * lingers for more, or races and nobody has looked.
   */
  WorkStruct current;

  PoolQueue currentQueue;
  Origin currentOrigin;
  Object generation;

  /** Who waits for the current item. */
  Waiter waiters;

  /** The current item was queued again while it ran: for this kworker, and nobody else. */
  final WorkList scheduled = new WorkList();

  /** Counts items: a look at it twice tells a hog. */
  int turn;

  /** The current item holds up nobody: it is not counted in the pool's running. */
  boolean uncounted;

  /** It sleeps in the kernel: not counted either. */
  boolean sleeping;

  /** What PoolWatch saw last. */
  int seenTurn = -1;

  long seenAtNanos;

  /** Whose items it has run. */
  private final List<Owner> served = new ArrayList<>();

  /** Runs items of the inbox for it. */
  final Racer racer;

  private boolean retires;

  /** Items since it last looked for more in vain. Of its thread alone. */
  private int credit;

  private final BooleanSupplier seesItems;
  private static final BooleanSupplier ENOUGH = () -> true;

  Worker(WorkerPool pool, int id) {
    this(pool, id, !pool.isUnbound());
  }

  private Worker(WorkerPool pool, int id, boolean counts) {
    this.pool = pool;
    this.id = id;
    this.counts = counts;
    this.seesItems = pool::seemsToHaveItems;
    this.racer = new Racer(this, pool);
  }

  /** A rescuer's stay in a pool: it is not counted, and so may come and go at any time. */
  static Worker ofRescuer(WorkerPool pool) {
    return new Worker(pool, -1, false);
  }

  /** The thread's body. */
  int live() {
    Context context = (Context) Current.get();
    thread = context.thread;
    context.sleepWatcher = this;
    lock(context);
    pool.hatched();
    if (counts) {
      pool.inbox.furnish();
    }
    while (takesTurn(context)) {}
    pool.leave(context); // with what came while it was ending
    return 0;
  }

  /**
   * Rests if it need not serve, then serves if it is to; with the lock held. A method of its own,
   * for it is called again and again and so gets compiled: the loop of a thread that works now and
   * then never is. And in this order, for from asleep to the first item it then meets no
   * interpreter, whose tables have left the caches meanwhile.
   *
   * @return false: it ends
   */
  private boolean takesTurn(Context context) {
    boolean ends = isToEnd();
    if (!ends && !pool.needsWorker()) {
      ends = !rest(context) || isToEnd();
    }
    if (!ends && pool.needsWorker()) {
      serve(context);
    }
    return !ends;
  }

  private boolean isToEnd() {
    return pool.isStopped() || retires;
  }

  private void lock(Context context) {
    pool.enter(context);
  }

  /**
   * Sleeps until somebody chooses it; with the lock held, which is given back meanwhile.
   *
   * @return false if nobody did for long, and it is one too many
   */
  private boolean rest(Context context) {
    boolean surplus = pool.rests(this, context);
    pool.leave(context);
    long until = surplus ? pool.arch.now() + IDLE_NANOS : Arch.NEVER;
    boolean wanted;
    while (!(wanted = isPoked()) && (!surplus || pool.arch.now() < until)) {
      context.park(until);
    }
    lock(context);
    wanted |= isPoked();
    pool.rises(this, context);
    if (poked) {
      poked = false;
    }
    return wanted || pool.needsWorker();
  }

  /** Whether somebody chose it, or put something in where it waits for that. */
  private boolean isPoked() {
    return poked || pool.inbox.mouth.isPoked(thread);
  }

  /** Runs items as long as there are some and it is the only one that computes. */
  private void serve(Context context) {
    begins(context);
    do {
      WorkStruct work;
      while ((work = next(context)) != null) {
        if (racer.mayRace(work)) {
          earn(racer.race(context, work));
          if (credit == LINGERS_AFTER && pool.works.isEmpty() && pool.inbox.isCaughtUp()) {
            pause(context);
          }
        } else {
          process(context, work);
          earn(1);
        }
      }
    } while (credit >= LINGERS_AFTER && lingers(context));
    ends(context);
    if (pool.running > 0) { // others compute, and items may wait for them
      pool.leave(context);
      lock(context);
    }
  }

  private void earn(int items) {
    credit = Math.min(credit + items, LINGERS_AFTER);
  }

  /** Lets some items come: to look for each of them costs more than all else. */
  private void pause(Context context) {
    pool.leave(context);
    pool.arch.linger(ENOUGH);
    lock(context);
  }

  /** Out of work for now: waits a moment for the next. @return whether there is some */
  private boolean lingers(Context context) {
    if (pool.running != 1 || retires || pool.isStopped()) {
      return false;
    }
    pool.leave(context);
    boolean more = pool.arch.linger(seesItems);
    credit = more ? credit : 0;
    lock(context);
    return more;
  }

  /** With the lock held: it serves from now on. */
  void begins(Context context) {
    pool.busy.add(this);
    if (counts) {
      pool.runsMore(context);
    }
  }

  /** With the lock held: it serves no longer. */
  void ends(Context context) {
    if (counts) {
      pool.runsLess(context);
    }
    pool.busy.remove(this);
    currentQueue = null;
    currentOrigin = null;
    generation = null;
  }

  private WorkStruct next(Context context) {
    WorkStruct own = scheduled.first();
    return own != null || pool.running > 1 || retires ? own : pool.first(context);
  }

  /** Runs an item; with the lock held, which is given back meanwhile. */
  void process(Context context, WorkStruct work) {
    boolean listed = work.__prev != null;
    Worker other = listed ? pool.executing(work) : null;
    if (other != null) { // never twice at once: for who runs it
      WorkList.unlink(work);
      other.scheduled.addLast(work);
      return;
    }
    WorkFunction function = work.func;
    Origin origin = work.__origin;
    begin(context, work, origin, listed);
    if (listed) { // it may be queued again
      WorkStruct.__STATE.setRelease(work, 0);
    } else {
      pool.inbox.dropFirst();
    }
    pool.leave(context);
    call(context, work, function, origin);
    lock(context);
    end(context);
  }

  private void begin(Context context, WorkStruct work, Origin origin, boolean listed) {
    current = work;
    PoolQueue queue = (PoolQueue) (listed ? work.__data : work.__home);
    if (currentQueue != queue) { // like the others below: no store of a reference for nothing
      currentQueue = queue;
    }
    if (currentOrigin != origin) {
      currentOrigin = origin;
    }
    Object its;
    if (listed) {
      waiters = (Waiter) work.__waiters;
      its = queue.begins(work);
    } else {
      its = queue.begins();
    }
    if (generation != its) {
      generation = its;
    }
    turn++;
    if (queue.queue.isCpuIntensive()) {
      hold(context);
    }
    if (!knows(origin.owner)) {
      served.add(origin.owner);
    }
  }

  /** With the lock held: the current item is not counted from now on. */
  void hold(Context context) {
    if (!uncounted && counts) {
      if (!sleeping) {
        pool.runsLess(context);
      }
      uncounted = true;
    }
  }

  /** The current item has ended. */
  void end(Context context) {
    if (sleeping || uncounted) {
      sleeping = false; // also if its stack overflowed in a sleep
      uncounted = false;
      if (counts) {
        pool.runsMore(context);
      }
    }
    Waiter done = waiters;
    current = null;
    waiters = null;
    currentQueue.finished(generation);
    Waiter.completeAll(pool.scheduler, done);
  }

  /** Calls an item's function, without the lock, and puts right what it leaves behind. */
  void call(Context context, WorkStruct work, WorkFunction function, Origin origin) {
    VarHandle.fullFence(); // it sees what was written before it was queued
    if (function == null) {
      return;
    }
    boolean foreign = origin.owner != Owner.CORE;
    context.setOwner(origin.owner);
    context.forgetClock();
    if (foreign) {
      Thread.currentThread().setContextClassLoader(function.getClass().getClassLoader());
    }
    try {
      function.call(work);
    } catch (SimHalt e) {
      throw e;
    } catch (Throwable e) {
      Oops.print(pool.log, origin.owner.name, "work " + origin.function, e, context);
    }
    if (foreign) {
      Thread.currentThread().setContextClassLoader(null);
    }
    context.setOwner(Owner.CORE);
    if (context.preemptCount() != 0 || context.irqsDisabled()) {
      pool.log.print(
          KernelLog.ERR,
          String.format(
              Locale.ROOT,
              "BUG: workqueue leaked lock or atomic: %s/0x%08x/%d",
              context.task().comm,
              context.preemptCount(),
              context.task().pid));
      pool.log.print(KernelLog.ERR, "     last function: " + origin.symbol());
      context.enableAll();
    }
    TaskStruct self = context.task();
    if (self.__signal != 0 || self.__state != TASK_RUNNING) {
      self.__signal = 0;
      self.__state = TASK_RUNNING;
    }
  }

  @Override
  public void sleeps(Context context) {
    if (!counts || current == null && !racer.isRacing()) {
      return;
    }
    int before = context.takenOver;
    lock(context);
    try {
      if (!sleeping) {
        if (!uncounted) {
          pool.runsLess(context);
        }
        sleeping = true;
      }
      pool.leave(context);
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (context.takenOver == before) {
        pool.held = 0;
      }
      throw e;
    }
  }

  @Override
  public void wakes(Context context) {
    if (!counts || current == null) {
      return;
    }
    int before = context.takenOver;
    lock(context);
    try {
      if (sleeping) {
        if (!uncounted) {
          pool.runsMore(context);
        }
        sleeping = false;
      }
      pool.leave(context); // what has come meanwhile now waits for this one
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      if (context.takenOver == before) {
        pool.held = 0;
      }
      throw e;
    }
  }

  /** For its own thread: whether it need not take note that it runs items of the owner. */
  boolean knows(Owner owner) {
    return owner == Owner.CORE || served.contains(owner);
  }

  /** With the lock held: whether it has run items of the owner. */
  boolean hasServed(Owner owner) {
    return served.contains(owner);
  }

  /** With the lock held: if it has run items of the owner, it takes no more. @return whether */
  boolean retireAfter(Owner owner) {
    retires |= served.contains(owner);
    return retires;
  }
}
