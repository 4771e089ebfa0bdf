package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Ktime.*;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.runtime.time.TimerFixture.HERE;
import static jiffy.runtime.time.TimerFixture.THERE;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collections;
import jiffy.kernel.Owner;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md and truth/semprobe_hr.dmesg on what the calls on hrtimers do and
 * return. When hrtimers run is in {@link HrtimerTimesTest}.
 */
@OnBothPlatforms
class HrtimersTest extends CallbackFixture {
  /** In which no test ends. */
  private static final long FAR = ms_to_ktime(1_000_000);

  private final Hrtimer timer = new Hrtimer();

  HrtimersTest(Platform platform) {
    super(platform);
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
  private void startAndAwaitRun(int mode) {
    hrtimer_start(timer, 0, mode);
    kernel.until("it has run", () -> runs.get() >= 1 && !hrtimer_callback_running(timer));
    assertThat(runs).hasValue(1);
  }

  private void startThere(long time) {
    kernel.join(
        machine
            .tasks()
            .spawn(
                "starter",
                Owner.CORE,
                THERE,
                () -> {
                  hrtimer_start(timer, time, HRTIMER_MODE_REL_PINNED);
                  return 0;
                }));
  }

  /** Returns when the timer's function is on the other CPU, where it stays until the release. */
  private void holdCallbackThere(HrtimerFunction then) {
    setUp(
        t -> {
          seen.add(smp_processor_id());
          stay();
          return then.call(t);
        },
        HRTIMER_MODE_REL_PINNED);
    startThere(ms_to_ktime(5));
    kernel.until("its function is entered", entered::get);
    assertThat(seen).containsExactly(THERE);
  }

  private void releaseInFiveJiffies() {
    TimerList releaser = new TimerList();
    timer_setup(releaser, t -> release.set(true), 0);
    mod_timer(releaser, jiffies() + 5);
  }

  @Test
  void hrtimer_resolution_is1ns() {
    assertThat(hrtimer_resolution()).isEqualTo(1);
  }

  @Test
  void hrtimer_init_makesAnInactiveTimer() {
    hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    timer.function = t -> HRTIMER_NORESTART;
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(hrtimer_callback_running(timer)).isFalse();
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
  }

  @Test
  void hrtimer_start_ofAnActiveTimer_justReprograms() {
    setUpCounting();
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
    hrtimer_start(timer, FAR, HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL);
    kernel.until("it runs", () -> runs.get() == 1);
    kernel.settle();
    assertThat(runs).hasValue(1);
  }

  @Test
  void hrtimer_cancel_ofAnActiveTimer_returns1ThenZero_andItNeverRuns() {
    setUpCounting();
    hrtimer_start(timer, ms_to_ktime(100_000), HRTIMER_MODE_REL);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_cancel(timer)).isZero();
    hrtimer_start(timer, ms_to_ktime(100_000), HRTIMER_MODE_REL);
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
    if (kernel.isSim()) {
      kernel.sim().advance(Duration.ofSeconds(101));
    }
    assertThat(runs).hasValue(0);
  }

  @Test
  void hrtimer_ofWhichTheTimeHasCome_isInactiveAndCancelReturns0() {
    setUpCounting();
    startAndAwaitRun(HRTIMER_MODE_REL);
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
    startAndAwaitRun(mode);
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
    startAndAwaitRun(HRTIMER_MODE_REL);
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
    startAndAwaitRun(HRTIMER_MODE_REL);
    assertThat(seen).containsExactly(0, 1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("from its own callback would wait for itself"));
  }

  @Test
  void hrtimer_try_to_cancel_whileTheCallbackRunsElsewhere_returnsMinus1() {
    holdCallbackThere(t -> HRTIMER_NORESTART);
    assertThat(hrtimer_active(timer)).isTrue();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(hrtimer_callback_running(timer)).isTrue();
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(-1);
    assertThat(left).as("nobody has let it go").isFalse();
  }

  @Test
  void hrtimer_cancel_whileTheCallbackRunsElsewhere_waitsAndReturns0() {
    holdCallbackThere(t -> HRTIMER_NORESTART);
    releaseInFiveJiffies();
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(left).isTrue();
    assertThat(hrtimer_active(timer)).isFalse();
  }

  @Test
  void hrtimer_cancel_ofATimerThatRestartsItself_waitsAndReturns1() {
    holdCallbackThere(
        t -> {
          hrtimer_forward_now(t, ms_to_ktime(10));
          return HRTIMER_RESTART;
        });
    releaseInFiveJiffies();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(left).isTrue();
    int before = runs.get();
    kernel.settle();
    assertThat(runs).hasValue(before);
  }

  @Test
  void hrtimer_start_whileTheCallbackRunsElsewhere_staysOnThatCpu() {
    holdCallbackThere(t -> HRTIMER_NORESTART);
    hrtimer_start(timer, ms_to_ktime(20), HRTIMER_MODE_REL);
    release.set(true);
    kernel.until("it has run there again", () -> seen.size() == 2 && !hrtimer_active(timer));
    assertThat(seen).containsExactly(THERE, THERE);
    hrtimer_start(timer, ms_to_ktime(20), HRTIMER_MODE_REL);
    kernel.until("it has run here", () -> seen.size() == 3);
    assertThat(seen).endsWith(HERE);
  }

  @Test
  void hrtimer_get_remaining_isNegativeAfterItsTime_andKeepsTheOldExpiryAfterCancel() {
    setUpCounting();
    hrtimer_start(timer, FAR, HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    assertRemaining(FAR);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(expires);
    assertRemaining(FAR);
    hrtimer_start(timer, ktime_get() - ms_to_ktime(50), HRTIMER_MODE_ABS);
    kernel.until("it runs", () -> runs.get() == 1);
    assertThat(hrtimer_get_remaining(timer)).isLessThanOrEqualTo(-ms_to_ktime(50));
  }

  private void assertRemaining(long nanos) {
    long remaining = hrtimer_get_remaining(timer);
    if (kernel.isSim()) {
      assertThat(remaining).isEqualTo(nanos);
    } else {
      assertThat(remaining).isPositive().isLessThanOrEqualTo(nanos);
    }
  }

  @Test
  void hrtimer_start_relativeNegative_neverRuns() {
    setUpCounting();
    hrtimer_start(timer, -1, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(KTIME_MAX);
    hrtimer_start(timer, -1_000_000, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(KTIME_MAX);
    assertThat(hrtimer_active(timer)).isTrue();
    if (kernel.isSim()) {
      kernel.sim().advance(Duration.ofDays(400));
    } else {
      kernel.settle();
    }
    assertThat(runs).hasValue(0);
    hrtimer_start(timer, KTIME_MAX, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(KTIME_MAX);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
  }

  @Test
  void kernel_afterItsLastHrtimer_neverWakes() {
    kernel.virtualTimeOnly("a thread may wake by itself, and a day is long");
    setUpCounting();
    hrtimer_start(timer, ms_to_ktime(1), HRTIMER_MODE_REL);
    kernel.sim().advance(Duration.ofMillis(2));
    assertThat(runs).hasValue(1);
    long passes = machine.interrupts().passes(0) + machine.interrupts().passes(1);
    kernel.sim().advance(Duration.ofDays(1));
    assertThat(machine.interrupts().passes(0) + machine.interrupts().passes(1)).isEqualTo(passes);
  }
}
