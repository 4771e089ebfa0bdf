package jiffy.benchmarks.printk;

import java.util.ArrayDeque;
import org.jctools.queues.MpscArrayQueue;

/**
 * Strings in a queue: JCTools' with a thread that empties it, or a deque in a lock that drops the
 * oldest.
 */
final class QueueTarget implements Target {
  private static final int LINES = 1 << 13;

  private final boolean locked;
  private final MpscArrayQueue<String> queue = new MpscArrayQueue<>(LINES);
  private final ArrayDeque<String> deque = new ArrayDeque<>(LINES);
  private volatile boolean closed;

  QueueTarget(boolean locked) {
    this.locked = locked;
    if (!locked) {
      Thread drain = new Thread(this::drain, "drain");
      drain.setDaemon(true);
      drain.start();
    }
  }

  private void drain() {
    while (!closed) {
      if (queue.poll() == null) {
        Thread.onSpinWait();
      }
    }
  }

  private static String line(long number) {
    return System.nanoTime() + " " + TEXT + number;
  }

  @Override
  public Writer writer() {
    return locked ? this::push : this::offer;
  }

  private void offer(long number) {
    String line = line(number);
    while (!queue.offer(line)) {
      Thread.onSpinWait();
    }
  }

  private void push(long number) {
    String line = line(number);
    synchronized (deque) {
      if (deque.size() == LINES) {
        deque.poll();
      }
      deque.add(line);
    }
  }

  @Override
  public void close() {
    closed = true;
  }
}
