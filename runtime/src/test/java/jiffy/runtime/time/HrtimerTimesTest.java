package jiffy.runtime.time;

import static jiffy.linux.Delay.udelay;
import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Ktime.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.BottomHalf;
import jiffy.linux.Irqflags;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * When and how often hrtimers run: the rows of truth/FACTS.md and truth/semprobe_hr.dmesg. On
 * virtual time that is to the nanosecond, on the host never early.
 */
@OnBothPlatforms
class HrtimerTimesTest {
  private static final long MS = 1_000_000;

  private final TestKernel kernel;
  private final Hrtimer timer = new Hrtimer();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger early = new AtomicInteger();

  /** The timer's clock in each of its callbacks. */
  private final List<Long> ranAt = new CopyOnWriteArrayList<>();

  HrtimerTimesTest(Platform platform) {
    kernel =
        platform == Platform.SIM
            ? TestKernel.boot(platform)
            : TestKernel.boot(platform, "hrtimer_spin_ns=1000");
  }

  @AfterEach
  void halt() {
    kernel.close();
    assertThat(early).hasValue(0);
  }

  private void setUp(HrtimerFunction function, int clock, int mode) {
    hrtimer_setup(
        timer,
        t -> {
          if (hrtimer_cb_get_time(t) < hrtimer_get_softexpires(t)) {
            early.incrementAndGet();
          }
          ranAt.add(hrtimer_cb_get_time(t));
          runs.incrementAndGet();
          return function.call(t);
        },
        clock,
        mode);
  }

  private void setUp(HrtimerFunction function) {
    setUp(function, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
  }

  private void setUpCounting(int mode) {
    setUp(t -> HRTIMER_NORESTART, CLOCK_MONOTONIC, mode);
  }

  private void awaitRuns(int expected) {
    kernel.until("it runs", () -> runs.get() >= expected && !hrtimer_callback_running(timer));
    assertThat(runs).hasValue(expected);
  }

  private void assertRanAt(int run, long expected) {
    if (kernel.isSim()) {
      assertThat(ranAt.get(run)).isEqualTo(expected);
    } else {
      assertThat(ranAt.get(run)).isGreaterThanOrEqualTo(expected);
    }
  }

  @Test
  void hrtimer_start_runsOnceAtItsNanosecond() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, 12_345_678, HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    if (kernel.isSim()) {
      assertThat(hrtimer_get_remaining(timer)).isEqualTo(12_345_678);
      kernel.sim().advance(Duration.ofNanos(12_345_677));
      assertThat(runs).hasValue(0);
      kernel.sim().advance(Duration.ofNanos(1));
      assertThat(runs).hasValue(1);
    }
    awaitRuns(1);
    assertRanAt(0, expires);
    kernel.settle();
    assertThat(runs).hasValue(1);
    assertThat(hrtimer_active(timer)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void callback_thatForwardsItself_runsEachInterval(int mode) {
    List<Long> overruns = new CopyOnWriteArrayList<>();
    setUp(
        t -> {
          if (ranAt.size() == 20) {
            return HRTIMER_NORESTART;
          }
          overruns.add(hrtimer_forward_now(t, ms_to_ktime(1)));
          return HRTIMER_RESTART;
        },
        CLOCK_MONOTONIC,
        mode);
    long start = ktime_get();
    hrtimer_start(timer, ms_to_ktime(1), mode);
    awaitRuns(20);
    for (int i = 0; i < 20; i++) {
      assertRanAt(i, start + (i + 1) * MS);
    }
    assertThat(overruns).hasSize(19).allMatch(n -> kernel.isSim() ? n == 1 : n >= 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void restart_withoutForward_runsAgainAtOnceWithTheSameExpiry(int mode) {
    List<Long> expiries = new CopyOnWriteArrayList<>();
    setUp(
        t -> {
          expiries.add(hrtimer_get_expires(t));
          return runs.get() < 5 ? HRTIMER_RESTART : HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        mode);
    long j = jiffies();
    hrtimer_start(timer, ms_to_ktime(4), mode);
    awaitRuns(5);
    assertThat(expiries).hasSize(5).containsOnly(hrtimer_get_expires(timer));
    if (kernel.isSim()) {
      assertThat(jiffies()).as("in the same jiffy").isEqualTo(j + 1);
    }
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(runs).hasValue(5);
  }

  @Test
  void callback_restartingForEver_letsOtherTimersAndTasksHaveTheirTurn() {
    setUp(t -> HRTIMER_RESTART);
    Hrtimer other = new Hrtimer();
    AtomicInteger otherRuns = new AtomicInteger();
    hrtimer_setup(
        other,
        t -> {
          otherRuns.incrementAndGet();
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL);
    hrtimer_start(other, ms_to_ktime(2), HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(1), HRTIMER_MODE_REL);
    kernel.until("both run", () -> runs.get() > 100 && otherRuns.get() == 1);
    Irqflags.local_irq_disable(); // the gate lets us in
    int before = runs.get();
    udelay(100);
    assertThat(runs).hasValue(before);
    Irqflags.local_irq_enable();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
  }

  @Test
  void hrtimer_start_inItsOwnCallback_staysArmedThoughNotRestarted() {
    setUp(
        t -> {
          hrtimer_start(t, ms_to_ktime(runs.get() == 1 ? 10 : 1_000_000), HRTIMER_MODE_REL);
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    awaitRuns(2);
    assertThat(hrtimer_is_queued(timer)).isTrue();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(runs).hasValue(2);
  }

  @Test
  void hrtimer_start_inItsOwnCallbackThenRestart_isQueuedOnce() {
    setUp(
        t -> {
          if (runs.get() == 1) {
            hrtimer_start(t, ms_to_ktime(10), HRTIMER_MODE_REL);
            return HRTIMER_RESTART;
          }
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    awaitRuns(2);
    assertThat(hrtimer_active(timer)).isFalse();
    kernel.settle();
    assertThat(runs).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_000})
  void hrtimer_start_relativeNow_hasRunWhenItReturns(long nanos) {
    setUpCounting(HRTIMER_MODE_REL);
    for (int i = 1; i <= 100; i++) {
      hrtimer_start(timer, nanos, HRTIMER_MODE_REL);
      assertThat(runs).hasValue(i);
    }
  }

  @Test
  void hrtimer_start_softNow_hasRunWhenItReturns() {
    setUpCounting(HRTIMER_MODE_REL_SOFT);
    for (int i = 1; i <= 2_000; i++) {
      hrtimer_start(timer, 0, HRTIMER_MODE_REL_SOFT);
      assertThat(runs).hasValue(i);
    }
  }

  @Test
  void hrtimer_start_absoluteInThePast_hasRunWhenItReturns() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ktime_sub(ktime_get(), ms_to_ktime(1000)), HRTIMER_MODE_ABS);
    assertThat(runs).hasValue(1);
    long late = ktime_us_delta(ranAt.get(0), hrtimer_get_expires(timer));
    assertThat(late).isGreaterThanOrEqualTo(1_000_000);
    if (kernel.isSim()) {
      assertThat(late).isEqualTo(1_000_000);
    }
    hrtimer_start(timer, Long.MIN_VALUE, HRTIMER_MODE_ABS);
    assertThat(runs).hasValue(2);
  }

  @Test
  void hrtimer_start_inThePastWhileAtomic_runsAfterwards() {
    setUpCounting(HRTIMER_MODE_REL);
    long flags = Irqflags.local_irq_save();
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    udelay(50);
    assertThat(runs).as("interrupts are off").hasValue(0);
    Irqflags.local_irq_restore(flags);
    awaitRuns(1);
    BottomHalf.local_bh_disable();
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    awaitRuns(2); // a hard one does not care for bh
    BottomHalf.local_bh_enable();
  }

  @Test
  void hrtimer_restart_afterCancel_runsAtTheOldExpiry() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    hrtimer_cancel(timer);
    runs.set(0); // a slow host may have run it
    ranAt.clear();
    hrtimer_restart(timer);
    awaitRuns(1);
    assertRanAt(0, expires);
  }

  @Test
  void hrtimer_start_range_ns_runsAtItsEndOrWithAnother() {
    kernel.virtualTimeOnly("on the host a late interrupt serves both alike");
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start_range_ns(timer, ms_to_ktime(20), 5_000_000, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer) - hrtimer_get_softexpires(timer)).isEqualTo(5_000_000);
    long hard = hrtimer_get_expires(timer);
    kernel.sim().advance(Duration.ofMillis(30));
    assertThat(ranAt).as("alone").containsExactly(hard);

    Hrtimer other = new Hrtimer();
    hrtimer_setup(other, t -> HRTIMER_NORESTART, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    hrtimer_start_range_ns(timer, ms_to_ktime(20), 5_000_000, HRTIMER_MODE_REL);
    hrtimer_start(other, ms_to_ktime(22), HRTIMER_MODE_REL);
    kernel.sim().advance(Duration.ofMillis(30));
    assertThat(ranAt).as("with another").hasSize(2).endsWith(hrtimer_get_expires(other));
  }

  @Test
  void hrtimer_ofTheWallClock_runsAtItsDate() {
    setUp(t -> HRTIMER_NORESTART, CLOCK_REALTIME, HRTIMER_MODE_ABS);
    hrtimer_start(timer, ktime_add_ms(ktime_get_real(), 20), HRTIMER_MODE_ABS);
    awaitRuns(1);
  }

  @Test
  void hrtimers_ofEqualExpiry_runFirstComeFirstServed() {
    List<Integer> order = new CopyOnWriteArrayList<>();
    List<Hrtimer> timers = new ArrayList<>();
    long at = ktime_add_ms(ktime_get(), 50);
    for (int i = 0; i < 6; i++) {
      int number = i;
      Hrtimer each = new Hrtimer();
      hrtimer_setup(
          each,
          t -> {
            order.add(number);
            return HRTIMER_NORESTART;
          },
          CLOCK_MONOTONIC,
          HRTIMER_MODE_ABS);
      timers.add(each);
    }
    Irqflags.local_irq_disable(); // so that it does not matter how long the starting takes
    timers.forEach(each -> hrtimer_start(each, at, HRTIMER_MODE_ABS));
    Irqflags.local_irq_enable();
    kernel.until("all have run", () -> order.size() == 6);
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
  }
}
