package jiffy.runtime.adapter;

import static java.util.concurrent.TimeUnit.DAYS;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Delay.msleep_interruptible;
import static jiffy.linux.Preempt.preempt_disable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.Thread.UncaughtExceptionHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.arch.SimStalledException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Jobs in the machine's time. */
@OnBothPlatforms
class SchedulerTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final ScheduledExecutorService scheduler;
  private final List<Future<?>> futures = new ArrayList<>();
  private final List<String> ran = new CopyOnWriteArrayList<>();

  SchedulerTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    scheduler = machine.scheduler();
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private long now() {
    return machine.ticker().read();
  }

  /** Milliseconds from then on; on the host at least. */
  private void assertPassed(long millis, long since) {
    long passed = NANOSECONDS.toMillis(now() - since);
    assertThat(passed).isBetween(millis, kernel.isSim() ? millis : Long.MAX_VALUE);
  }

  private void note(String name, long delayMillis) {
    futures.add(scheduler.schedule(() -> ran.add(name), delayMillis, MILLISECONDS));
  }

  /** What a job can wait for without end. */
  private Future<?> far() {
    return scheduler.schedule(() -> {}, 365, DAYS);
  }

  /** A job that has begun, and waits for another, in vain; it notes how that ended. */
  private Future<?> blocked() {
    AtomicInteger entered = new AtomicInteger();
    Future<?> other = far();
    Future<?> job =
        scheduler.submit(
            () -> {
              entered.set(1);
              try {
                other.get();
              } catch (InterruptedException e) {
                ran.add("interrupted");
              }
              return null;
            });
    kernel.until("begins", () -> entered.get() == 1);
    return job;
  }

  @Test
  void schedule_runsTheJobAfterItsDelay() throws Exception {
    long since = now();
    Future<Long> job = scheduler.schedule(this::now, 5, MILLISECONDS);
    assertThat(job.get() - since).isGreaterThanOrEqualTo(5_000_000);
    assertPassed(5, since);
    assertThat(job).isDone();
  }

  @Test
  void schedule_jobsOfTheSameTime_beginInTheOrderInWhichTheyCame() throws Exception {
    kernel.virtualTimeOnly("on the host each is scheduled at another time");
    note("later", 6);
    for (String name : List.of("a", "b", "c", "d")) {
      note(name, 5);
    }
    note("at once", -5);
    note("last", 7);
    futures.get(futures.size() - 1).get();
    assertThat(ran).containsExactly("at once", "a", "b", "c", "d", "later", "last");
  }

  @Test
  void schedule_forLongerThanTheClockCounts_neverRuns() {
    ScheduledFuture<?> never = scheduler.schedule(() -> ran.add("never"), Long.MAX_VALUE, DAYS);
    kernel.settle();
    assertThat(ran).isEmpty();
    assertThat(never.getDelay(DAYS)).isGreaterThan(100_000);
    assertThat(never.isDone()).isFalse();
  }

  @Test
  void get_byAThreadThatIsNoTask_waitsToo() throws Exception {
    kernel.self.close();
    assertThat(Current.orNull()).isNull();
    long since = now();
    assertThat(scheduler.schedule(() -> "done", 20, MILLISECONDS).get()).isEqualTo("done");
    assertPassed(20, since);
  }

  @Test
  void get_withATimeout_givesUpThen() {
    long since = now();
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> far().get(10, MILLISECONDS))
        .withMessageContaining("is not done after 10000000 ns");
    assertPassed(10, since);
    assertThatExceptionOfType(TimeoutException.class).isThrownBy(() -> far().get(-1, SECONDS));
  }

  @Test
  void get_byAnInterruptedThread_throws() {
    Thread.currentThread().interrupt();
    assertThatExceptionOfType(InterruptedException.class).isThrownBy(() -> far().get());
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void fixedRate_runsAtMultiplesOfItsPeriod_andCatchesUp() throws Exception {
    kernel.virtualTimeOnly("exact times");
    long since = now();
    List<Long> times = new ArrayList<>();
    Runnable job =
        () -> {
          times.add(NANOSECONDS.toMillis(now() - since));
          if (times.size() == 2) {
            kernelSleep(25);
          }
        };
    Future<?> future = scheduler.scheduleAtFixedRate(job, 3, 10, MILLISECONDS);
    kernel.until("six runs", () -> times.size() == 6);
    assertThat(times).containsExactly(3L, 13L, 38L, 38L, 43L, 53L);
    assertThat(future.cancel(false)).isTrue();
    kernel.settle();
    assertThat(times).hasSize(6);
  }

  /** Exact, unlike msleep. */
  private void kernelSleep(long millis) {
    try {
      scheduler.schedule(() -> {}, millis, MILLISECONDS).get();
    } catch (InterruptedException | ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void fixedDelay_runsAPeriodAfterItsLastEnd() {
    kernel.virtualTimeOnly("exact times");
    long since = now();
    List<Long> times = new ArrayList<>();
    Runnable job =
        () -> {
          times.add(NANOSECONDS.toMillis(now() - since));
          kernelSleep(4);
        };
    Future<?> future = scheduler.scheduleWithFixedDelay(job, 0, 10, MILLISECONDS);
    kernel.until("four runs", () -> times.size() == 4);
    assertThat(times).containsExactly(0L, 14L, 28L, 42L);
    assertThat(future).isNotDone();
  }

  @Test
  void periodicJob_thatThrows_runsNoMore() {
    AtomicInteger runs = new AtomicInteger();
    Runnable job =
        () -> {
          if (runs.incrementAndGet() == 3) {
            throw new IllegalStateException("third");
          }
        };
    Future<?> future = scheduler.scheduleAtFixedRate(job, 0, 1, MILLISECONDS);
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(future::get)
        .withCauseInstanceOf(IllegalStateException.class);
    kernel.settle();
    assertThat(runs).hasValue(3);
    assertThat(future).isDone();
  }

  @Test
  void blockedJobs_holdUpNobody() throws Exception {
    assertThat(nested(30).call()).isEqualTo(30);
  }

  private Callable<Integer> nested(int depth) {
    return () -> depth == 0 ? 0 : 1 + scheduler.submit(nested(depth - 1)).get();
  }

  @Test
  void jobsOneAfterTheOther_shareATask() throws Exception {
    for (int i = 0; i < 100; i++) {
      scheduler.submit(() -> ran.add(Current.get().task().comm)).get();
    }
    assertThat(ran).allMatch(comm -> comm.startsWith("sched/"));
    kernel.virtualTimeOnly("on the host a job may come while its predecessor's task ends");
    assertThat(ran).containsOnly("sched/0:0");
  }

  @Test
  void idleTasks_areNoMoreThanCpus() throws Exception {
    nested(10).call();
    kernel.until("the others have ended", () -> tasks() <= 2);
  }

  private long tasks() {
    return machine.tasks().running().stream()
        .filter(task -> task.struct.comm.startsWith("sched/"))
        .count();
  }

  @Test
  void job_mayCallTheKernel_andLeavesNothingDisabled() throws Exception {
    long since = now();
    scheduler.submit(() -> msleep(10)).get();
    assertThat(now() - since).isGreaterThanOrEqualTo(10_000_000);
    scheduler.submit(() -> preempt_disable()).get();
    kernel.until("is reported", () -> kernel.hasLogged("has left a lock, or interrupts"));
    assertThat(scheduler.submit(() -> Current.get().preemptCount()).get()).isZero();
  }

  @Test
  void execute_ofWhatThrows_isToldToTheDefaultHandler() {
    UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((thread, e) -> ran.add(e.getMessage()));
    try {
      scheduler.execute(
          () -> {
            throw new IllegalStateException("is told");
          });
      kernel.until("is told", () -> ran.contains("is told"));
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  void execute_ofWhatThrows_isLogged_andTheMachineGoesOn() throws Exception {
    scheduler.execute(
        () -> {
          throw new IllegalStateException("nobody asks");
        });
    kernel.until("is logged", () -> kernel.hasLogged("IllegalStateException: nobody asks"));
    assertThat(scheduler.submit(() -> "goes on").get()).isEqualTo("goes on");
  }

  @Test
  void cancel_takesTheJobOutOfTheQueue() {
    ScheduledFuture<?> job = scheduler.schedule(() -> ran.add("job"), 1, DAYS);
    kernel.settle();
    assertThat(job.cancel(false)).isTrue();
    assertThat(job.cancel(true)).isFalse();
    assertThat(job.isCancelled()).isTrue();
    assertThatExceptionOfType(CancellationException.class).isThrownBy(job::get);
    kernel.virtualTimeOnly("only there all that will ever happen can be seen");
    assertThatIllegalStateException()
        .isThrownBy(() -> kernel.sim().runUntil(() -> false))
        .withMessageContaining("nothing will ever happen again");
  }

  @Test
  void cancelWithInterrupt_endsTheWaitOfAJob() {
    Future<?> job = blocked();
    assertThat(job.cancel(true)).isTrue();
    kernel.until("is interrupted", () -> ran.contains("interrupted"));
    assertThatExceptionOfType(CancellationException.class).isThrownBy(job::get);
  }

  @Test
  void cancelWithInterrupt_endsAnInterruptibleSleepOfTheKernel() {
    Future<?> job =
        scheduler.submit(
            () -> {
              ran.add("sleeps");
              ran.add("left " + (msleep_interruptible(100_000_000) > 0));
            });
    kernel.until("sleeps", () -> ran.contains("sleeps"));
    assertThat(job.cancel(true)).isTrue();
    kernel.until("is woken", () -> ran.contains("left true"));
  }

  @Test
  void get_ofWhatWillNeverBe_isReportedInASimulation() {
    kernel.virtualTimeOnly("on the host it waits for ever, as the JDK's does");
    Future<?> dropped = far();
    assertThat(scheduler.shutdownNow()).containsExactly((Runnable) dropped);
    assertThatExceptionOfType(SimStalledException.class)
        .isThrownBy(dropped::get)
        .withMessageContaining("nothing can ever run again");
  }

  @Test
  void close_ofTheScheduler_waitsForItsJobs() throws Exception {
    assumeTrue(scheduler instanceof AutoCloseable, "executors can be closed since Java 19");
    Future<?> last = scheduler.schedule(() -> ran.add("last"), 20, MILLISECONDS);
    ((AutoCloseable) scheduler).close();
    assertThat(last.isDone()).isTrue();
    assertThat(scheduler.isTerminated()).isTrue();
  }

  @Test
  void cancelWithoutInterrupt_leavesTheJobToItself() {
    Future<?> job = blocked();
    assertThat(job.cancel(false)).isTrue();
    kernel.settle();
    assertThat(ran).isEmpty();
  }

  @Test
  void interrupt_meantForOneJob_doesNotReachTheNext() throws Exception {
    for (int i = 0; i < 50; i++) {
      Future<?> first = scheduler.submit(() -> ran.add("first"));
      first.cancel(true);
      assertThat(scheduler.submit(() -> Thread.currentThread().isInterrupted()).get()).isFalse();
    }
  }

  @Test
  void shutdown_runsWhatIsDelayed_andNoPeriodicJob() throws Exception {
    Future<?> delayed = scheduler.schedule(() -> ran.add("delayed"), 30, MILLISECONDS);
    Future<?> periodic = scheduler.scheduleAtFixedRate(() -> {}, 40, 1, MILLISECONDS);
    scheduler.shutdown();
    assertThat(periodic).isCancelled();
    assertThat(scheduler.isShutdown()).isTrue();
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> scheduler.execute(() -> {}))
        .withMessageContaining("sched/0 is shut down");
    assertThat(scheduler.awaitTermination(1, DAYS)).isTrue();
    assertThat(delayed).isDone();
    assertThat(ran).containsExactly("delayed");
    assertThat(scheduler.isTerminated()).isTrue();
    kernel.until("all tasks have ended", () -> tasks() == 0);
  }

  @Test
  void shutdown_ofOne_isNoneOfTheOthers() throws Exception {
    scheduler.shutdown();
    assertThat(scheduler.awaitTermination(0, SECONDS)).isTrue();
    ScheduledExecutorService other = machine.scheduler();
    assertThat(other.schedule(() -> 1, 1, MILLISECONDS).get()).isEqualTo(1);
  }

  @Test
  void awaitTermination_whileAJobWaits_givesUp() throws Exception {
    Future<?> job = blocked();
    scheduler.shutdown();
    long since = now();
    assertThat(scheduler.awaitTermination(10, MILLISECONDS)).isFalse();
    assertPassed(10, since);
    assertThat(scheduler.isTerminated()).isFalse();
    assertThat(job.isDone()).isFalse();
  }

  @Test
  void shutdownNow_interruptsWhatRuns_andReturnsWhatDoesNot() throws Exception {
    Future<?> running = blocked();
    Future<?> second = scheduler.schedule(() -> ran.add("second"), 400, DAYS);
    List<Runnable> queued = scheduler.shutdownNow();
    assertThat(queued).hasSize(2).last().isSameAs(second);
    assertThat(scheduler.awaitTermination(1, DAYS)).isTrue();
    assertThat(ran).containsExactly("interrupted");
    assertThat(running).isDone();
    assertThat(second).isNotDone();
  }

  @Test
  void invokeAll_waitsForAll() throws Exception {
    List<Callable<Integer>> tasks = List.of(() -> after(3), () -> after(1), this::failing);
    List<Future<Integer>> futures = scheduler.invokeAll(tasks);
    assertThat(futures).hasSize(3).allMatch(Future::isDone);
    assertThat(futures.get(0).get()).isEqualTo(3);
    assertThatExceptionOfType(ExecutionException.class).isThrownBy(() -> futures.get(2).get());
    assertThat(scheduler.invokeAll(List.<Callable<Integer>>of())).isEmpty();
  }

  @Test
  void invokeAll_withATimeout_cancelsWhatIsNotDone() throws Exception {
    Future<?> never = far();
    List<Callable<Object>> tasks = List.of(() -> "quick", never::get);
    List<Future<Object>> futures =
        scheduler.invokeAll(tasks, kernel.isSim() ? 10 : 1_000, MILLISECONDS);
    assertThat(futures.get(1)).isCancelled();
    kernel.virtualTimeOnly("on the host even the quick one may be too late");
    assertThat(futures.get(0).get()).isEqualTo("quick");
  }

  @Test
  void invokeAny_returnsTheFirstResult_andCancelsTheOthers() throws Exception {
    Future<?> never = far();
    List<Callable<Object>> tasks =
        List.of(
            this::failing,
            () -> {
              try {
                return never.get();
              } finally {
                ran.add("ended");
              }
            },
            () -> after(2));
    assertThat(scheduler.invokeAny(tasks)).isEqualTo(2);
    scheduler.shutdown();
    never.cancel(false);
    assertThat(scheduler.awaitTermination(1, DAYS)).isTrue();
  }

  @Test
  void invokeAny_withNoResult_throws() {
    assertThatExceptionOfType(ExecutionException.class)
        .isThrownBy(() -> scheduler.invokeAny(List.of(this::failing, this::failing)))
        .withMessageContaining("fails");
    Future<?> never = far();
    List<Callable<Object>> late = List.of(never::get);
    assertThatExceptionOfType(TimeoutException.class)
        .isThrownBy(() -> scheduler.invokeAny(late, 5, MILLISECONDS));
  }

  private int after(int millis) {
    kernelSleep(millis);
    return millis;
  }

  private Integer failing() {
    throw new IllegalArgumentException("fails");
  }

  @Test
  void close_ofTheMachine_endsItsSchedulers() {
    Future<?> waiting = far();
    kernel.start(
        "asks",
        () -> {
          try {
            ran.add("asks");
            waiting.get();
          } catch (CancellationException e) {
            ran.add("cancelled");
          }
          return 0;
        });
    kernel.until("it asks", () -> ran.contains("asks"));
    machine.close();
    assertThat(waiting).isCancelled();
    assertThatExceptionOfType(RejectedExecutionException.class)
        .isThrownBy(() -> scheduler.submit(() -> {}));
    assertThatIllegalStateException()
        .isThrownBy(machine::scheduler)
        .withMessageContaining("the machine is halted");
    kernel.realThreadsOnly("a simulated machine has nobody run once it is off");
    kernel.until("who asks is told", () -> ran.contains("cancelled"));
  }
}
