package jiffy.testkit;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jiffy.runtime.Simulation;

/**
 * The thread on which a test's parts run, while JUnit's thread watches that the machine gets on.
 * One that hangs is left to itself: nothing can end it.
 */
final class Body implements AutoCloseable {
  /** A part of a test. */
  @FunctionalInterface
  interface Part {
    void run() throws Throwable;
  }

  /** JUnit's thread was interrupted while the part ran: by a timeout. The part may run on. */
  static final class TimedOut extends InterruptedException {
    private static final long serialVersionUID = 1L;
  }

  private static final long LOOK_MILLIS = 100;

  private final LinkedBlockingQueue<Runnable> parts = new LinkedBlockingQueue<>();
  private final Thread thread;
  private volatile boolean closed;

  /** Starts it. */
  Body(String name) {
    thread = new Thread(this::live, name);
    thread.setDaemon(true);
    thread.setContextClassLoader(Thread.currentThread().getContextClassLoader());
    thread.start();
  }

  private void live() {
    while (!closed) {
      try {
        parts.take().run();
      } catch (InterruptedException e) {
        continue; // closed, or a part's interrupt that came late
      }
    }
  }

  /** Runs a part that needs no watching. */
  void run(Part part) throws Throwable {
    await(start(part), null);
  }

  /**
   * Runs a part.
   *
   * @param patienceNanos for how long, of real time, the machine need not get on
   * @throws Throwable what it threw
   * @throws StalledTestError if the machine does not get on
   */
  void run(Part part, Simulation watched, long patienceNanos) throws Throwable {
    await(start(part), new Guard(thread, watched, patienceNanos));
  }

  private CompletableFuture<Void> start(Part part) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    parts.add(
        () -> {
          try {
            part.run();
            done.complete(null);
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    return done;
  }

  private void await(CompletableFuture<Void> done, Guard guard) throws Throwable {
    for (; ; ) {
      try {
        done.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        return;
      } catch (ExecutionException e) {
        throw e.getCause();
      } catch (InterruptedException e) { // JUnit's timeout
        thread.interrupt();
        throw new TimedOut();
      } catch (TimeoutException e) {
        if (guard != null) {
          guard.look();
        }
      }
    }
  }

  @Override
  public void close() {
    closed = true;
    thread.interrupt();
  }
}
