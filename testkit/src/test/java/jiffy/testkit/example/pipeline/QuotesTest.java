package jiffy.testkit.example.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.KernelTest;
import org.junit.jupiter.api.BeforeEach;

/**
 * CompletableFutures in virtual time. Their own join() and get() would block the test in Java while
 * time stands still; so the test lets time go on until they are done.
 */
class QuotesTest {
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final List<Future<?>> answers = new ArrayList<>();
  private Simulation time;
  private ScheduledExecutorService scheduler;
  private Quotes quotes;

  @BeforeEach
  void setUp(Machine machine, Simulation time) {
    this.time = time;
    this.scheduler = machine.scheduler();
    this.quotes = new Quotes(scheduler, PATIENCE);
  }

  private Supplier<CompletableFuture<Integer>> shop(int price, int seconds) {
    return () -> {
      CompletableFuture<Integer> answer = new CompletableFuture<>();
      answers.add(scheduler.schedule(() -> answer.complete(price), seconds, TimeUnit.SECONDS));
      return answer;
    };
  }

  @KernelTest
  void lowest_waitsForTheSlowest() {
    CompletableFuture<Integer> lowest =
        quotes.lowest(List.of(shop(30, 1), shop(10, 9), shop(20, 2)));
    time.runUntil(lowest::isDone);
    assertThat(lowest.join()).isEqualTo(10);
    assertThat(time.now()).isEqualTo(Duration.ofSeconds(9));
  }

  @KernelTest
  void lowest_doesWithoutWhoIsTooLate() {
    CompletableFuture<Integer> lowest = quotes.lowest(List.of(shop(30, 1), shop(10, 3_600)));
    time.runUntil(lowest::isDone);
    assertThat(lowest.join()).isEqualTo(30);
    assertThat(time.now()).isEqualTo(PATIENCE);
  }

  @KernelTest
  void lowest_withNobodyInTime_fails() {
    CompletableFuture<Integer> lowest = quotes.lowest(List.of(shop(30, 11), shop(10, 12)));
    time.advance(PATIENCE.minusNanos(1));
    assertThat(lowest.isDone()).isFalse();
    time.advance(Duration.ofNanos(1));
    assertThat(lowest).isCompletedExceptionally();
  }
}
