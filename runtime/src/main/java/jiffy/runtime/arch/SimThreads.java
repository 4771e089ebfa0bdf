package jiffy.runtime.arch;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;
import jiffy.kernel.Current;

/**
 * Java threads for simulated machines that live one after the other: a machine's thread that has
 * ended is the next one's, for to start one costs more than all that a short run does.
 *
 * <p>A thread keeps its thread-locals from one machine to the next, as a static field keeps its
 * value; and with them perhaps a module's class loader, until this is closed. Thread safe.
 */
public final class SimThreads implements AutoCloseable {
  private final ThreadMaker maker = new ThreadMaker();
  private final boolean isReused;
  private final ArrayDeque<Worker> idle = new ArrayDeque<>();
  private boolean closed;

  /** For machines that share them. */
  public SimThreads() {
    this(true);
  }

  private SimThreads(boolean isReused) {
    this.isReused = isReused;
  }

  /** Threads that are new each time, for one machine. */
  static SimThreads ofOneMachine() {
    return new SimThreads(false);
  }

  /** A thread and what it runs next. */
  private final class Worker implements Runnable {
    private volatile Runnable body;
    private volatile Thread thread;

    Worker(Runnable body) {
      this.body = body;
    }

    @Override
    public void run() {
      thread = Thread.currentThread();
      do {
        Runnable mine = body;
        body = null;
        mine.run(); // what throws ends the thread, as it ends any
        Current.bind(null);
      } while (isIdle(this) && awaitBody());
    }

    private boolean awaitBody() {
      while (body == null && !isClosed()) {
        LockSupport.park(this);
        Thread.interrupted();
      }
      return body != null;
    }
  }

  /**
   * Starts a daemon thread, new or not.
   *
   * @throws IllegalStateException if this is closed, or the JVM can make no more threads
   */
  Thread start(String name, Runnable body) {
    Worker worker;
    synchronized (idle) {
      worker = idle.poll();
      if (worker != null) {
        worker.body = body;
      }
    }
    if (worker == null) {
      return maker.start(name, new Worker(body));
    }
    Thread thread = worker.thread;
    thread.setName(name);
    thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
    LockSupport.unpark(thread);
    return thread;
  }

  private boolean isIdle(Worker worker) {
    synchronized (idle) {
      if (closed || !isReused) {
        return false;
      }
      idle.push(worker);
      return true;
    }
  }

  private boolean isClosed() {
    synchronized (idle) {
      return closed;
    }
  }

  /** Ends those that are idle now, and the others when they would be. Any number of times. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(worker -> LockSupport.unpark(worker.thread));
      idle.clear();
    }
    maker.close();
  }
}
