package jiffy.benchmarks.hrtimers;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** By the JDK's ScheduledThreadPoolExecutor at a fixed rate. */
final class ExecutorPeriod extends Period {
  ExecutorPeriod(long nanos) {
    super(nanos);
  }

  private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);

  @Override
  long begin() {
    executor.prestartAllCoreThreads();
    ScheduledFuture<?> calls =
        executor.scheduleAtFixedRate(this::called, LEAD_NANOS, nanos, TimeUnit.NANOSECONDS);
    return nanoTimeMinus(() -> -calls.getDelay(TimeUnit.NANOSECONDS));
  }

  @Override
  public void close() {
    executor.shutdownNow();
    boolean ended;
    try {
      ended = executor.awaitTermination(1, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
    if (!ended) {
      throw new IllegalStateException("the executor does not end");
    }
  }
}
