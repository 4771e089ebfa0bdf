package jiffy.runtime.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that simulated machines share. */
@Timeout(60)
class SimThreadsTest {
  @Test
  void start_whileAllAreBusy_makesAnother() throws Exception {
    try (SimThreads threads = new SimThreads()) {
      CountDownLatch end = new CountDownLatch(1);
      Thread one = threads.start("one", () -> await(end));
      Thread two = threads.start("two", () -> await(end));
      assertThat(two).isNotSameAs(one);
      assertThat(List.of(one.getName(), two.getName())).containsExactly("one", "two");
      end.countDown();
    }
  }

  @Test
  void start_afterOneHasEnded_takesItAgainUnderTheNewName() {
    try (SimThreads threads = new SimThreads()) {
      Set<Thread> seen = new HashSet<>();
      Thread thread;
      do { // it may not be idle yet
        String name = "t" + seen.size();
        CompletableFuture<String> ran = new CompletableFuture<>();
        thread = threads.start(name, () -> ran.complete(Thread.currentThread().getName()));
        assertThat(ran.join()).isEqualTo(name);
      } while (seen.add(thread));
    }
  }

  @Test
  void bodyThatThrows_costsItsThreadOnly() {
    try (SimThreads threads = new SimThreads()) {
      threads.start(
          "bad",
          () -> {
            throw new StackOverflowError("on purpose");
          });
      CompletableFuture<Boolean> ran = new CompletableFuture<>();
      threads.start("good", () -> ran.complete(true));
      assertThat(ran.join()).isTrue();
    }
  }

  @Test
  void close_endsThemAll_andMakesNoMore() throws Exception {
    CountDownLatch end = new CountDownLatch(1);
    SimThreads threads = new SimThreads();
    CompletableFuture<Void> ran = new CompletableFuture<>();
    Thread idle = threads.start("idle", () -> ran.complete(null));
    ran.join();
    Thread busy = threads.start("busy", () -> await(end));
    threads.close();
    assertThatThrownBy(() -> threads.start("late", () -> {}))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("'late'");
    end.countDown();
    idle.join();
    busy.join();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
