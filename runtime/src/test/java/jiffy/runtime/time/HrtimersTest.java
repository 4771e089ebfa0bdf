package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.udelay;
import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Ktime.*;
import static jiffy.linux.Smp.smp_processor_id;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Owner;
import jiffy.linux.BottomHalf;
import jiffy.linux.Irqflags;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rows of truth/FACTS.md and truth/semprobe_hr.dmesg on hrtimers, on virtual time. */
class HrtimersTest {
  private static final long MS = 1_000_000;

  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("test");
  private final Hrtimer timer = new Hrtimer();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicLong ranAt = new AtomicLong();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private void setUp(HrtimerFunction function) {
    hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    timer.function = function;
  }

  private void setUpCounting() {
    setUp(
        t -> {
          runs.incrementAndGet();
          ranAt.set(ktime_get());
          return HRTIMER_NORESTART;
        });
  }

  @Test
  void hrtimer_resolution_is1ns() {
    assertThat(hrtimer_resolution()).isEqualTo(1);
  }

  @Test
  void hrtimer_init_makesAnInactiveTimer() {
    setUpCounting();
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(hrtimer_callback_running(timer)).isFalse();
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
  }

  @Test
  void hrtimer_start_runsOnceAtItsNanosecond() {
    setUpCounting();
    hrtimer_start(timer, 12_345_678, HRTIMER_MODE_REL);
    assertThat(hrtimer_active(timer)).isTrue();
    assertThat(hrtimer_is_queued(timer)).isTrue();
    assertThat(hrtimer_get_remaining(timer)).isEqualTo(12_345_678);
    long expires = hrtimer_get_expires(timer);
    sim.advance(Duration.ofNanos(12_345_677));
    assertThat(runs).hasValue(0);
    sim.advance(Duration.ofNanos(1));
    assertThat(runs).hasValue(1);
    assertThat(ranAt).hasValue(expires);
    sim.advance(Duration.ofSeconds(10));
    assertThat(runs).hasValue(1);
    assertThat(hrtimer_active(timer)).isFalse();
  }

  @Test
  void hrtimer_start_onActiveTimer_justReprograms() {
    setUpCounting();
    hrtimer_start(timer, ms_to_ktime(500), HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(900), HRTIMER_MODE_REL);
    assertThat(hrtimer_get_remaining(timer)).isEqualTo(900 * MS);
    sim.advance(Duration.ofMillis(899));
    assertThat(runs).hasValue(0);
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(1000));
    assertThat(runs).hasValue(1);
  }

  @Test
  void hrtimer_cancel_ofActiveTimer_returns1ThenZero_andKeepsTheExpiry() {
    setUpCounting();
    hrtimer_start(timer, ms_to_ktime(500), HRTIMER_MODE_REL);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_get_remaining(timer)).isEqualTo(500 * MS);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_cancel(timer)).isZero();
    hrtimer_start(timer, ms_to_ktime(500), HRTIMER_MODE_REL);
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(1);
    assertThat(hrtimer_try_to_cancel(timer)).isZero();
    sim.advance(Duration.ofSeconds(1));
    assertThat(runs).hasValue(0);
  }

  @Test
  void hrtimer_cancel_ofExpiredTimer_returns0_andRemainingIsNegative() {
    setUpCounting();
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(60));
    assertThat(runs).hasValue(1);
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(hrtimer_get_remaining(timer)).isEqualTo(-50 * MS);
  }

  @Test
  void hrtimer_active_inItsCallback_isTrueAndQueuedIsFalse() {
    List<Boolean> seen = new ArrayList<>();
    setUp(
        t -> {
          seen.add(hrtimer_active(t));
          seen.add(hrtimer_is_queued(t));
          seen.add(hrtimer_callback_running(t));
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, MS, HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(2));
    assertThat(seen).containsExactly(true, false, true);
  }

  @Test
  void hrtimer_try_to_cancel_inOwnCallback_returnsMinus1() {
    setUp(
        t -> {
          runs.set(hrtimer_try_to_cancel(t));
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, MS, HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(2));
    assertThat(runs).hasValue(-1);
  }

  @Test
  void hrtimer_cancel_inOwnCallback_warnsDeactivatesAndReturns() {
    List<Integer> results = new ArrayList<>();
    setUp(
        t -> {
          results.add(hrtimer_cancel(t));
          hrtimer_start(t, MS, HRTIMER_MODE_REL);
          results.add(hrtimer_cancel(t));
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, MS, HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(10));
    assertThat(results).containsExactly(0, 1);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("from its own callback would wait for itself"));
  }

  @Test
  void callback_returningRestartAfterForward_runsEachInterval() {
    List<Long> at = new ArrayList<>();
    AtomicLong overruns = new AtomicLong();
    setUp(
        t -> {
          at.add(ktime_get());
          if (at.size() == 4) {
            return HRTIMER_NORESTART;
          }
          overruns.set(hrtimer_forward_now(t, ms_to_ktime(10)));
          return HRTIMER_RESTART;
        });
    long start = ktime_get();
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(150));
    assertThat(at)
        .containsExactly(start + 10 * MS, start + 20 * MS, start + 30 * MS, start + 40 * MS);
    assertThat(overruns).hasValue(1);
  }

  @Test
  void callback_returningRestartWithoutForward_runsAgainAtOnceWithTheSameExpiry() {
    List<Long> expiries = new ArrayList<>();
    setUp(
        t -> {
          expiries.add(hrtimer_get_expires(t));
          return runs.incrementAndGet() < 5 ? HRTIMER_RESTART : HRTIMER_NORESTART;
        });
    hrtimer_start(timer, ms_to_ktime(4), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(8).minusNanos(1));
    assertThat(runs).as("in the same jiffy").hasValue(5);
    assertThat(expiries).containsOnly(expiries.get(0));
  }

  @Test
  void callback_restartingForEver_letsOtherTimersAndTasksHaveTheirTurn() {
    setUp(
        t -> {
          runs.incrementAndGet();
          return HRTIMER_RESTART;
        });
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
    sim.advance(Duration.ofMillis(3));
    assertThat(runs).hasValueGreaterThan(100);
    assertThat(otherRuns).hasValue(1);
    Irqflags.local_irq_disable(); // the gate lets us in
    int before = runs.get();
    udelay(100);
    assertThat(runs).hasValue(before);
    Irqflags.local_irq_enable();
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
  }

  @Test
  void hrtimer_start_inOwnCallbackThenNorestart_staysArmed() {
    setUp(
        t -> {
          if (runs.incrementAndGet() == 1) {
            hrtimer_start(t, ms_to_ktime(10), HRTIMER_MODE_REL);
          }
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(15));
    assertThat(runs).hasValue(1);
    assertThat(hrtimer_is_queued(timer)).isTrue();
    sim.advance(Duration.ofMillis(150));
    assertThat(runs).hasValue(2);
  }

  @Test
  void hrtimer_start_inOwnCallbackThenRestart_isQueuedOnce() {
    setUp(
        t -> {
          if (runs.incrementAndGet() == 1) {
            hrtimer_start(t, ms_to_ktime(10), HRTIMER_MODE_REL);
            return HRTIMER_RESTART;
          }
          return HRTIMER_NORESTART;
        });
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(150));
    assertThat(runs).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 1_000})
  void hrtimer_start_relativeNow_hasRunWhenItReturns(long nanos) {
    setUpCounting();
    hrtimer_start(timer, nanos, HRTIMER_MODE_REL);
    assertThat(runs).hasValue(1);
    assertThat(ranAt.get()).isGreaterThanOrEqualTo(hrtimer_get_expires(timer));
  }

  @Test
  void hrtimer_start_absoluteInThePast_hasRunWhenItReturns() {
    sim.advance(Duration.ofSeconds(2));
    setUpCounting();
    hrtimer_start(timer, ktime_sub(ktime_get(), ms_to_ktime(1000)), HRTIMER_MODE_ABS);
    assertThat(runs).hasValue(1);
    assertThat(ktime_us_delta(ranAt.get(), hrtimer_get_expires(timer))).isEqualTo(1_000_000);
    hrtimer_start(timer, Long.MIN_VALUE, HRTIMER_MODE_ABS);
    assertThat(runs).hasValue(2);
  }

  @Test
  void hrtimer_start_softInThePast_hasRunWhenItReturns() {
    hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL_SOFT);
    timer.function =
        t -> {
          runs.incrementAndGet();
          return HRTIMER_NORESTART;
        };
    hrtimer_start(timer, 0, HRTIMER_MODE_REL_SOFT);
    assertThat(runs).hasValue(1);
  }

  @Test
  void hrtimer_start_inThePastWhileAtomic_runsAfterwards() {
    setUpCounting();
    long flags = Irqflags.local_irq_save();
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    udelay(50);
    assertThat(runs).as("interrupts are off").hasValue(0);
    Irqflags.local_irq_restore(flags);
    udelay(50);
    assertThat(runs).hasValue(1);
    BottomHalf.local_bh_disable();
    hrtimer_start(timer, 0, HRTIMER_MODE_REL);
    udelay(50);
    assertThat(runs).as("a hard one does not care for bh").hasValue(2);
    BottomHalf.local_bh_enable();
  }

  @Test
  void hrtimer_start_relativeNegative_neverFires() {
    setUpCounting();
    sim.advance(Duration.ofMillis(10));
    hrtimer_start(timer, -MS, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(KTIME_MAX);
    assertThat(hrtimer_active(timer)).isTrue();
    sim.advance(Duration.ofDays(400));
    assertThat(runs).hasValue(0);
    hrtimer_start(timer, KTIME_MAX, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer)).isEqualTo(KTIME_MAX);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
  }

  @Test
  void hrtimer_cancel_whileTheCallbackRunsElsewhere_waitsAndReturns0() {
    AtomicBoolean entered = new AtomicBoolean();
    AtomicInteger cpu = new AtomicInteger(-1);
    setUp(
        t -> {
          cpu.set(smp_processor_id());
          entered.set(true);
          udelay(60_000);
          runs.incrementAndGet();
          return HRTIMER_NORESTART;
        });
    startOnAnotherCpu(ms_to_ktime(5));
    sim.runUntil(entered::get);
    assertThat(hrtimer_active(timer)).isTrue();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(hrtimer_callback_running(timer)).isTrue();
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(-1);
    assertThat(runs).hasValue(0);
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(runs).hasValue(1);
    assertThat(cpu).hasValue(1 - smp_processor_id());
  }

  @Test
  void hrtimer_cancel_ofATimerThatRestartsItself_waitsAndReturns1() {
    AtomicBoolean entered = new AtomicBoolean();
    setUp(
        t -> {
          entered.set(true);
          udelay(1_000);
          runs.incrementAndGet();
          hrtimer_forward_now(t, ms_to_ktime(10));
          return HRTIMER_RESTART;
        });
    startOnAnotherCpu(ms_to_ktime(5));
    sim.runUntil(entered::get);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
    int before = runs.get();
    sim.advance(Duration.ofMillis(100));
    assertThat(runs).hasValue(before);
  }

  @Test
  void hrtimer_start_whileTheCallbackRunsElsewhere_staysOnThatCpu() {
    List<Integer> cpus = new ArrayList<>();
    setUp(
        t -> {
          cpus.add(smp_processor_id());
          udelay(10_000);
          return HRTIMER_NORESTART;
        });
    startOnAnotherCpu(ms_to_ktime(5));
    sim.runUntil(() -> cpus.size() == 1);
    hrtimer_start(timer, ms_to_ktime(20), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(100));
    assertThat(cpus).hasSize(2).containsOnly(1 - smp_processor_id());
    hrtimer_start(timer, ms_to_ktime(20), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(100));
    assertThat(cpus).hasSize(3).endsWith(smp_processor_id());
  }

  @Test
  void hrtimer_restart_afterCancel_runsAtTheOldExpiry() {
    setUpCounting();
    hrtimer_start(timer, ms_to_ktime(10), HRTIMER_MODE_REL);
    long expires = hrtimer_get_expires(timer);
    hrtimer_cancel(timer);
    hrtimer_restart(timer);
    sim.advance(Duration.ofMillis(50));
    assertThat(runs).hasValue(1);
    assertThat(ranAt).hasValue(expires);
  }

  @Test
  void hrtimer_start_range_ns_runsAtItsEndOrWithAnother() {
    setUpCounting();
    hrtimer_start_range_ns(timer, ms_to_ktime(20), 5_000_000, HRTIMER_MODE_REL);
    assertThat(hrtimer_get_expires(timer) - hrtimer_get_softexpires(timer)).isEqualTo(5_000_000);
    long hard = hrtimer_get_expires(timer);
    sim.advance(Duration.ofMillis(30));
    assertThat(ranAt).as("alone").hasValue(hard);

    Hrtimer other = new Hrtimer();
    hrtimer_setup(other, t -> HRTIMER_NORESTART, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    hrtimer_start_range_ns(timer, ms_to_ktime(20), 5_000_000, HRTIMER_MODE_REL);
    hrtimer_start(other, ms_to_ktime(22), HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(30));
    assertThat(ranAt).as("with another").hasValue(hrtimer_get_expires(other));
  }

  @Test
  void hrtimers_ofEqualExpiry_runFirstComeFirstServed() {
    long at = ktime_add_ms(ktime_get(), 10);
    List<Integer> order = new ArrayList<>();
    List<Hrtimer> timers = new ArrayList<>();
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
    timers.forEach(each -> hrtimer_start(each, at, HRTIMER_MODE_ABS));
    sim.advance(Duration.ofMillis(20));
    assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void kernel_afterItsLastHrtimer_neverWakes() {
    setUpCounting();
    hrtimer_start(timer, MS, HRTIMER_MODE_REL);
    sim.advance(Duration.ofMillis(2));
    long passes = machine.interrupts().passes(0) + machine.interrupts().passes(1);
    sim.advance(Duration.ofDays(1));
    assertThat(machine.interrupts().passes(0) + machine.interrupts().passes(1)).isEqualTo(passes);
  }

  private void startOnAnotherCpu(long time) {
    machine
        .tasks()
        .spawn("starter", Owner.CORE, 1 - smp_processor_id(), () -> start(time))
        .join(test.context());
    cpu_relax();
  }

  private int start(long time) {
    hrtimer_start(timer, time, HRTIMER_MODE_REL_PINNED);
    return 0;
  }
}
