package jiffy.testkit.example.cache;

import com.google.common.base.Ticker;
import com.google.common.cache.Cache;
import com.google.common.cache.CacheBuilder;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;

/** Prices that are asked for at most once a minute each. Knows nothing but Guava. */
final class Prices {
  private final Cache<String, Integer> known;

  Prices(Ticker ticker) {
    known =
        CacheBuilder.newBuilder()
            .ticker(ticker)
            .expireAfterWrite(Duration.ofMinutes(1))
            .recordStats()
            .build();
  }

  int of(String article, Callable<Integer> source) throws ExecutionException {
    return known.get(article, source);
  }

  long asked() {
    return known.stats().loadCount();
  }
}
