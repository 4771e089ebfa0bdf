package jiffy.testkit.docs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.testkit.KernelTest;

/** A timeout of a CompletableFuture on virtual time. */
class TimeoutTest {
  @KernelTest
  void answer_afterTheTimeout_isATimeout(Machine machine, Simulation time) {
    ScheduledExecutorService scheduler = machine.scheduler();
    CompletableFuture<String> answer = new CompletableFuture<>();
    Future<?> reply = scheduler.schedule(() -> answer.complete("late"), 5, TimeUnit.MINUTES);
    Future<?> timeout =
        scheduler.schedule(
            () -> answer.completeExceptionally(new TimeoutException("no answer")),
            3,
            TimeUnit.MINUTES);
    time.runUntil(answer::isDone);
    assertThatThrownBy(answer::join).hasCauseInstanceOf(TimeoutException.class);
    assertThat(timeout).isDone();
    assertThat(reply.cancel(false)).isTrue();
    assertThat(time.now()).isEqualTo(Duration.ofMinutes(3));
    scheduler.shutdownNow();
  }
}
