package jiffy.runtime.arch;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import jiffy.kernel.KernelThread;

/**
 * {@code kthreadd}: the one thread that makes all others.
 *
 * <p>Up to JDK 23 a thread remembers the protection domains of the frames that constructed it, and
 * with them a module's class loader. Made here, under no module's frame, it remembers nobody. It
 * also pins the context class loader to the system's.
 */
final class ThreadMaker implements AutoCloseable {
  private record Order(String name, Runnable body, CompletableFuture<Thread> made) {}

  private static final Order STOP = new Order("", () -> {}, new CompletableFuture<>());

  /*
   * Who orders may be deep in a module's recursion and meet a StackOverflowError at any call, also
   * within the JDK: a blocking queue would lose its signal, or its lock, for ever. This one has
   * neither; an order whose unpark was lost is found at the next one's.
   */
  private final ConcurrentLinkedQueue<Order> orders = new ConcurrentLinkedQueue<>();
  private final Thread maker;
  private boolean closed;

  ThreadMaker() {
    maker = new Thread(null, this::make, "kthreadd", 0, false);
    maker.setDaemon(true);
    maker.start();
  }

  /**
   * Makes and starts a daemon thread.
   *
   * @throws IllegalStateException if the machine is halted, or the JVM can make no more threads
   */
  Thread start(String name, Runnable body) {
    Order order = new Order(name, body, new CompletableFuture<>());
    synchronized (orders) {
      if (closed) {
        throw new IllegalStateException("no thread for '" + name + "': the machine is halted");
      }
      orders.add(order);
    }
    LockSupport.unpark(maker);
    try {
      return order.made.join();
    } catch (CompletionException e) {
      throw new IllegalStateException(
          "no thread for '" + name + "' can be made: " + e.getCause().getMessage(), e.getCause());
    }
  }

  @Override
  public void close() {
    synchronized (orders) {
      closed = true;
      orders.add(STOP); // behind every order
    }
    LockSupport.unpark(maker);
  }

  private void make() {
    boolean open = true;
    while (open) {
      Order order = orders.poll();
      if (order == null) {
        LockSupport.park(this);
        Thread.interrupted(); // nobody stops kthreadd but close()
        continue;
      }
      open = order != STOP;
      if (open) {
        makeOne(order);
      }
    }
  }

  private static void makeOne(Order order) {
    try {
      Thread thread = new KernelThread(order.body, order.name);
      thread.setDaemon(true);
      thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
      thread.start();
      order.made.complete(thread);
    } catch (Throwable e) { // somebody waits for it
      order.made.completeExceptionally(e);
    }
  }
}
