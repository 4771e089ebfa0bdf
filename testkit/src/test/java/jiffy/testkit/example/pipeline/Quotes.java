package jiffy.testkit.example.pipeline;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Asks several shops at once, and takes what has come in time. Its delays and timeouts are jobs of
 * the scheduler that it is given; it knows nothing but the JDK.
 */
final class Quotes {
  private final ScheduledExecutorService scheduler;
  private final Duration patience;

  Quotes(ScheduledExecutorService scheduler, Duration patience) {
    this.scheduler = scheduler;
    this.patience = patience;
  }

  /** The lowest price of the shops that answer in time; fails if none does. */
  CompletableFuture<Integer> lowest(List<Supplier<CompletableFuture<Integer>>> shops) {
    List<CompletableFuture<Integer>> prices =
        shops.stream()
            .map(this::ask)
            .map(this::inTime)
            .map(price -> price.exceptionally(e -> Integer.MAX_VALUE))
            .toList();
    return CompletableFuture.allOf(prices.toArray(CompletableFuture[]::new))
        .thenApply(all -> prices.stream().mapToInt(CompletableFuture::join).min().orElseThrow())
        .thenApply(Quotes::orFail);
  }

  private CompletableFuture<Integer> ask(Supplier<CompletableFuture<Integer>> shop) {
    return CompletableFuture.completedFuture(shop).thenComposeAsync(Supplier::get, scheduler);
  }

  private static int orFail(int price) {
    if (price == Integer.MAX_VALUE) {
      throw new IllegalStateException("no shop has answered in time");
    }
    return price;
  }

  /** What orTimeout does, on our scheduler. */
  private CompletableFuture<Integer> inTime(CompletableFuture<Integer> price) {
    Future<?> alarm =
        scheduler.schedule(
            () -> price.completeExceptionally(new TimeoutException()),
            patience.toNanos(),
            TimeUnit.NANOSECONDS);
    return price.whenComplete((value, thrown) -> alarm.cancel(false));
  }
}
