package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_ABS;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_PINNED;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_SOFT;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.HRTIMER_RESTART;
import static jiffy.linux.Hrtimers.hrtimer_active;
import static jiffy.linux.Hrtimers.hrtimer_callback_running;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_cb_get_time;
import static jiffy.linux.Hrtimers.hrtimer_forward;
import static jiffy.linux.Hrtimers.hrtimer_forward_now;
import static jiffy.linux.Hrtimers.hrtimer_get_expires;
import static jiffy.linux.Hrtimers.hrtimer_get_remaining;
import static jiffy.linux.Hrtimers.hrtimer_is_queued;
import static jiffy.linux.Hrtimers.hrtimer_set_expires;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Hrtimers.hrtimer_try_to_cancel;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Kthreads.kthread_bind;
import static jiffy.linux.Kthreads.kthread_create;
import static jiffy.linux.Ktime.ktime_get;
import static jiffy.linux.Ktime.ms_to_ktime;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.runtime.time.HostTimers.THERE;
import static jiffy.runtime.time.HostTimers.await;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md on what the calls on hrtimers do and return, on the host. When they
 * run is in {@link HrtimerHostTest}.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
class HrtimerCallsHostTest {
  /** In which no test ends. */
  private static final long FAR = ms_to_ktime(1_000_000);

  private final HostTimers host = new HostTimers();
  private final Hrtimer timer = new Hrtimer();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicBoolean entered = new AtomicBoolean();
  private final AtomicBoolean release = new AtomicBoolean();
  private final AtomicBoolean left = new AtomicBoolean();
  private final ConcurrentLinkedQueue<Object> seen = new ConcurrentLinkedQueue<>();

  @AfterEach
  void halt() {
    release.set(true);
    host.close();
  }

  private void setUp(HrtimerFunction function, int mode) {
    hrtimer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          return function.call(t);
        },
        CLOCK_MONOTONIC,
        mode);
  }

  private void setUp(HrtimerFunction function) {
    setUp(function, HRTIMER_MODE_REL);
  }

  private void setUpCounting() {
    setUp(t -> HRTIMER_NORESTART);
  }

  /** Starts it so that it runs at once, and returns when its function has returned for good. */
  private void startAndAwaitRuns(int mode, int expected) {
    hrtimer_start(timer, 0, mode);
    await(() -> runs.get() >= expected && !hrtimer_callback_running(timer));
    assertThat(runs).hasValue(expected);
  }

  /** Returns when the timer's function is on the other CPU, where it stays until the release. */
  private void holdCallbackThere() {
    setUp(
        t -> {
          seen.add(smp_processor_id());
          entered.set(true);
          while (!release.get()) {
            cpu_relax();
          }
          left.set(true);
          return HRTIMER_NORESTART;
        },
        HRTIMER_MODE_REL_PINNED);
    TaskStruct starter =
        kthread_create(
            data -> {
              hrtimer_start(timer, 0, HRTIMER_MODE_REL_PINNED);
              return 0;
            },
            null,
            "starter");
    kthread_bind(starter, THERE);
    wake_up_process(starter);
    await(entered::get);
    assertThat(seen).containsExactly(THERE);
  }

  @Test
  void hrtimer_start_ofAnActiveTimer_justReprograms() {
    setUpCounting();
    assertThat(hrtimer_active(timer)).isFalse();
    for (long far : new long[] {FAR, 2 * FAR, FAR}) {
      long before = ktime_get();
      hrtimer_start(timer, far, HRTIMER_MODE_REL);
      assertThat(hrtimer_active(timer)).isTrue();
      assertThat(hrtimer_is_queued(timer)).isTrue();
      assertThat(hrtimer_get_expires(timer)).isBetween(before + far, ktime_get() + far);
    }
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_cancel(timer)).as("was queued once").isZero();
    assertThat(runs).hasValue(0);
  }

  @Test
  void hrtimer_try_to_cancel_ofAQueuedTimer_returns1_ofAnIdleOne0() {
    setUpCounting();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
    hrtimer_start(timer, FAR, HRTIMER_MODE_REL);
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
  }

  @Test
  void hrtimer_ofWhichTheTimeHasCome_isInactiveAndCancelReturns0() {
    setUpCounting();
    startAndAwaitRuns(HRTIMER_MODE_REL, 1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void hrtimer_inItsCallback_isActiveRunningAndNotQueued(int mode) {
    setUp(
        t -> {
          Collections.addAll(
              seen, hrtimer_active(t), hrtimer_is_queued(t), hrtimer_callback_running(t));
          return HRTIMER_NORESTART;
        },
        mode);
    startAndAwaitRuns(mode, 1);
    assertThat(seen).containsExactly(true, false, true);
  }

  @Test
  void hrtimer_try_to_cancel_inItsOwnCallback_returnsMinus1() {
    setUp(
        t -> {
          seen.add(hrtimer_try_to_cancel(t));
          hrtimer_start(t, FAR, HRTIMER_MODE_REL);
          seen.add(hrtimer_try_to_cancel(t));
          return HRTIMER_NORESTART;
        });
    startAndAwaitRuns(HRTIMER_MODE_REL, 1);
    assertThat(seen).containsExactly(-1, -1);
    assertThat(hrtimer_cancel(timer)).as("stays armed").isEqualTo(1);
  }

  /** On Linux it would wait for itself for ever. */
  @Test
  void hrtimer_cancel_inItsOwnCallback_warnsDeactivatesAndReturns() {
    setUp(
        t -> {
          seen.add(hrtimer_cancel(t));
          hrtimer_start(t, FAR, HRTIMER_MODE_REL);
          seen.add(hrtimer_cancel(t));
          return HRTIMER_NORESTART;
        });
    startAndAwaitRuns(HRTIMER_MODE_REL, 1);
    assertThat(seen).containsExactly(0, 1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(host.machine.dmesg())
        .anyMatch(line -> line.contains("from its own callback would wait for itself"));
  }

  @Test
  void hrtimer_try_to_cancel_whileTheCallbackRunsElsewhere_returnsMinus1() {
    holdCallbackThere();
    assertThat(hrtimer_active(timer)).isTrue();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(hrtimer_callback_running(timer)).isTrue();
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(-1);
    assertThat(left).as("nobody has let it go").isFalse();
  }

  @Test
  void hrtimer_cancel_whileTheCallbackRunsElsewhere_waitsAndReturns0() {
    holdCallbackThere();
    TimerList releaser = new TimerList();
    timer_setup(releaser, t -> release.set(true), 0);
    mod_timer(releaser, jiffies() + 5);
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(left).isTrue();
    assertThat(hrtimer_active(timer)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "999, 0, 1000",
    "1000, 1, 1010",
    "1005, 1, 1010",
    "1009, 1, 1010",
    "1010, 2, 1020",
    "1011, 2, 1020",
    "1050, 6, 1060",
    "1055, 6, 1060",
    "5000, 401, 5010"
  })
  void hrtimer_forward_byTens_movesBehindNow(long nowMs, long overruns, long expiresMs) {
    setUpCounting();
    hrtimer_set_expires(timer, ms_to_ktime(1000));
    assertThat(hrtimer_forward(timer, ms_to_ktime(nowMs), ms_to_ktime(10))).isEqualTo(overruns);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(ms_to_ktime(expiresMs));
    assertThat(hrtimer_active(timer)).isFalse();
  }

  @Test
  void hrtimer_forward_byInterval0_isClampedToTheResolution() {
    setUpCounting();
    hrtimer_set_expires(timer, ms_to_ktime(1000));
    assertThat(hrtimer_forward(timer, ms_to_ktime(1001), 0)).isEqualTo(1_000_001);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(1_001_000_001);
  }

  @Test
  void hrtimer_forward_ofAQueuedTimer_warnsAndReturns0() {
    setUpCounting();
    hrtimer_start(timer, FAR, HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    assertThat(hrtimer_forward(timer, expires + FAR, ms_to_ktime(10))).isZero();
    assertThat(hrtimer_get_expires(timer)).isEqualTo(expires);
    assertThat(host.machine.dmesg())
        .filteredOn(line -> line.contains("WARNING: CPU:") && line.contains("hrtimer_forward"))
        .hasSize(1);
  }

  @Test
  void hrtimer_forward_now_ofAnInactiveTimer_movesByWholeIntervalsBehindTheClock() {
    setUpCounting();
    long interval = 1_000;
    long past = ktime_get() - ms_to_ktime(1);
    hrtimer_set_expires(timer, past);
    long before = hrtimer_cb_get_time(timer);
    long overruns = hrtimer_forward_now(timer, interval);
    long after = hrtimer_cb_get_time(timer);
    assertThat(overruns).isGreaterThan(1_000);
    assertThat(hrtimer_get_expires(timer))
        .isEqualTo(past + overruns * interval)
        .isGreaterThan(before)
        .isLessThanOrEqualTo(after + interval);
    hrtimer_set_expires(timer, after + FAR);
    assertThat(hrtimer_forward_now(timer, interval)).isZero();
    assertThat(hrtimer_get_expires(timer)).isEqualTo(after + FAR);
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void restart_withoutForward_runsAgainAtOnceWithTheSameExpiry(int mode) {
    List<Long> expiries = Collections.synchronizedList(new ArrayList<>());
    setUp(
        t -> {
          expiries.add(hrtimer_get_expires(t));
          return runs.get() < 5 ? HRTIMER_RESTART : HRTIMER_NORESTART;
        },
        mode);
    startAndAwaitRuns(mode, 5);
    assertThat(expiries).hasSize(5).containsOnly(hrtimer_get_expires(timer));
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(runs).hasValue(5);
  }

  @Test
  void hrtimer_start_inItsOwnCallback_staysArmedThoughNotRestarted() {
    setUp(
        t -> {
          hrtimer_start(t, runs.get() == 1 ? 1_000 : FAR, HRTIMER_MODE_REL);
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    await(() -> runs.get() == 2 && !hrtimer_callback_running(timer));
    assertThat(hrtimer_is_queued(timer)).isTrue();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  void hrtimer_get_remaining_isNegativeAfterItsTime_andKeepsTheOldExpiryAfterCancel() {
    setUpCounting();
    hrtimer_start(timer, FAR, HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    assertThat(hrtimer_get_remaining(timer)).isPositive().isLessThanOrEqualTo(FAR);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(expires);
    assertThat(hrtimer_get_remaining(timer)).isPositive().isLessThanOrEqualTo(FAR);
    hrtimer_start(timer, ktime_get() - ms_to_ktime(1), HRTIMER_MODE_ABS);
    await(() -> runs.get() == 1);
    assertThat(hrtimer_get_remaining(timer)).isLessThanOrEqualTo(-ms_to_ktime(1));
  }
}
