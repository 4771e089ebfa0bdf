package jiffy.benchmarks.work;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JDK's pools, of one thread. */
final class ExecutorDeferral extends Deferral {
  private final ExecutorService executor;
  private final Piece piece;

  ExecutorDeferral(String name, Piece piece) {
    this.piece = piece;
    this.executor =
        name.equals("fjp")
            ? new ForkJoinPool(1, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true)
            : new ThreadPoolExecutor(1, 1, 1, TimeUnit.MINUTES, new LinkedBlockingQueue<>());
  }

  @Override
  void defer(int index) {
    executor.execute(() -> piece.run(index));
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }
}
