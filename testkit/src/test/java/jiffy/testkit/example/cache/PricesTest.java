package jiffy.testkit.example.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.KernelTest;

/** A cache's expiry, to the nanosecond. */
class PricesTest {
  private final AtomicInteger price = new AtomicInteger(10);

  @KernelTest
  void price_isKeptForAMinute_andNoNanosecondLonger(Machine machine, Simulation time)
      throws ExecutionException {
    Prices prices = new Prices(machine.ticker());
    assertThat(prices.of("bread", price::get)).isEqualTo(10);
    price.set(11);
    time.advance(Duration.ofMinutes(1).minusNanos(1));
    assertThat(prices.of("bread", price::get)).isEqualTo(10);
    time.advance(Duration.ofNanos(1));
    assertThat(prices.of("bread", price::get)).isEqualTo(11);
  }

  @KernelTest
  void askingEachSecondForADay_asksTheSourceOnceAMinute(Machine machine, Simulation time) {
    Prices prices = new Prices(machine.ticker());
    ScheduledExecutorService scheduler = machine.scheduler();
    AtomicInteger asked = new AtomicInteger();
    Runnable ask =
        () -> {
          try {
            asked.addAndGet(prices.of("milk", price::get) / 10);
          } catch (ExecutionException e) {
            throw new IllegalStateException(e);
          }
        };
    Future<?> asking = scheduler.scheduleAtFixedRate(ask, 0, 1, TimeUnit.SECONDS);
    time.advance(Duration.ofDays(1).minusSeconds(1));
    assertThat(asking.cancel(false)).isTrue();
    assertThat(asked).hasValue(86_400);
    assertThat(prices.asked()).isEqualTo(24 * 60);
  }
}
