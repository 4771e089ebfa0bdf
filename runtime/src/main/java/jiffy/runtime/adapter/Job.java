package jiffy.runtime.adapter;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.concurrent.Callable;
import java.util.concurrent.Delayed;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RunnableScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jiffy.kernel.Origin;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.SimHalt;
import jiffy.runtime.context.WaitList;

/**
 * A job of a scheduler, and its future: the JDK's, but that who waits for it waits in the machine's
 * time. Thread safe.
 */
final class Job<V> extends FutureTask<V> implements RunnableScheduledFuture<V> {
  /** How often it runs, and who learns how it ended. */
  enum Kind {
    ONCE,
    /** Once, and nobody has its future. */
    UNWATCHED,
    /** Again, a period after its last time. */
    AT_RATE,
    /** Again, a period after its last end. */
    WITH_DELAY
  }

  /** Whose code it is. */
  final Origin origin;

  /** Orders jobs of the same time: set once by the crew, under its lock. */
  long sequence;

  /** Who runs it, from being taken from the queue to the end; written under the crew's lock. */
  volatile Worker worker;

  private final Arch arch;
  private final Callers callers;
  private final Crew crew;
  private final WaitList waiters;
  private final Kind kind;
  private final long periodNanos;

  /** Of its code; null once it is done, for that must not keep a module. */
  private volatile ClassLoader loader;

  /** When it is due, on the arch's clock; changes only while it is not in the queue. */
  private volatile long time;

  /** Written before it is done. */
  private volatile boolean hasFailed;

  private Throwable failure;

  /**
   * @param waiters who is woken when it is done; may be shared with others
   * @param loader of its code
   * @param periodNanos 0 if it runs once
   */
  Job(
      Crew crew,
      Callable<V> body,
      Origin origin,
      ClassLoader loader,
      WaitList waiters,
      Kind kind,
      long time,
      long periodNanos) {
    super(body);
    this.crew = crew;
    this.arch = crew.arch;
    this.callers = crew.callers;
    this.origin = origin;
    this.waiters = waiters;
    this.time = time;
    this.kind = kind;
    this.loader = loader;
    this.periodNanos = periodNanos;
  }

  long time() {
    return time;
  }

  ClassLoader loader() {
    return loader;
  }

  /** What it threw that nobody can ask for, once; else null. */
  Throwable takeFailure() {
    Throwable taken = failure;
    failure = null;
    return kind == Kind.UNWATCHED ? taken : null;
  }

  @Override
  public boolean isPeriodic() {
    return kind == Kind.AT_RATE || kind == Kind.WITH_DELAY;
  }

  @Override
  public void run() {
    if (!crew.letsRun(this)) {
      cancel(false);
    } else if (!isPeriodic()) {
      super.run();
    } else if (super.runAndReset()) {
      time = later(kind == Kind.AT_RATE ? time : arch.now(), periodNanos);
      if (!crew.putBack(this)) {
        cancel(false);
      }
    }
  }

  private static long later(long from, long nanos) {
    long at = from + nanos;
    return at < 0 ? Arch.NEVER : at;
  }

  @Override
  protected void setException(Throwable thrown) {
    failure = thrown;
    hasFailed = true;
    super.setException(thrown);
    if (thrown instanceof SimHalt) { // not the job's: the machine is switched off
      throw (SimHalt) thrown;
    }
  }

  @Override
  protected void done() {
    loader = null;
    waiters.wakeAll();
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    callers.choicePoint("cancel");
    boolean isCancelled = super.cancel(mayInterruptIfRunning);
    if (isCancelled) {
      crew.forget(this);
      Worker runs = worker;
      if (mayInterruptIfRunning && runs != null) {
        runs.interrupt(this);
      }
    }
    return isCancelled;
  }

  /** Whether it may still run, or runs. */
  boolean isOpen() {
    return !super.isDone();
  }

  /** Whether it has ended with a result. */
  boolean hasSucceeded() {
    return super.isDone() && !isCancelled() && !hasFailed;
  }

  @Override
  public boolean isDone() {
    callers.poll();
    return super.isDone();
  }

  @Override
  public V get() throws InterruptedException, ExecutionException {
    if (!super.isDone()) {
      callers.await(waiters, Arch.NEVER, super::isDone);
    }
    return super.get();
  }

  @Override
  public V get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    long nanos = unit.toNanos(timeout);
    if (!super.isDone() && !callers.await(waiters, callers.deadline(nanos), super::isDone)) {
      throw new TimeoutException(this + " is not done after " + Math.max(0, nanos) + " ns");
    }
    return super.get();
  }

  @Override
  public long getDelay(TimeUnit unit) {
    callers.poll();
    return unit.convert(time - arch.now(), NANOSECONDS);
  }

  @Override
  public int compareTo(Delayed other) {
    if (other == this) {
      return 0;
    }
    if (other instanceof Job && ((Job<?>) other).crew == crew) {
      Job<?> job = (Job<?>) other;
      int order = Long.compare(time, job.time);
      return order != 0 ? order : Long.compare(sequence, job.sequence);
    }
    return Long.compare(getDelay(NANOSECONDS), other.getDelay(NANOSECONDS));
  }

  @Override
  public String toString() {
    return "job " + origin.symbol();
  }
}
