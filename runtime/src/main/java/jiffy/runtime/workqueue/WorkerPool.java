package jiffy.runtime.workqueue;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.locking.HandoverMouth;
import jiffy.runtime.locking.RawSpinlock;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;
import jiffy.types.WorkStruct;

/**
 * The items of one CPU (of one priority), and the kworkers that run them; or those of no CPU.
 * Linux's {@code worker_pool}. The lock guards all of it.
 */
final class WorkerPool extends RawSpinlock {
  /*
   * Concurrency management (Linux: cmwq). A CPU's pool wants exactly one kworker that computes. Running
   * counts them: a kworker that sleeps in the kernel is not counted, nor one whose item is CPU_INTENSIVE
   * or was found to be a hog (PoolWatch). Whenever running falls to 0 while items wait, the next kworker
   * is woken, or hatched if none is idle; so a queue of items that all sleep has as many kworkers as
   * items, and one of items that compute has one.
   *
   *     queue        an item comes, running = 0          -> wake one
   *     rest         the last one rests, nothing waits   -> who brings the next item wakes it: see Inbox
   *     sleeps()     running falls to 0, items wait      -> wake one
   *     wakes()      running rises, maybe to 2           -> who finishes first goes to rest
   *     begin        an item that is not counted begins  -> wake one
   *
   * A pool of no CPU counts nobody: each item that waits has a kworker woken for it, as far as its
   * queue's max_active lets items in.
   *
   * Whenever the lock is given back while items wait and nobody has to be woken, PoolWatch is told.
   *
   * Racing. A kworker that is alone runs the inbox's items without taking the lock for each: it moves the
   * inbox's head by a CAS, which is the beginning of an item and the end of the one before. Who takes the
   * lock meanwhile (enter) freezes the head. From then on the kworker is where the head says, and he enters
   * what it runs, as if it had been begun under the lock; the kworker's next CAS fails, and it takes the
   * lock too. So with the lock held all is as if nobody raced.
   *
   *     kworker: CAS head 7 -> 8, runs item 7    another: lock; head = 8|FROZEN; current = item 7; looks
   *     kworker: CAS head 8 -> 9 fails; lock; item 7 has ended
   *
   * It races no further than where it must look for more, or clear slots, which is done under the lock.
   *
   * Who is woken is poked first: a second item does not wake a second kworker while the first is on its
   * way, for that looks at everything when it comes.
   *
   * A kworker that cannot be hatched, for want of a thread, is tried again every 10 ms while items wait.
   * Until one has come the pool is starved: those of its items whose queue has a rescuer run there.
   */

  /** How many idle kworkers stay for ever. */
  private static final int SPARE = 2;

  /** Between two tries to hatch a kworker for which there was no thread: 10 ms. */
  private static final long RETRY_NANOS = 10_000_000L;

  /** As a kworker's name has it: {@code 0}, {@code u4}. */
  private final String label;

  private final String suffix;

  /** -1: of no CPU. Then the kworkers are spread, beginning with the second CPU. */
  final int cpu;

  private final int cpus;

  final Arch arch;
  final Scheduler scheduler;
  private final Tasks tasks;
  final KernelLog log;

  /** In the order in which they were queued. */
  final WorkList works = new WorkList();

  /** What came after those. */
  final Inbox inbox = new Inbox(this);

  /** Kworkers that serve, be it that they sleep in an item. */
  final WorkerList busy = new WorkerList();

  /** The one that came to rest last is the first: it is woken first, for its caches are warm. */
  private final WorkerList idle = new WorkerList();

  /** Runs items of the inbox without the lock; null: nobody. */
  Racer racer;

  /** How many of the busy ones are counted as computing. */
  int running;

  /** A kworker is being made; nobody else need be woken. */
  private boolean hatching;

  /** No thread could be had for a kworker, and none has begun since. */
  private boolean starved;

  /** When the next one is tried, if it is starved. */
  private long retryNanos;

  /** Who was to wake a kworker could not: who comes next does it. */
  private volatile boolean wakeOwed;

  /** Stands for one that has to be made. */
  private final Worker fresh;

  private int nextId;
  private boolean stopped;

  private PoolWatch watch;

  /** Whether {@link PoolWatch} looks at it from time to time. */
  boolean watched;

  WorkerPool(
      Arch arch,
      Scheduler scheduler,
      Tasks tasks,
      KernelLog log,
      String label,
      String suffix,
      int cpu,
      int cpus) {
    this.arch = arch;
    this.scheduler = scheduler;
    this.tasks = tasks;
    this.log = log;
    this.label = label;
    this.suffix = suffix;
    this.cpu = cpu;
    this.cpus = cpus;
    this.fresh = new Worker(this, -1);
  }

  /** Set once, at boot. */
  void watchedBy(PoolWatch watcher) {
    watch = watcher;
  }

  boolean isUnbound() {
    return cpu < 0;
  }

  /** Takes the lock; who races is stopped after his item. */
  void enter(Context context) {
    lock(arch, context);
    if (racer != null) {
      try {
        racer.settle(inbox.freeze());
      } catch (Throwable e) { // a StackOverflowError of the module's: no call
        held = 0;
        throw e;
      }
    }
  }

  /** Takes the lock, and has all items on the lists. */
  void lockAll(Context context) {
    enter(context);
    try {
      inbox.spill(arch, context);
    } catch (Throwable e) { // a StackOverflowError of the module's: no call
      held = 0;
      throw e;
    }
  }

  /**
   * With the lock held: whether the item is queued here. If so it is on a list, also if it has come
   * in since the lock was taken.
   */
  boolean has(Context context, WorkStruct work) {
    if (work.__state == WorkStruct.__HOMED
        && inbox.mouth.look(arch, context, work) == HandoverMouth.Fate.IS_IN) {
      inbox.spill(arch, context);
    }
    Object data = work.__data; // once: in another pool it may change meanwhile
    return data instanceof PoolQueue && ((PoolQueue) data).pool == this;
  }

  /** With the lock held: whether items are known to wait; all that do, if nobody computes. */
  boolean hasItems() {
    return !works.isEmpty() || inbox.hasItems();
  }

  /** Without the lock: whether items seem to wait. */
  boolean seemsToHaveItems() {
    return !works.isEmpty() || inbox.seemsFilled();
  }

  /** With the lock held: whether items wait and nobody computes. */
  boolean needsWorker() {
    return running == 0 && hasItems();
  }

  /** With the lock held: one more computes. */
  void runsMore(Context context) {
    if (running == 0) {
      inbox.close(arch, context); // for a sleeper
    }
    running++;
  }

  /** With the lock held: one fewer computes. */
  void runsLess(Context context) {
    if (running == 1) {
      inbox.close(arch, context);
    }
    running--;
  }

  /** With the lock held: the oldest item; it is on a list, or the inbox's first. */
  WorkStruct first(Context context) {
    for (; ; ) {
      WorkStruct work = works.first();
      if (work != null || (work = inbox.first()) == null) {
        return work;
      }
      if (!((PoolQueue) work.__home).isFull() && executing(work) == null) {
        return work;
      }
      inbox.enterFirst();
    }
  }

  /** With the lock held: {@link PoolWatch} looks no longer. @return whether it may not stop yet */
  boolean endsWatch(Context context) {
    if (running > 0 && !hasItems()) {
      inbox.close(arch, context);
    }
    watched = hasItems();
    return watched;
  }

  /**
   * Chooses a kworker for what waits, to be woken.
   *
   * @return null if nobody need be
   */
  private Worker choose(Context context) {
    if (running != 0 || !hasItems()) {
      return null;
    }
    Worker chosen = idle.first();
    if (chosen == null) {
      if (hatching || stopped) {
        return null;
      }
      if (starved && arch.now() < retryNanos) {
        Rescuer.callAll(this, context);
        return null;
      }
      hatching = true;
      return fresh;
    }
    if (chosen.poked && !wakeOwed) {
      return null;
    }
    wakeOwed = false;
    chosen.poked = true;
    return chosen;
  }

  /**
   * Gives the lock back, having chosen a kworker for what waits, which is woken then, or begun to
   * watch those who run. Who meets a StackOverflowError knows by {@link Context#takenOver} whether
   * the lock is still his.
   */
  void leave(Context context) {
    context.takenOver++;
    Worker next = null;
    boolean watches = false;
    boolean locked = true;
    try {
      next = choose(context);
      watches = next == null && (cpu >= 0 || starved) && !watched && hasItems();
      if (running > 0 && (watched || watches) && !inbox.isOpen()) {
        inbox.open(arch, context);
      }
      watched |= watches;
      held = 0; // no call: see RawSpinlock
      locked = false;
      if (next == fresh) {
        hatch(context);
      } else if (next != null) {
        arch.unpark(next.thread);
      } else if (watches) {
        watch.begin(context);
      }
    } catch (Throwable e) { // a StackOverflowError of the module's: the next one does it; no call
      if (next == fresh) {
        hatching = false;
        watched = false; // perhaps said, and not begun
      } else if (next != null) {
        wakeOwed = true;
      }
      if (watches) {
        watched = false;
      }
      if (locked) {
        held = 0;
      }
      throw e;
    }
  }

  private void hatch(Context context) {
    int id;
    enter(context);
    try {
      id = nextId;
      nextId = id + 1;
    } finally {
      held = 0; // no call: see RawSpinlock
    }
    Worker worker = new Worker(this, id);
    String name = "kworker/" + label + ":" + id + suffix;
    try {
      tasks.spawn(name, Owner.CORE, isUnbound() ? (id + 1) % cpus : cpu, worker::live);
    } catch (IllegalStateException | OutOfMemoryError e) {
      starve(context, id, name, e);
    }
  }

  private void starve(Context context, int id, String name, Throwable why) {
    boolean isFirst;
    enter(context);
    try {
      isFirst = !starved;
      starved = true;
      retryNanos = arch.now() + RETRY_NANOS;
      nextId = id;
      hatching = false;
      watched = true; // until it works out
      Rescuer.callAll(this, context);
    } finally {
      held = 0; // no call: see RawSpinlock
    }
    watch.begin(context);
    if (isFirst) {
      log.print(
          KernelLog.ERR,
          "workqueue: no thread can be made for "
              + name
              + ", its works wait, but those of WQ_MEM_RECLAIM queues: "
              + why.getMessage());
    }
  }

  /** With the lock held: whether nobody will take what waits, but who has yet to be hatched. */
  boolean isForsaken() {
    return running == 0 && idle.first() == null;
  }

  /** With the lock held: a kworker has begun. */
  void hatched() {
    hatching = false;
    starved = false;
  }

  /** With the lock held: it goes to rest. @return whether it is one too many: it need not stay */
  boolean rests(Worker worker, Context context) {
    idle.add(worker);
    if (running == 0 && worker.counts && !hasItems() && !inbox.isOpen()) { // else for a sleeper
      inbox.openFor(worker.thread, arch, context);
    }
    return idle.size() > SPARE;
  }

  /** With the lock held: it rests no longer. */
  void rises(Worker worker, Context context) {
    if (running == 0) {
      inbox.close(arch, context);
    }
    idle.remove(worker);
  }

  /** With the lock held: who runs the item now, or null. */
  Worker executing(WorkStruct work) {
    Worker worker = busy.first();
    while (worker != null && worker.current != work) {
      worker = worker.next;
    }
    return worker;
  }

  boolean isStopped() {
    return stopped;
  }

  /** Ends the kworkers: the idle ones now, the busy ones when they have finished. */
  void stop(Context context) {
    enter(context);
    stopped = true;
    List<Worker> sleepers = new ArrayList<>();
    idle.forEach(
        worker -> {
          worker.poked = true;
          sleepers.add(worker);
        });
    unlock();
    sleepers.forEach(worker -> arch.unpark(worker.thread));
  }

  /**
   * Ends the kworkers that have run items of an owner: what these have left in ThreadLocals would
   * keep the owner's classes.
   */
  void retire(Context context, Owner owner) {
    enter(context);
    List<Worker> sleepers = new ArrayList<>();
    idle.forEach(
        worker -> {
          if (worker.retireAfter(owner)) {
            worker.poked = true;
            sleepers.add(worker);
          }
        });
    busy.forEach(worker -> worker.retireAfter(owner));
    unlock();
    sleepers.forEach(worker -> arch.unpark(worker.thread));
  }
}
