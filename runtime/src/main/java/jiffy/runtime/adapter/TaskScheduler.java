package jiffy.runtime.adapter;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jiffy.kernel.Origin;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Origins;
import jiffy.runtime.context.WaitList;

/**
 * A {@link ScheduledExecutorService} whose delays and timeouts are the machine's, and whose jobs
 * run on tasks of the machine: {@link Crew} tells how. Thread safe.
 */
final class TaskScheduler implements ScheduledExecutorService {
  private final Crew crew;
  private final Callers callers;
  private final Origins origins;

  TaskScheduler(Crew crew, Origins origins) {
    this.crew = crew;
    this.callers = crew.callers;
    this.origins = origins;
  }

  private <V> Job<V> make(
      Object code, Callable<V> body, WaitList waiters, Job.Kind kind, long delay, long period) {
    callers.choicePoint("schedule");
    Origin origin = origins.of(callers.kernel(), callers.owner(), code);
    if (origin.owner.isGoing()) {
      throw new RejectedExecutionException(
          "job " + origin.symbol() + " is rejected: its module goes");
    }
    ClassLoader loader = code.getClass().getClassLoader();
    long time = callers.deadline(delay);
    return new Job<>(crew, body, origin, loader, waiters, kind, time, period);
  }

  private <V> Job<V> add(Job<V> job) {
    crew.add(job);
    return job;
  }

  private <V> Job<V> addOnce(Callable<V> body, long delay) {
    return add(make(body, body, new WaitList(crew.arch), Job.Kind.ONCE, delay, 0));
  }

  private <V> Job<V> addOnce(Runnable body, V value, long delay) {
    WaitList waiters = new WaitList(crew.arch);
    return add(make(body, callable(body, value), waiters, Job.Kind.ONCE, delay, 0));
  }

  private static <V> Callable<V> callable(Runnable body, V value) {
    Objects.requireNonNull(body, "command");
    return () -> {
      body.run();
      return value;
    };
  }

  @Override
  public ScheduledFuture<?> schedule(Runnable command, long delay, TimeUnit unit) {
    return addOnce(command, null, unit.toNanos(delay));
  }

  @Override
  public <V> ScheduledFuture<V> schedule(Callable<V> callable, long delay, TimeUnit unit) {
    return addOnce(Objects.requireNonNull(callable, "callable"), unit.toNanos(delay));
  }

  @Override
  public ScheduledFuture<?> scheduleAtFixedRate(
      Runnable command, long initialDelay, long period, TimeUnit unit) {
    return repeat(command, Job.Kind.AT_RATE, initialDelay, period, unit);
  }

  @Override
  public ScheduledFuture<?> scheduleWithFixedDelay(
      Runnable command, long initialDelay, long delay, TimeUnit unit) {
    return repeat(command, Job.Kind.WITH_DELAY, initialDelay, delay, unit);
  }

  private ScheduledFuture<?> repeat(
      Runnable command, Job.Kind kind, long initialDelay, long period, TimeUnit unit) {
    Callable<Void> body = callable(command, null);
    long delayNanos = unit.toNanos(initialDelay);
    if (period <= 0) {
      throw new IllegalArgumentException("a period has to be longer than 0: " + period);
    }
    WaitList waiters = new WaitList(crew.arch);
    return add(make(command, body, waiters, kind, delayNanos, unit.toNanos(period)));
  }

  @Override
  public void execute(Runnable command) {
    Callable<Void> body = callable(command, null);
    crew.add(make(command, body, new WaitList(crew.arch), Job.Kind.UNWATCHED, 0, 0));
  }

  @Override
  public <T> Future<T> submit(Callable<T> task) {
    return addOnce(Objects.requireNonNull(task, "task"), 0);
  }

  @Override
  public <T> Future<T> submit(Runnable task, T result) {
    return addOnce(task, result, 0);
  }

  @Override
  public Future<?> submit(Runnable task) {
    return addOnce(task, null, 0);
  }

  @Override
  public <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks)
      throws InterruptedException {
    return invokeAll(tasks, Arch.NEVER);
  }

  @Override
  public <T> List<Future<T>> invokeAll(
      Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException {
    return invokeAll(tasks, callers.deadline(unit.toNanos(timeout)));
  }

  private <T> List<Future<T>> invokeAll(Collection<? extends Callable<T>> tasks, long deadline)
      throws InterruptedException {
    WaitList waiters = new WaitList(crew.arch);
    List<Job<T>> jobs = addAll(tasks, waiters);
    try {
      callers.await(waiters, deadline, () -> jobs.stream().noneMatch(Job::isOpen));
    } finally {
      cancelAll(jobs); // none, if it was in time
    }
    return List.copyOf(jobs);
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks)
      throws InterruptedException, ExecutionException {
    try {
      return invokeAny(tasks, Arch.NEVER);
    } catch (TimeoutException e) {
      throw new IllegalStateException("never is over", e);
    }
  }

  @Override
  public <T> T invokeAny(Collection<? extends Callable<T>> tasks, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return invokeAny(tasks, callers.deadline(unit.toNanos(timeout)));
  }

  private <T> T invokeAny(Collection<? extends Callable<T>> tasks, long deadline)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (tasks.isEmpty()) {
      throw new IllegalArgumentException("no task to invoke");
    }
    WaitList waiters = new WaitList(crew.arch);
    List<Job<T>> jobs = addAll(tasks, waiters);
    try {
      boolean isInTime =
          callers.await(
              waiters,
              deadline,
              () -> {
                boolean isDecided = jobs.stream().anyMatch(Job::hasSucceeded);
                return isDecided || jobs.stream().noneMatch(Job::isOpen);
              });
      for (Job<T> job : jobs) {
        if (job.hasSucceeded()) {
          return job.get();
        }
      }
      if (!isInTime) {
        throw new TimeoutException("none of " + jobs.size() + " jobs has succeeded in time");
      }
      return jobs.get(jobs.size() - 1).get(); // throws
    } catch (CancellationException e) { // by shutdownNow of others
      throw new ExecutionException(e);
    } finally {
      cancelAll(jobs);
    }
  }

  private <T> List<Job<T>> addAll(Collection<? extends Callable<T>> tasks, WaitList waiters) {
    tasks.forEach(task -> Objects.requireNonNull(task, "task"));
    List<Job<T>> jobs = new ArrayList<>();
    try {
      for (Callable<T> task : tasks) {
        jobs.add(add(make(task, task, waiters, Job.Kind.ONCE, 0, 0)));
      }
      return jobs;
    } catch (RuntimeException | Error e) {
      cancelAll(jobs);
      throw e;
    }
  }

  private static void cancelAll(List<? extends Job<?>> jobs) {
    for (Job<?> job : jobs) {
      if (job.isOpen()) {
        job.cancel(true);
      }
    }
  }

  @Override
  public void shutdown() {
    callers.choicePoint("shutdown");
    crew.shutDown();
  }

  @Override
  public List<Runnable> shutdownNow() {
    callers.choicePoint("shutdownNow");
    return new ArrayList<>(crew.stop());
  }

  @Override
  public boolean isShutdown() {
    callers.poll();
    return crew.isShut();
  }

  @Override
  public boolean isTerminated() {
    callers.poll();
    return crew.isTerminated();
  }

  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    return crew.isTerminated()
        || callers.await(
            crew.awaiters, callers.deadline(unit.toNanos(timeout)), crew::isTerminated);
  }

  @Override
  public String toString() {
    return crew + (crew.isTerminated() ? ", terminated" : crew.isShut() ? ", shut down" : "");
  }
}
