package jiffy.benchmarks.timers;

import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The JDK's ScheduledThreadPoolExecutor, one thread, remove-on-cancel. */
final class ExecutorFacility extends Facility {
  /** What a user hands over for each timer. */
  private record Task(Runnable expired) implements Runnable {
    @Override
    public void run() {
      expired.run();
    }
  }

  private final ScheduledThreadPoolExecutor executor = new ScheduledThreadPoolExecutor(1);
  private final Runnable expired;

  ExecutorFacility(Runnable expired) {
    this.expired = expired;
    executor.setRemoveOnCancelPolicy(true);
    executor.prestartAllCoreThreads();
  }

  @Override
  public Hand hand(int timers) {
    return new OfThread(timers);
  }

  @Override
  public void close() {
    executor.shutdownNow();
  }

  private final class OfThread extends Hand {
    private final Future<?>[] futures;
    private final Task spare = new Task(expired);

    OfThread(int count) {
      futures = new Future<?>[count];
    }

    @Override
    public void arm(int index, int delayMillis) {
      futures[index] = executor.schedule(new Task(expired), delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public void pushBack(int index, int delayMillis) {
      futures[index].cancel(false);
      futures[index] = executor.schedule(spare, delayMillis, TimeUnit.MILLISECONDS);
    }

    @Override
    public boolean armCancel(int delayMillis) {
      return executor.schedule(spare, delayMillis, TimeUnit.MILLISECONDS).cancel(false);
    }

    @Override
    public void once(int delayMillis, Runnable body) {
      Future<?> unused = executor.schedule(body, delayMillis, TimeUnit.MILLISECONDS);
    }
  }
}
