package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.CLOCK_REALTIME;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_ABS;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_SOFT;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.HRTIMER_RESTART;
import static jiffy.linux.Hrtimers.hrtimer_active;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_cb_get_time;
import static jiffy.linux.Hrtimers.hrtimer_forward_now;
import static jiffy.linux.Hrtimers.hrtimer_get_expires;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Hrtimers.hrtimer_try_to_cancel;
import static jiffy.linux.Ktime.KTIME_MAX;
import static jiffy.linux.Ktime.ktime_add_ms;
import static jiffy.linux.Ktime.ktime_get;
import static jiffy.linux.Ktime.ktime_get_real;
import static jiffy.linux.Ktime.ktime_sub;
import static jiffy.linux.Ktime.ms_to_ktime;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md on hrtimers that do not depend on how fast the host is, on the host.
 */
@Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SAME_THREAD)
class HrtimerHostTest {
  private final Machine machine = Machine.boot("hz=250 nr_cpus=2 hrtimer_spin_ns=1000");
  private final Attachment test = machine.attach("test");
  private final Hrtimer timer = new Hrtimer();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger early = new AtomicInteger();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
    assertThat(early).hasValue(0);
  }

  private void setUp(HrtimerFunction function, int clock, int mode) {
    hrtimer_setup(
        timer,
        t -> {
          if (hrtimer_cb_get_time(t) < hrtimer_get_expires(t)) {
            early.incrementAndGet();
          }
          runs.incrementAndGet();
          return function.call(t);
        },
        clock,
        mode);
  }

  private void setUpCounting(int mode) {
    setUp(t -> HRTIMER_NORESTART, CLOCK_MONOTONIC, mode);
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
    for (int i = 1; i <= 100; i++) {
      hrtimer_start(timer, 0, HRTIMER_MODE_REL_SOFT);
      assertThat(runs).hasValue(i);
    }
  }

  @Test
  void hrtimer_start_absoluteInThePast_hasRunWhenItReturns() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ktime_sub(ktime_get(), ms_to_ktime(1000)), HRTIMER_MODE_ABS);
    assertThat(runs).hasValue(1);
  }

  @Test
  void hrtimer_cancel_beforeItsTime_returns1AndItNeverRuns() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(100_000), HRTIMER_MODE_REL);
    assertThat(hrtimer_active(timer)).isTrue();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
    hrtimer_start(timer, -1, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(KTIME_MAX);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(runs).hasValue(0);
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void callback_thatForwardsItself_runsEachPeriod(int mode) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(20);
    setUp(
        t -> {
          done.countDown();
          hrtimer_forward_now(t, 1_000_000);
          return HRTIMER_RESTART;
        },
        CLOCK_MONOTONIC,
        mode);
    long start = ktime_get();
    hrtimer_start(timer, ms_to_ktime(1), mode);
    done.await();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(ktime_get() - start).isGreaterThanOrEqualTo(ms_to_ktime(20));
  }

  @Test
  void hrtimer_ofTheWallClock_runsAtItsDate() throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    setUp(
        t -> {
          done.countDown();
          return HRTIMER_NORESTART;
        },
        CLOCK_REALTIME,
        HRTIMER_MODE_ABS);
    hrtimer_start(timer, ktime_add_ms(ktime_get_real(), 20), HRTIMER_MODE_ABS);
    done.await();
    assertThat(runs).hasValue(1);
  }

  @Test
  void hrtimers_ofEqualExpiry_runFirstComeFirstServed() throws InterruptedException {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch done = new CountDownLatch(6);
    List<Hrtimer> timers = new ArrayList<>();
    long at = ktime_add_ms(ktime_get(), 50);
    for (int i = 0; i < 6; i++) {
      int number = i;
      Hrtimer each = new Hrtimer();
      hrtimer_setup(
          each,
          t -> {
            order.add(number);
            done.countDown();
            return HRTIMER_NORESTART;
          },
          CLOCK_MONOTONIC,
          HRTIMER_MODE_ABS);
      timers.add(each);
    }
    test.context().localIrqSave(); // so that it does not matter how long the starting takes
    timers.forEach(each -> hrtimer_start(each, at, HRTIMER_MODE_ABS));
    test.context().localIrqEnable();
    done.await();
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
  }
}
