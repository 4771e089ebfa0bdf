package jiffy.benchmarks.work;

import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.MpscUnboundedXaddArrayQueue;

/** JCTools' queue, and a thread that parks when it is empty. */
final class QueueDeferral extends Deferral {
  private static final int CHUNK = 1024;

  private final MpscUnboundedXaddArrayQueue<Runnable> queue =
      new MpscUnboundedXaddArrayQueue<>(CHUNK);
  private final Piece piece;
  private final Thread consumer;
  private volatile boolean asleep;
  private volatile boolean stopping;

  QueueDeferral(Piece piece) {
    this.piece = piece;
    this.consumer = new Thread(this::consume, "mpsc");
    consumer.setDaemon(true);
    consumer.start();
  }

  private void consume() {
    while (!stopping) {
      Runnable next = queue.poll();
      if (next != null) {
        next.run();
        continue;
      }
      asleep = true;
      if (queue.isEmpty() && !stopping) {
        LockSupport.park(this);
      }
      asleep = false;
    }
  }

  @Override
  void defer(int index) {
    queue.offer(() -> piece.run(index));
    if (asleep) {
      LockSupport.unpark(consumer);
    }
  }

  @Override
  public void close() {
    stopping = true;
    LockSupport.unpark(consumer);
  }
}
