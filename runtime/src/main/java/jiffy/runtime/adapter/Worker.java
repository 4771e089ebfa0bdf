package jiffy.runtime.adapter;

import static jiffy.linux.Sched.TASK_RUNNING;

import java.lang.Thread.UncaughtExceptionHandler;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Oops;
import jiffy.runtime.sched.Scheduler;
import jiffy.types.TaskStruct;

/** A task that runs a crew's jobs. */
final class Worker {
  final String name;

  /** To wake it; null until it has begun. */
  volatile HwThread thread;

  /** Whether it waits to be called. Guarded by the crew's lock. */
  boolean isIdle;

  /**
   * It has run a module's code, and its thread may hold what that left in thread locals: so it ends
   * rather than wait for a next job. Written by itself.
   */
  boolean retires;

  private final Crew crew;
  private Thread javaThread;
  private TaskStruct task;

  /** What it runs. Guarded by its own lock, so that no interrupt comes too late for it. */
  private Job<?> current;

  Worker(Crew crew, String name) {
    this.crew = crew;
    this.name = name;
  }

  /** The task's body. */
  int live() {
    Context context = (Context) Current.get();
    javaThread = Thread.currentThread();
    task = context.task();
    thread = context.thread;
    Job<?> job = crew.next(this, context);
    while (job != null) {
      perform(context, job);
      job = crew.next(this, context);
    }
    return 0;
  }

  private void perform(Context context, Job<?> job) {
    if (job.origin.owner.isGoing()) {
      job.cancel(false);
      return;
    }
    begin(context, job);
    job.run();
    Throwable failure = job.takeFailure();
    if (failure != null) {
      report(context, job, failure);
    }
    end(context, job);
  }

  private void begin(Context context, Job<?> job) {
    context.setOwner(job.origin.owner);
    context.forgetClock();
    if (job.origin.owner != Owner.CORE) {
      retires = true;
      javaThread.setContextClassLoader(job.loader());
    }
    synchronized (this) {
      current = job;
    }
  }

  private void end(Context context, Job<?> job) {
    synchronized (this) {
      current = null;
    }
    job.worker = null;
    context.thread.takeInterrupt(); // was the job's
    task.__signal = 0;
    task.__state = TASK_RUNNING;
    if (context.preemptCount() != 0 || context.irqsDisabled()) {
      crew.log.print(
          KernelLog.ERR,
          "BUG: " + job + " has left a lock, or interrupts or preemption disabled, on " + task);
      context.enableAll();
    }
    context.setOwner(Owner.CORE);
    if (retires) {
      javaThread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    }
  }

  /** What nobody can ask for goes where Java's threads send it, and into the log. */
  private void report(Context context, Job<?> job, Throwable failure) {
    Oops.print(crew.log, job.origin.owner.name, "job " + job.origin.function, failure, context);
    UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    if (handler == null) {
      return;
    }
    try {
      handler.uncaughtException(javaThread, failure);
    } catch (RuntimeException | Error e) {
      crew.log.print(
          KernelLog.ERR, "the default UncaughtExceptionHandler threw " + e.getClass().getName());
    }
  }

  /** What it runs, or null. */
  synchronized Job<?> current() {
    return current;
  }

  /**
   * Interrupts a job as Java does, and by a signal, which ends the kernel's interruptible sleeps.
   *
   * @param job if it runs that; null: whatever it runs
   */
  void interrupt(Job<?> job) {
    synchronized (this) {
      if (current != null && (job == null || job == current)) {
        javaThread.interrupt();
        crew.scheduler.signal(task, Scheduler.SIGINT);
        crew.arch.unpark(thread);
      }
    }
  }
}
