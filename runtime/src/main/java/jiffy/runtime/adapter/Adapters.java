package jiffy.runtime.adapter;

import com.google.common.base.Ticker;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ScheduledExecutorService;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.Owned;
import jiffy.runtime.sched.Scheduler;
import jiffy.runtime.sched.Tasks;
import jiffy.runtime.time.JiffiesClock;

/** Makes a machine's clock, ticker and schedulers, and ends the latter with it. Thread safe. */
public final class Adapters {
  private final Arch arch;
  private final Origins origins;
  private final Tasks tasks;
  private final Scheduler scheduler;
  private final KernelLog log;
  private final Callers callers;
  private final int nrCpus;
  private final Clock clock;
  private final Ticker ticker;

  /** Guarded by this, as are those below. */
  private final Set<Crew> crews = new LinkedHashSet<>();

  private int made;
  private boolean isClosed;

  /**
   * No scheduler yet.
   *
   * @param jiffies knows when the machine was booted
   */
  public Adapters(
      Arch arch,
      JiffiesClock jiffies,
      Contexts contexts,
      Origins origins,
      Tasks tasks,
      Scheduler scheduler,
      KernelLog log) {
    this.arch = arch;
    this.origins = origins;
    this.tasks = tasks;
    this.scheduler = scheduler;
    this.log = log;
    this.callers = new Callers(arch, contexts, tasks, scheduler);
    this.nrCpus = contexts.cpus().size();
    this.clock = new KernelClock(arch, callers, ZoneOffset.UTC);
    this.ticker = new KernelTicker(jiffies, callers);
  }

  /** The wall clock, in UTC. */
  public Clock clock() {
    return clock;
  }

  /** Nanoseconds since boot. */
  public Ticker ticker() {
    return ticker;
  }

  /**
   * A new scheduler with the contract of {@link java.util.concurrent.ScheduledThreadPoolExecutor}
   * and its defaults, in this machine's time: for code that takes one, and never heard of Jiffy.
   *
   * <ul>
   *   <li>Jobs run on tasks of the machine, as many at a time as are due, and may call kernel
   *       functions. Jobs of the same time begin in the order in which they came.
   *   <li>{@code get}, {@code invokeAll}, {@code invokeAny} and {@code awaitTermination} may be
   *       called by any thread, and wait in the machine's time: in a simulation they let it pass.
   *   <li>A cancelled job leaves the queue at once. What a job given to {@code execute} throws goes
   *       to the log, and to the JVM's default UncaughtExceptionHandler if there is one.
   *   <li>Each call makes one of its own. Its user shuts it down; closing the machine does so too,
   *       and cancels what waits. Jobs that a module's code gave it go with the module.
   * </ul>
   *
   * <p>{@code CompletableFuture} runs on it, {@code supplyAsync(work, scheduler)}, but its own
   * waits do not: {@code orTimeout}, {@code completeOnTimeout} and {@code delayedExecutor} count
   * real time, and {@code join} and {@code get} block the thread in Java. In a simulation complete
   * it by a job, {@code scheduler.schedule(() -> f.completeExceptionally(new TimeoutException()),
   * 5, SECONDS)}, and wait by {@code simulation.runUntil(f::isDone)}. In the same way {@code
   * Thread.sleep} in a job sleeps in real time, and an interrupt reaches a job that waits in the
   * machine's time only by {@code cancel(true)} and {@code shutdownNow}.
   *
   * @throws IllegalStateException if the machine is closed
   */
  public synchronized ScheduledExecutorService scheduler() {
    if (isClosed) {
      throw new IllegalStateException("no scheduler: the machine is halted");
    }
    String name = "sched/" + made++;
    Crew crew = new Crew(arch, callers, tasks, scheduler, log, name, nrCpus, this::forget);
    crews.add(crew);
    return new TaskScheduler(crew, origins);
  }

  private synchronized void forget(Crew crew) {
    crews.remove(crew);
  }

  private synchronized List<Crew> crews() {
    return List.copyOf(crews);
  }

  /** What rmmod asks about jobs. */
  public Owned books() {
    return new JobBooks(this::crews, arch, log);
  }

  /** Shuts all schedulers down, interrupts what runs and cancels what waits; waits for nobody. */
  public void close() {
    List<Crew> all;
    synchronized (this) {
      isClosed = true;
      all = new ArrayList<>(crews);
    }
    for (Crew crew : all) {
      crew.stop().forEach(job -> ((FutureTask<?>) job).cancel(false));
    }
  }
}
