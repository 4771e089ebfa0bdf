package jiffy.runtime.adapter;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MICROSECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeoutException;
import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** On virtual time the same jobs run at the same times, in the same order, on the same tasks. */
class SchedulerReplayTest {
  private static final int JOBS = 300;

  private final List<String> trace = new ArrayList<>();
  private final List<Future<?>> futures = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void jobsOfASeed_runTheSameWayTwice(long seed) throws Exception {
    List<String> first = List.copyOf(run(seed));
    List<String> second = List.copyOf(run(seed));
    assertThat(first).hasSizeGreaterThan(JOBS);
    assertThat(second).isEqualTo(first);
  }

  /** Jobs that end, wait for each other, repeat, and cancel each other. */
  private List<String> run(long seed) throws Exception {
    trace.clear();
    futures.clear();
    Random random = new Random(seed);
    try (Machine machine = Machine.simulate("nr_cpus=2");
        Attachment here = machine.attach("test")) {
      ScheduledExecutorService scheduler = machine.scheduler();
      for (int i = 0; i < JOBS; i++) {
        add(machine, scheduler, random, i);
      }
      machine.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      scheduler.shutdown();
      assertThat(scheduler.awaitTermination(1, DAYS)).isTrue();
      trace.add("end at " + machine.ticker().read());
    }
    return trace;
  }

  private void add(Machine machine, ScheduledExecutorService scheduler, Random random, int number) {
    int delay = random.nextInt(50_000);
    int other = random.nextInt(number + 1);
    Runnable body =
        () -> trace.add(machine.ticker().read() + " " + Current.get().task().comm + " " + number);
    switch (random.nextInt(4)) {
      case 0 ->
          futures.add(
              scheduler.schedule(
                  () -> {
                    body.run();
                    await(futures.get(other), number);
                  },
                  delay,
                  MICROSECONDS));
      case 1 ->
          futures.add(scheduler.scheduleAtFixedRate(body, delay, 100_000 + delay, MICROSECONDS));
      case 2 ->
          futures.add(
              scheduler.schedule(
                  () -> {
                    body.run();
                    futures.get(other).cancel(random.nextBoolean());
                  },
                  delay,
                  MICROSECONDS));
      default -> futures.add(scheduler.schedule(body, delay / 1_000, MICROSECONDS));
    }
  }

  private void await(Future<?> future, int number) {
    try {
      future.get(20_000, MICROSECONDS);
    } catch (ExecutionException | InterruptedException | RuntimeException e) {
      trace.add(number + ": " + e.getClass().getSimpleName());
    } catch (TimeoutException e) {
      trace.add(number + ": gives up");
    }
  }
}
