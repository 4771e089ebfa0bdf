package jiffy.testkit.example.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.KernelTest;
import org.junit.jupiter.api.BeforeEach;

/** Hours of retries, in no time. */
class RetryingClientTest {
  private Clock clock;
  private Simulation time;
  private ScheduledExecutorService scheduler;
  private final List<Duration> attempts = new ArrayList<>();
  private Instant start;

  @BeforeEach
  void setUp(Machine machine, Simulation time) {
    this.clock = machine.clock();
    this.time = time;
    this.scheduler = machine.scheduler();
    this.start = clock.instant();
  }

  private RetryingClient<String> client(Server server) {
    return new RetryingClient<>(
        scheduler,
        () -> {
          attempts.add(Duration.between(start, clock.instant()));
          return server.answer(attempts.size());
        },
        Duration.ofSeconds(3),
        Duration.ofMinutes(10));
  }

  @FunctionalInterface
  private interface Server {
    String answer(int attempt) throws Exception;
  }

  @KernelTest
  void failures_areRetriedAfterPausesTwiceAsLong() {
    CompletableFuture<String> answer =
        client(
                attempt -> {
                  if (attempt < 8) {
                    throw new IllegalStateException("503");
                  }
                  return "200";
                })
            .start(Duration.ofSeconds(1));
    time.runUntil(answer::isDone);
    assertThat(answer.join()).isEqualTo("200");
    assertThat(attempts.stream().map(Duration::toSeconds))
        .containsExactly(0L, 1L, 3L, 7L, 15L, 31L, 63L, 127L);
  }

  @KernelTest
  void pauses_areNoLongerThanTheLongest_forADay() {
    CompletableFuture<String> answer =
        client(
                attempt -> {
                  if (time.now().toDays() < 1) {
                    throw new IllegalStateException("503");
                  }
                  return "200 at last";
                })
            .start(Duration.ofSeconds(1));
    time.runUntil(answer::isDone);
    assertThat(answer.join()).isEqualTo("200 at last");
    assertThat(attempts).hasSizeBetween(144 + 8, 144 + 12);
  }

  @KernelTest
  void anAttemptThatHangs_isInterrupted_andRetried() {
    List<String> ends = new ArrayList<>();
    Future<?> never = scheduler.schedule(() -> {}, 1_000, TimeUnit.DAYS);
    CompletableFuture<String> answer =
        client(
                attempt -> {
                  if (attempt == 3) {
                    return "in time";
                  }
                  try {
                    return String.valueOf(never.get());
                  } finally {
                    ends.add("attempt " + attempt);
                  }
                })
            .start(Duration.ofSeconds(5));
    time.runUntil(answer::isDone);
    assertThat(answer.join()).isEqualTo("in time");
    assertThat(attempts.stream().map(Duration::toSeconds)).containsExactly(0L, 8L, 21L);
    assertThat(ends).containsExactly("attempt 1", "attempt 2");
  }

  @KernelTest
  void stop_endsAll() {
    RetryingClient<String> client =
        client(
            attempt -> {
              throw new IllegalStateException("503");
            });
    CompletableFuture<String> answer = client.start(Duration.ofSeconds(1));
    time.advance(Duration.ofSeconds(10));
    client.stop();
    time.advance(Duration.ofDays(1));
    assertThat(attempts).hasSize(4);
    assertThat(answer).isCancelled();
  }
}
