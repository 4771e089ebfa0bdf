package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.*;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Ktime.*;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.Timespec64;
import org.junit.jupiter.api.Test;

/**
 * The clocks behind hrtimers: steps of the wall clock, and ticks with highres=off. On virtual time
 * only, for nobody here may set the host's clock; what else is exact is about the nanosecond.
 */
class HrtimerClocksTest {
  /** 2026-01-01, when a simulated machine is switched on. */
  private static final long EPOCH_SECONDS = 1_767_225_600;

  private final List<Long> ran = new ArrayList<>();

  private Hrtimer recording(int clock, int mode) {
    Hrtimer timer = new Hrtimer();
    hrtimer_setup(
        timer,
        t -> {
          ran.add(hrtimer_cb_get_time(t));
          return HRTIMER_NORESTART;
        },
        clock,
        mode);
    return timer;
  }

  @Test
  void stepWallClock_forward_runsAbsoluteRealtimeTimersAtOnce() {
    try (Machine machine = Machine.simulate("nr_cpus=2");
        Attachment test = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      Hrtimer timer = recording(CLOCK_REALTIME, HRTIMER_MODE_ABS);
      Hrtimer soft = recording(CLOCK_REALTIME, HRTIMER_MODE_ABS_SOFT);
      Hrtimer relative = recording(CLOCK_REALTIME, HRTIMER_MODE_REL);
      Hrtimer sinceBoot = recording(CLOCK_BOOTTIME, HRTIMER_MODE_ABS);
      long at = ktime_add_ms(ktime_get_real(), 3_600_000);
      hrtimer_start(timer, at, HRTIMER_MODE_ABS);
      hrtimer_start(soft, at, HRTIMER_MODE_ABS_SOFT);
      hrtimer_start(relative, ms_to_ktime(3_600_000), HRTIMER_MODE_REL);
      hrtimer_start(sinceBoot, ktime_add_ms(ktime_get_boottime(), 3_600_000), HRTIMER_MODE_ABS);
      sim.advance(Duration.ofMinutes(10));
      assertThat(ran).isEmpty();
      sim.stepWallClock(Duration.ofMinutes(50));
      assertThat(ran).containsExactly(at, at);
      sim.advance(Duration.ofMinutes(50));
      assertThat(ran).as("time since boot is not stepped").hasSize(4);
      assertThat(test.context().preemptCount()).isZero();
    }
  }

  @Test
  void stepWallClock_back_delaysAbsoluteRealtimeTimers() {
    try (Machine machine = Machine.simulate("nr_cpus=2");
        Attachment test = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      Hrtimer timer = recording(CLOCK_REALTIME, HRTIMER_MODE_ABS);
      long at = ktime_add_ms(ktime_get_real(), 1_000);
      hrtimer_start(timer, at, HRTIMER_MODE_ABS);
      sim.stepWallClock(Duration.ofMinutes(-1));
      sim.advance(Duration.ofSeconds(60));
      assertThat(ran).isEmpty();
      sim.advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly(at);
      assertThat(test.context().preemptCount()).isZero();
    }
  }

  @Test
  void ktime_get_real_ts64_ofSimulation_isItsDate() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=1");
        Attachment test = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      sim.advance(Duration.ofNanos(1_000_000_000L + 6_500_000));
      Timespec64 ts = new Timespec64();
      ktime_get_real_ts64(ts);
      assertThat(ts.tv_sec).isEqualTo(EPOCH_SECONDS + 1);
      assertThat(ts.tv_nsec).isEqualTo(6_500_000);
      ktime_get_coarse_real_ts64(ts);
      assertThat(ts.tv_nsec).as("as of the last tick").isEqualTo(4_000_000);
      assertThat(ktime_get_ns()).isEqualTo(1_006_500_000);
      assertThat(ktime_get_boottime()).isEqualTo(ktime_get());
      assertThat(ktime_get_coarse()).isEqualTo(1_004_000_000);
      assertThat(ktime_get_seconds()).isEqualTo(1);
      assertThat(test.context().preemptCount()).isZero();
    }
  }

  @Test
  void highres_off_runsHrtimersAtTheTickAtOrAfterTheirExpiry() {
    try (Machine machine = Machine.simulate("highres=off hz=250 nr_cpus=1");
        Attachment test = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      assertThat(hrtimer_resolution()).isEqualTo(4_000_000);
      sim.advance(Duration.ofNanos(1_000_001));
      List<Hrtimer> timers = new ArrayList<>();
      for (long at : new long[] {0, 3_000_000, 4_000_000, 4_000_001, 7_999_999, 20_000_000}) {
        Hrtimer timer = recording(CLOCK_MONOTONIC, HRTIMER_MODE_ABS);
        timers.add(timer);
        hrtimer_start(timer, at, HRTIMER_MODE_ABS);
      }
      assertThat(ran).as("not inside hrtimer_start").isEmpty();
      sim.advance(Duration.ofSeconds(1));
      assertThat(ran)
          .containsExactly(4_000_000L, 4_000_000L, 4_000_000L, 8_000_000L, 8_000_000L, 20_000_000L);
      hrtimer_set_expires(timers.get(0), 0);
      assertThat(hrtimer_forward(timers.get(0), 9_000_000, 1)).isEqualTo(3);
      assertThat(test.context().preemptCount()).isZero();
    }
  }

  @Test
  void jiffies_inAnHrtimerAtATick_areThatTicks() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=1");
        Attachment test = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      long start = jiffies();
      Hrtimer timer = new Hrtimer();
      hrtimer_setup(
          timer,
          t -> {
            ran.add(jiffies());
            return HRTIMER_NORESTART;
          },
          CLOCK_MONOTONIC,
          HRTIMER_MODE_REL);
      hrtimer_start(timer, ms_to_ktime(200), HRTIMER_MODE_REL);
      sim.advance(Duration.ofSeconds(1));
      assertThat(ran).containsExactly(start + 50);
      assertThat(test.context().preemptCount()).isZero();
    }
  }
}
