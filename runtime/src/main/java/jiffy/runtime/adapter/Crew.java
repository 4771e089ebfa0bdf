package jiffy.runtime.adapter;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.WaitList;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;

/** The jobs of a scheduler that wait for their time, and the tasks that run them. Thread safe. */
final class Crew {
  /*
   * One of the workers is the watcher: it sleeps until the first job is due, and wakes up early if an
   * earlier one comes. A worker that takes a job while others are queued appoints the next watcher
   * before it begins: an idle worker, else a new one. So a job that blocks holds up nobody, and there is
   * no dispatcher whose hand-over each job would pay. A worker that has finished takes what is due, else
   * watches if nobody does, else is idle; idle ones beyond mostIdle end.
   *
   * Nobody sleeps until a time but the watcher, and that only while a job is queued: a simulated machine
   * with nothing to do has no event left. For the same reason a cancelled job leaves the queue at once.
   *
   * Invariant, whenever the lock is free: no job queued, or a watcher, or a worker between two jobs,
   * which looks at the queue next.
   *
   * All fields that are not final are guarded by this.
   */

  final Arch arch;
  final Callers callers;
  final Scheduler scheduler;
  final KernelLog log;
  final String name;

  /** Who waits for the end. */
  final WaitList awaiters;

  private final Tasks tasks;
  private final int mostIdle;
  private final Consumer<Crew> onEnd;
  private final TreeSet<Job<?>> queue = new TreeSet<>();
  private final Set<Worker> workers = new LinkedHashSet<>();
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();
  private Worker watcher;
  private long sequences;
  private int hired;
  private boolean isShut;
  private boolean isStopped;
  private volatile boolean isTerminated;

  /**
   * @param onEnd told once, when it is shut down and the last worker leaves
   */
  Crew(
      Arch arch,
      Callers callers,
      Tasks tasks,
      Scheduler scheduler,
      KernelLog log,
      String name,
      int mostIdle,
      Consumer<Crew> onEnd) {
    this.arch = arch;
    this.callers = callers;
    this.tasks = tasks;
    this.scheduler = scheduler;
    this.log = log;
    this.name = name;
    this.awaiters = new WaitList(arch);
    this.mostIdle = mostIdle;
    this.onEnd = onEnd;
  }

  /**
   * Queues a job.
   *
   * @throws RejectedExecutionException if it is shut down, or no thread can be had
   */
  void add(Job<?> job) {
    Worker called;
    synchronized (this) {
      if (isShut) {
        throw new RejectedExecutionException(job + " is rejected: " + this + " is shut down");
      }
      job.sequence = sequences++;
      queue.add(job);
      called = watch();
      if (called == null && queue.first() == job && watcher.thread != null) {
        called = watcher;
      }
    }
    call(called, job);
  }

  /**
   * Queues a periodic job again, whose run is over.
   *
   * @return false if it runs no more
   */
  boolean putBack(Job<?> job) {
    Worker called;
    synchronized (this) {
      if (isShut) {
        return false;
      }
      queue.add(job);
      called = job.worker == null ? watch() : null; // else its worker looks next
    }
    call(called, null);
    if (job.isCancelled()) { // meanwhile
      forget(job);
    }
    return true;
  }

  /** Whether a job may still begin. */
  synchronized boolean letsRun(Job<?> job) {
    return !isStopped && !(isShut && job.isPeriodic());
  }

  /** The job is cancelled. */
  void forget(Job<?> job) {
    Worker called = null;
    synchronized (this) {
      boolean wasFirst = !queue.isEmpty() && queue.first() == job;
      if (queue.remove(job) && wasFirst) {
        called = watcher; // sleeps for the next from now on
      }
    }
    wake(called);
  }

  /** Guarded: sees to it that somebody watches the queue. @return who has to be called, or null */
  private Worker watch() {
    if (queue.isEmpty() || watcher != null) {
      return null;
    }
    watcher = idle.poll();
    if (watcher == null) {
      watcher = new Worker(this, name + ":" + hired++);
      workers.add(watcher);
    }
    watcher.isIdle = false;
    return watcher;
  }

  private void wake(Worker worker) {
    if (worker != null && worker.thread != null) {
      arch.unpark(worker.thread);
    }
  }

  /**
   * Wakes a worker, or starts a new one.
   *
   * @param job to be taken back if nobody will ever run it
   */
  private void call(Worker worker, Job<?> job) {
    if (worker == null || worker.thread != null) {
      wake(worker);
      return;
    }
    try {
      tasks.spawn(worker.name, Owner.CORE, worker::live);
    } catch (IllegalStateException | OutOfMemoryError e) {
      boolean isAlone;
      synchronized (this) {
        workers.remove(worker);
        watcher = watcher == worker ? null : watcher;
        isAlone = workers.isEmpty();
        if (isAlone && job != null) {
          queue.remove(job);
        }
      }
      if (isAlone && job != null) {
        throw new RejectedExecutionException(job + " is rejected: " + e.getMessage(), e);
      }
      endIfOver();
      log.print(KernelLog.WARNING, name + ": jobs wait for those that run: " + e.getMessage());
    }
  }

  /** The next job of a worker that has none; waits for it. @return null: the worker ends */
  Job<?> next(Worker self, Context context) {
    for (; ; ) {
      Job<?> job = null;
      Worker called = null;
      long until = Arch.NEVER;
      boolean leaves = false;
      synchronized (this) {
        Job<?> first = queue.isEmpty() ? null : queue.first();
        if (self.retires) {
          leaves = true;
          workers.remove(self);
          called = watch();
        } else if (first != null && first.time() <= arch.now()) {
          queue.pollFirst();
          job = first;
          job.worker = self;
          isBusy(self);
          called = watch();
        } else if (first != null && (watcher == null || watcher == self)) {
          isBusy(self);
          watcher = self;
          until = first.time();
        } else {
          watcher = watcher == self ? null : watcher;
          leaves = isShut || !self.isIdle && idle.size() >= mostIdle;
          if (leaves) {
            isBusy(self);
            workers.remove(self);
          } else if (!self.isIdle) {
            self.isIdle = true;
            idle.push(self);
          }
        }
      }
      call(called, null);
      if (leaves) {
        endIfOver();
        return null;
      }
      if (job != null) {
        return job;
      }
      context.park(until);
    }
  }

  /** Guarded: it neither watches nor is idle. */
  private void isBusy(Worker worker) {
    watcher = watcher == worker ? null : watcher;
    if (worker.isIdle) {
      worker.isIdle = false;
      idle.remove(worker);
    }
  }

  private void endIfOver() {
    synchronized (this) {
      if (!isShut || isTerminated || !workers.isEmpty() || !queue.isEmpty()) {
        return;
      }
      isTerminated = true;
    }
    awaiters.wakeAll();
    onEnd.accept(this);
  }

  /** Takes no more jobs; those that are queued run, but no periodic one. */
  void shutDown() {
    List<Job<?>> dropped = new ArrayList<>();
    List<Worker> called;
    synchronized (this) {
      isShut = true;
      for (Job<?> job : queue) {
        if (job.isPeriodic()) {
          dropped.add(job);
        }
      }
      called = List.copyOf(workers);
    }
    dropped.forEach(job -> job.cancel(false)); // which takes it out
    called.forEach(this::wake);
    endIfOver();
  }

  /** Takes no more jobs, interrupts those that run. @return those that were queued */
  List<Runnable> stop() {
    List<Runnable> queued;
    List<Worker> called;
    synchronized (this) {
      isShut = true;
      isStopped = true;
      queued = List.copyOf(queue);
      queue.clear();
      called = List.copyOf(workers);
    }
    called.forEach(worker -> worker.interrupt(null));
    called.forEach(this::wake);
    endIfOver();
    return queued;
  }

  synchronized boolean isShut() {
    return isShut;
  }

  boolean isTerminated() {
    return isTerminated;
  }

  /** The jobs that wait for their time. */
  synchronized List<Job<?>> queued() {
    return List.copyOf(queue);
  }

  /** The jobs that run. */
  List<Job<?>> running() {
    List<Worker> now;
    synchronized (this) {
      now = List.copyOf(workers);
    }
    List<Job<?>> jobs = new ArrayList<>();
    for (Worker worker : now) {
      Job<?> job = worker.current();
      if (job != null) {
        jobs.add(job);
      }
    }
    return jobs;
  }

  @Override
  public String toString() {
    return name;
  }
}
