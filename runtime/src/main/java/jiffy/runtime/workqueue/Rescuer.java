package jiffy.runtime.workqueue;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.Cpu;
import jiffy.runtime.sched.Task;
import jiffy.runtime.sched.Tasks;
import jiffy.types.WorkStruct;

/**
 * The task that runs a WQ_MEM_RECLAIM queue's items where no thread can be had for a kworker; it
 * has the queue's name. Linux's {@code rescuer_thread()}. Thread safe.
 */
final class Rescuer {
  /*
   * Its thread is made with the queue and sleeps. A pool that cannot hatch a kworker calls the rescuers
   * of all queues that have items on its list (mayday), and again at each try that fails. A rescuer goes
   * to the pools that have called it, one after the other, and runs items of its own queue only, as
   * a worker of that pool: in the pool's busy list, so that an item is never run by two, and flush,
   * cancel and rmmod find what it runs; on the pool's CPU, by a context of its own there. It is not
   * counted as computing: a kworker that can be had after all goes on beside it. It takes one item after
   * the other, no more than were under way when it came, then it is the next pool's turn; and none once
   * the pool has a kworker again, at work or at rest.
   *
   *     a pool                                   the rescuer
   *     lock                                     called = false
   *     called = true, unpark it                 lock, mayday? then it is gone, and items are run
   *     mayday of the queue's part = true        unlock
   *     unlock                                   called? then again, else park
   *
   * So a call that it has not seen in `called` it sees in the next round.
   *
   * Linux also sends a mayday if a kworker takes longer than 10 ms to make, for its allocation may sleep
   * until memory has been freed. A JVM's thread comes or is refused at once: only the refusal counts here.
   */
  private final Workqueue queue;
  private final Contexts contexts;
  private final Arch arch;

  /** One for each part of the queue: nothing need be made when it is called. */
  private final List<Worker> workers = new ArrayList<>();

  private Task task;
  private volatile HwThread thread;
  private volatile boolean called;
  private volatile boolean stopped;

  Rescuer(Workqueue queue, Contexts contexts, Arch arch) {
    this.queue = queue;
    this.contexts = contexts;
    this.arch = arch;
    for (PoolQueue part : queue.parts()) {
      workers.add(Worker.ofRescuer(part.pool));
    }
  }

  /**
   * Starts the task.
   *
   * @throws IllegalStateException if no thread can be made for it
   */
  void start(Tasks tasks) {
    int cpu = Math.max(0, queue.parts().get(0).pool.cpu);
    task = tasks.spawn(queue.name, Owner.CORE, cpu, this::live);
  }

  /** With the pool's lock held: calls all whose queues have items on its list. */
  static void callAll(WorkerPool pool, Context context) {
    pool.inbox.spill(pool.arch, context);
    for (WorkStruct work = pool.works.head.__next; work != pool.works.head; work = work.__next) {
      ((PoolQueue) work.__data).callRescuer();
    }
  }

  /** Has it look at all pools. */
  void call() {
    called = true;
    wake();
  }

  /** Ends it, once the item that it runs has returned. */
  void stop() {
    stopped = true;
    wake();
  }

  private void wake() {
    HwThread sleeper = thread;
    if (sleeper != null) { // else it has yet to begin, and looks first
      arch.unpark(sleeper);
    }
  }

  /** Waits until it has ended, unless the caller is itself the rescuer. */
  void join(Context caller) {
    if (caller.task() != task.struct) {
      task.join(caller);
    }
  }

  /** Whether it has run items of the owner, whose classes its ThreadLocals may keep. */
  boolean hasServed(Context caller, Owner owner) {
    boolean served = false;
    for (int i = 0; i < workers.size(); i++) {
      WorkerPool pool = queue.parts().get(i).pool;
      pool.enter(caller);
      served |= workers.get(i).hasServed(owner);
      pool.unlock();
    }
    return served;
  }

  private int live() {
    Context own = (Context) Current.get();
    List<Context> places = new ArrayList<>();
    for (Worker worker : workers) {
      Context place = own;
      if (!places.isEmpty()) { // it was started on the first part's CPU
        Cpu cpu = contexts.cpus().get(queue.parts().get(places.size()).pool.cpu);
        place = contexts.make(own.thread, cpu, own.task());
      }
      place.sleepWatcher = worker;
      places.add(place);
    }
    thread = own.thread;
    try {
      while (!stopped) {
        if (called) {
          called = false;
          for (int i = 0; i < places.size(); i++) {
            Current.bind(places.get(i));
            rescue(places.get(i), workers.get(i), queue.parts().get(i));
          }
          Current.bind(own);
        } else {
          own.park(Arch.NEVER);
        }
      }
    } finally {
      Current.bind(own);
      for (Context place : places.subList(1, places.size())) {
        place.exit();
        contexts.remove(place);
      }
    }
    return 0;
  }

  private void rescue(Context context, Worker worker, PoolQueue part) {
    WorkerPool pool = part.pool;
    pool.lockAll(context);
    if (!part.takeMayday()) {
      pool.unlock();
      return;
    }
    worker.begins(context);
    int turns = part.active();
    WorkStruct work = next(worker, part, turns);
    while (work != null) {
      worker.process(context, work);
      turns--;
      work = next(worker, part, turns);
    }
    worker.ends(context);
    if (next(worker, part, 1) != null) {
      part.callRescuer();
    }
    pool.leave(context);
  }

  /** What was queued again while it ran is for who ran it. */
  private WorkStruct next(Worker worker, PoolQueue part, int turns) {
    WorkStruct own = worker.scheduled.first();
    boolean goesOn = own == null && turns > 0 && !stopped && part.pool.isForsaken();
    return goesOn ? part.first() : own;
  }
}
