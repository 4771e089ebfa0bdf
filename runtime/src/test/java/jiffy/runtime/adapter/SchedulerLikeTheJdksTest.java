package jiffy.runtime.adapter;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The same calls on the JDK's scheduler and on ours, in virtual and in real time: same outcome. */
class SchedulerLikeTheJdksTest {
  /** Makes calls, and says what came of them. */
  @FunctionalInterface
  private interface Calls {
    void on(ScheduledExecutorService scheduler, List<String> outcome) throws Exception;
  }

  private enum Script {
    ARGUMENTS(
        (s, out) -> {
          Runnable none = () -> {};
          note(out, () -> s.scheduleAtFixedRate(none, 0, 0, DAYS).toString());
          note(out, () -> s.scheduleAtFixedRate(none, 0, -1, DAYS).toString());
          note(out, () -> s.scheduleWithFixedDelay(none, 0, 0, DAYS).toString());
          note(out, () -> s.scheduleWithFixedDelay(none, 0, -1, DAYS).toString());
          note(out, () -> s.scheduleAtFixedRate(null, 0, 1, DAYS).toString());
          note(out, () -> s.scheduleAtFixedRate(none, 0, 1, null).toString());
          note(out, () -> s.schedule((Runnable) null, 0, DAYS).toString());
          note(out, () -> s.schedule((Callable<?>) null, 0, DAYS).toString());
          note(out, () -> s.schedule(none, 0, null).toString());
          note(out, () -> s.submit((Callable<?>) null).toString());
          note(out, () -> s.submit((Runnable) null).toString());
          note(out, () -> s.submit(null, "x").toString());
          note(out, () -> s.invokeAny(List.<Callable<String>>of()));
          note(out, () -> s.invokeAny(null));
          note(out, () -> s.invokeAll(null).toString());
          note(out, () -> s.invokeAll(Arrays.asList(() -> "x", null)).toString());
          note(out, () -> s.invokeAny(Arrays.asList(null, () -> "x")));
          note(out, () -> executed(s, null));
          note(out, () -> s.schedule(none, 1, DAYS).get(1, null).toString());
        }),

    RESULTS(
        (s, out) -> {
          note(out, () -> s.submit(() -> "value").get());
          note(out, () -> String.valueOf(s.submit(() -> {}).get()));
          note(out, () -> s.submit(() -> {}, "given").get());
          note(out, () -> s.schedule(() -> "later", 2, MILLISECONDS).get());
          note(out, () -> String.valueOf(s.schedule(() -> {}, -5, DAYS).get()));
          note(out, () -> s.submit(SchedulerLikeTheJdksTest::fail).get());
          note(out, () -> s.schedule(SchedulerLikeTheJdksTest::fail, 1, MILLISECONDS).get());
          note(out, () -> s.invokeAny(List.of(SchedulerLikeTheJdksTest::fail, () -> "second")));
          note(out, () -> s.invokeAny(List.of(SchedulerLikeTheJdksTest::fail)));
          note(out, () -> s.submit(() -> overflow(1)).get());
        }),

    FUTURES(
        (s, out) -> {
          ScheduledFuture<?> far = s.schedule(() -> {}, 10, DAYS);
          ScheduledFuture<?> farther = s.schedule(() -> {}, 20, DAYS);
          out.add("" + Integer.signum(far.compareTo(farther)) + farther.compareTo(far));
          out.add("delay " + (far.getDelay(DAYS) >= 9) + far.isDone() + far.isCancelled());
          note(out, () -> String.valueOf(far.get(1, MILLISECONDS)));
          note(out, () -> String.valueOf(far.get(0, MILLISECONDS)));
          note(out, () -> String.valueOf(far.get(-1, DAYS)));
          out.add("cancel " + far.cancel(false) + far.cancel(true) + far.isDone());
          note(out, () -> String.valueOf(far.get()));
          note(out, () -> String.valueOf(far.get(0, MILLISECONDS)));
          Future<String> done = s.submit(() -> "done");
          note(out, done::get);
          out.add("too late " + done.cancel(true) + done.isCancelled());
          note(out, () -> done.get(-1, DAYS));
          out.add("class " + (s.submit(() -> {}) instanceof ScheduledFuture));
        }),

    PERIODIC(
        (s, out) -> {
          AtomicInteger runs = new AtomicInteger();
          Runnable thirdFails =
              () -> {
                if (runs.incrementAndGet() == 3) {
                  fail();
                }
              };
          note(out, () -> "" + s.scheduleAtFixedRate(thirdFails, 0, 1, MILLISECONDS).get());
          runs.set(0);
          note(out, () -> "" + s.scheduleWithFixedDelay(thirdFails, 1, 1, MILLISECONDS).get());
          out.add(runs + " runs");
          CompletableFuture<Future<?>> itself = new CompletableFuture<>();
          AtomicInteger again = new AtomicInteger();
          itself.complete(
              s.scheduleAtFixedRate(
                  () -> {
                    if (again.incrementAndGet() == 2) {
                      itself.join().cancel(false);
                    }
                  },
                  5,
                  5,
                  MILLISECONDS));
          note(out, () -> "" + itself.join().get());
          out.add(again + " runs, then cancelled by itself");
        }),

    SHUTDOWN(
        (s, out) -> {
          Future<String> delayed = s.schedule(() -> "delayed", 20, MILLISECONDS);
          Future<?> periodic = s.scheduleAtFixedRate(() -> {}, 1, 1, DAYS);
          out.add("before " + s.isShutdown() + s.isTerminated());
          s.shutdown();
          s.shutdown();
          out.add("shut " + s.isShutdown() + periodic.isCancelled());
          note(out, () -> executed(s, () -> {}));
          note(out, () -> s.submit(() -> "x").get());
          note(out, () -> s.schedule(() -> "x", 1, DAYS).get());
          note(out, () -> s.invokeAll(List.of(() -> "x")).toString());
          note(out, () -> s.invokeAny(List.of(() -> "x")));
          out.add("ends " + s.awaitTermination(1, DAYS) + s.isTerminated());
          note(out, delayed::get);
          out.add("nothing left " + s.shutdownNow());
        }),

    SHUTDOWN_NOW(
        (s, out) -> {
          Future<?> first = s.schedule(() -> {}, 1, DAYS);
          Future<?> second = s.scheduleAtFixedRate(() -> {}, 2, 1, DAYS);
          Future<?> third = s.schedule(() -> {}, 3, DAYS);
          List<Runnable> left = s.shutdownNow();
          out.add("left " + left.equals(List.of(first, second, third)));
          out.add("ends " + s.awaitTermination(1, DAYS) + s.isShutdown() + s.isTerminated());
          out.add("done " + first.isDone() + second.isDone() + third.isDone());
          left.forEach(Runnable::run);
          out.add("run " + first.isCancelled() + second.isCancelled() + third.isCancelled());
        }),

    MANY(
        (s, out) -> {
          List<Callable<Integer>> tasks = new ArrayList<>();
          for (int i = 0; i < 50; i++) {
            int n = i;
            tasks.add(
                () -> {
                  if (n % 7 == 3) {
                    fail();
                  }
                  return n;
                });
          }
          for (Future<Integer> each : s.invokeAll(tasks)) {
            note(out, () -> "" + each.get());
          }
        });

    private final Calls calls;

    Script(Calls calls) {
      this.calls = calls;
    }

    List<String> outcome(ScheduledExecutorService scheduler) throws Exception {
      List<String> outcome = new ArrayList<>();
      calls.on(scheduler, outcome);
      return outcome;
    }
  }

  private static void note(List<String> outcome, Callable<String> call) {
    try {
      outcome.add(call.call());
    } catch (ExecutionException e) {
      outcome.add("failed: " + e.getCause().getClass().getName());
    } catch (Exception e) {
      outcome.add(e.getClass().getName());
    }
  }

  private static String executed(ScheduledExecutorService scheduler, Runnable command) {
    scheduler.execute(command);
    return "executed";
  }

  private static String fail() {
    throw new IllegalStateException("as it should");
  }

  private static String overflow(int depth) {
    return depth == 0 ? "" : overflow(depth + 1) + ".";
  }

  @ParameterizedTest
  @EnumSource
  void script_onEither_hasTheSameOutcome(Script script) throws Exception {
    List<String> expected = script.outcome(new ScheduledThreadPoolExecutor(4));
    assertThat(expected).isNotEmpty();
    try (Machine machine = Machine.simulate("")) {
      assertThat(script.outcome(machine.scheduler())).as("virtual time").isEqualTo(expected);
    }
    try (Machine machine = Machine.boot("")) {
      assertThat(script.outcome(machine.scheduler())).as("real time").isEqualTo(expected);
    }
  }
}
