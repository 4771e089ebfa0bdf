package jiffy.kernel;

import java.util.Objects;

/**
 * One kernel, as the static functions of {@code jiffy.linux} see it: an object of subsystems.
 *
 * <p>A JVM may hold several; a thread belongs to the one that {@link Current} names.
 */
public final class Kernel {
  /** Name for messages, such as {@code jiffy} or the name an embedder gave. */
  public final String name;

  /** Ticks per second: what {@code HZ()} returns. */
  public final int hz;

  /** Jiffies and timers. */
  public final TimerOps timers;

  /** High-resolution timers and clocks. */
  public final HrtimerOps hrtimers;

  /** Spinlocks. */
  public final LockOps locks;

  /** Rwlocks. */
  public final RwLockOps rwlocks;

  /** Mutexes and rw_semaphores. */
  public final SleepLockOps sleepLocks;

  /** The log. */
  public final LogOps log;

  /** Softirqs, tasklets, interrupt lines. */
  public final InterruptOps interrupts;

  /** Warnings, and what is said once or seldom. */
  public final ReportOps reports;

  /** Tasks, sleeping, wait queues, kernel threads. */
  public final TaskOps tasks;

  /** Files of modules. */
  public final FileOps files;

  /** Workqueues. */
  public final WorkOps works;

  /** Memory. */
  public final MemoryOps memory;

  /** References to modules. */
  public final ModuleOps modules;

  /** All subsystems, made by the runtime at boot. */
  public Kernel(
      String name,
      int hz,
      TimerOps timers,
      HrtimerOps hrtimers,
      LockOps locks,
      RwLockOps rwlocks,
      SleepLockOps sleepLocks,
      LogOps log,
      ReportOps reports,
      TaskOps tasks,
      FileOps files,
      InterruptOps interrupts,
      WorkOps works,
      MemoryOps memory,
      ModuleOps modules) {
    this.name = Objects.requireNonNull(name);
    this.hz = hz;
    this.timers = Objects.requireNonNull(timers);
    this.hrtimers = Objects.requireNonNull(hrtimers);
    this.locks = Objects.requireNonNull(locks);
    this.rwlocks = Objects.requireNonNull(rwlocks);
    this.sleepLocks = Objects.requireNonNull(sleepLocks);
    this.log = Objects.requireNonNull(log);
    this.reports = Objects.requireNonNull(reports);
    this.tasks = Objects.requireNonNull(tasks);
    this.files = Objects.requireNonNull(files);
    this.interrupts = Objects.requireNonNull(interrupts);
    this.works = Objects.requireNonNull(works);
    this.memory = Objects.requireNonNull(memory);
    this.modules = Objects.requireNonNull(modules);
  }

  @Override
  public String toString() {
    return name;
  }
}
