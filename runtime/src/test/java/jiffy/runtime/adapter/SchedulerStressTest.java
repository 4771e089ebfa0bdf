package jiffy.runtime.adapter;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import org.junit.jupiter.api.Test;

/** Several tasks give jobs, cancel them and wait for them, on the host. */
class SchedulerStressTest {
  private static final int TASKS = 4;
  private static final int BATCH = 50;

  @Test
  void everyJob_runsOnce_orIsCancelled() throws Exception {
    try (Machine machine = Machine.boot("nr_cpus=2")) {
      ScheduledExecutorService scheduler = machine.scheduler();
      AtomicInteger batches = new AtomicInteger();
      StressTasks.run(
          machine,
          TASKS,
          (seed, until) -> {
            Random random = new Random(seed);
            do {
              batch(scheduler, random);
              batches.incrementAndGet();
            } while (machine.uptimeNanos() < until);
            return 0;
          });
      assertThat(batches.get()).isGreaterThanOrEqualTo(TASKS);
      scheduler.shutdown();
      assertThat(scheduler.awaitTermination(1, DAYS)).isTrue();
    }
  }

  private static void batch(ScheduledExecutorService scheduler, Random random) {
    List<AtomicInteger> runs = new ArrayList<>();
    List<Future<?>> futures = new ArrayList<>();
    for (int i = 0; i < BATCH; i++) {
      AtomicInteger count = new AtomicInteger();
      runs.add(count);
      futures.add(scheduler.schedule(count::incrementAndGet, random.nextInt(300), MICROSECONDS));
      if (random.nextInt(3) == 0) {
        futures.get(random.nextInt(i + 1)).cancel(random.nextBoolean());
      }
    }
    for (int i = 0; i < BATCH; i++) {
      Future<?> future = futures.get(i);
      if (future.isCancelled()) {
        assertThat(runs.get(i).get()).isLessThanOrEqualTo(1);
      } else {
        assertThat(ended(future)).isEqualTo(1);
        assertThat(runs.get(i)).hasValue(1);
      }
    }
  }

  private static Object ended(Future<?> future) {
    try {
      return future.get();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
