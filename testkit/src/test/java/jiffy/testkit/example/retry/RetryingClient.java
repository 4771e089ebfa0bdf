package jiffy.testkit.example.retry;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Calls something that may fail or hang: each attempt has a timeout, and each pause is twice as
 * long as the one before. Knows nothing but the JDK.
 */
final class RetryingClient<T> {
  private final ScheduledExecutorService scheduler;
  private final Callable<T> call;
  private final Duration timeout;
  private final Duration longestPause;
  private final CompletableFuture<T> answer = new CompletableFuture<>();
  private volatile Future<?> running;
  private volatile Future<?> alarm;
  private volatile Future<?> retry;

  RetryingClient(
      ScheduledExecutorService scheduler,
      Callable<T> call,
      Duration timeout,
      Duration longestPause) {
    this.scheduler = scheduler;
    this.call = call;
    this.timeout = timeout;
    this.longestPause = longestPause;
  }

  /** Begins. @return what the first attempt that succeeds returns */
  CompletableFuture<T> start(Duration firstPause) {
    attempt(firstPause);
    return answer;
  }

  /** Makes no further attempt. */
  void stop() {
    answer.cancel(false);
    for (Future<?> each : new Future<?>[] {running, alarm, retry}) {
      if (each != null) {
        each.cancel(true);
      }
    }
  }

  private void attempt(Duration pause) {
    AtomicBoolean isOver = new AtomicBoolean();
    alarm = later(timeout, () -> giveUp(isOver, pause));
    running = scheduler.submit(() -> ask(isOver, pause));
  }

  private void ask(AtomicBoolean isOver, Duration pause) {
    try {
      T value = call.call();
      if (!isOver.getAndSet(true)) {
        alarm.cancel(false);
        answer.complete(value);
      }
    } catch (Exception e) {
      if (!isOver.getAndSet(true)) {
        alarm.cancel(false);
        retryAfter(pause);
      }
    }
  }

  private void giveUp(AtomicBoolean isOver, Duration pause) {
    if (!isOver.getAndSet(true)) {
      running.cancel(true);
      retryAfter(pause);
    }
  }

  private void retryAfter(Duration pause) {
    Duration doubled = pause.multipliedBy(2);
    Duration next = doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
    if (!answer.isDone()) {
      retry = later(pause, () -> attempt(next));
    }
  }

  private Future<?> later(Duration delay, Runnable what) {
    return scheduler.schedule(what, delay.toNanos(), TimeUnit.NANOSECONDS);
  }
}
