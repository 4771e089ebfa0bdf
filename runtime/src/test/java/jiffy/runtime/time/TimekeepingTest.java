package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.time_before;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.add_timer;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.init_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.setup_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rows of truth/FACTS.md and truth/semprobe_timer.dmesg on timers, on virtual time. */
class TimekeepingTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("test");
  private final TimerList timer = new TimerList();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicLong ranAt = new AtomicLong();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private void countingTimer() {
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          ranAt.set(jiffies());
        },
        0);
  }

  @Test
  void mod_timer_onInactiveTimer_returns0AndArms() {
    countingTimer();
    assertThat(mod_timer(timer, jiffies() + 1000)).isZero();
    assertThat(timer_pending(timer)).isTrue();
  }

  @Test
  void mod_timer_onPendingTimer_returns1() {
    countingTimer();
    long j = jiffies();
    mod_timer(timer, j + 1000);
    assertThat(mod_timer(timer, j + 2000)).isEqualTo(1);
    assertThat(mod_timer(timer, j + 2000)).isEqualTo(1);
    assertThat(mod_timer(timer, j + 2001)).isEqualTo(1);
    assertThat(timer.expires).isEqualTo(j + 2001);
  }

  @Test
  void del_timer_ofNeverArmedOrExpiredTimer_returns0() {
    countingTimer();
    assertThat(del_timer(timer)).isZero();
    assertThat(del_timer_sync(timer)).isZero();
    long expires = jiffies() + 5;
    mod_timer(timer, expires);
    sim.runUntil(() -> runs.get() == 1);
    assertThat(del_timer(timer)).isZero();
    assertThat(del_timer_sync(timer)).isZero();
    assertThat(timer.expires).isEqualTo(expires);
  }

  @Test
  void del_timer_ofPendingTimer_returns1AndItNeverRuns() {
    countingTimer();
    mod_timer(timer, jiffies() + 5);
    assertThat(del_timer(timer)).isEqualTo(1);
    assertThat(timer_pending(timer)).isFalse();
    assertThat(del_timer(timer)).isZero();
    sim.advanceToJiffies(jiffies() + 100);
    assertThat(runs).hasValue(0);
  }

  @Test
  void timer_pending_insideItsCallback_isFalse() {
    AtomicBoolean inside = new AtomicBoolean(true);
    timer_setup(timer, t -> inside.set(timer_pending(t)), 0);
    mod_timer(timer, jiffies() + 5);
    assertThat(timer_pending(timer)).isTrue();
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(inside).isFalse();
    assertThat(timer_pending(timer)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"0,1", "-1,1", "-10,1", "-100000,1", "1,2", "5,6", "50,51", "62,63"})
  void timer_expiringSoonOrInThePast_firesInTheJiffyAfter(long offset, long after) {
    countingTimer();
    sim.advance(java.time.Duration.ofNanos(1_234_567));
    long j = jiffies();
    mod_timer(timer, j + offset);
    assertThat(runs).as("never inside mod_timer").hasValue(0);
    sim.runUntil(() -> runs.get() == 1);
    assertThat(ranAt.get() - j).isEqualTo(after);
    assertThat(timer.expires - j).isEqualTo(offset);
  }

  @ParameterizedTest
  @CsvSource({"2500,64", "100,8", "504,64", "125,8", "5000,512"})
  void timer_expiringLater_firesAtTheNextGranule(long offset, long granule) {
    countingTimer();
    long j = jiffies();
    mod_timer(timer, j + offset);
    sim.runUntil(() -> runs.get() == 1);
    assertThat(ranAt.get()).isEqualTo(((j + offset) / granule + 1) * granule);
  }

  @Test
  void timer_expiringBeyondHalfTheRange_countsAsPast() {
    countingTimer();
    mod_timer(timer, jiffies() + Long.MAX_VALUE);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(runs).hasValue(0);
    assertThat(timer_pending(timer)).isTrue();
    mod_timer(timer, jiffies() + Long.MAX_VALUE + 6);
    sim.advanceToJiffies(jiffies() + 2);
    assertThat(runs).hasValue(1);
  }

  @Test
  void callback_rearmingItselfWithJiffiesOrPast_runsOnFollowingTicksOnly() {
    for (long back : new long[] {0, 100}) {
      List<Long> ran = new ArrayList<>();
      timer_setup(
          timer,
          t -> {
            ran.add(jiffies());
            if (ran.size() < 6) {
              mod_timer(t, jiffies() - back);
            }
          },
          0);
      mod_timer(timer, jiffies() + 5);
      sim.runUntil(() -> ran.size() == 6);
      for (int i = 1; i < ran.size(); i++) {
        assertThat(ran.get(i)).isEqualTo(ran.get(i - 1) + 1);
      }
    }
  }

  @Test
  void callback_armingAnotherForNow_letsItFireOneJiffyLater() {
    TimerList other = new TimerList();
    AtomicLong otherRan = new AtomicLong();
    timer_setup(other, t -> otherRan.set(jiffies()), 0);
    timer_setup(
        timer,
        t -> {
          ranAt.set(jiffies());
          mod_timer(other, jiffies());
        },
        0);
    mod_timer(timer, jiffies() + 5);
    sim.runUntil(() -> otherRan.get() != 0);
    assertThat(otherRan.get() - ranAt.get()).isEqualTo(1);
  }

  @Test
  void del_timer_inItsOwnCallback_returns0_andAfterRearming1() {
    List<Integer> results = new ArrayList<>();
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          results.add(del_timer(t));
          results.add(mod_timer(t, jiffies() + 5));
          results.add(del_timer(t));
        },
        0);
    mod_timer(timer, jiffies() + 5);
    sim.advanceToJiffies(jiffies() + 50);
    assertThat(results).containsExactly(0, 0, 1);
    assertThat(runs).hasValue(1);
  }

  @Test
  void callback_addingItsPeriodToExpires_runsEachPeriod() {
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          t.expires += 10;
          add_timer(t);
        },
        0);
    timer.expires = jiffies() + 10;
    add_timer(timer);
    sim.advanceToJiffies(jiffies() + 35);
    assertThat(runs).hasValue(3);
    assertThat(del_timer_sync(timer)).isEqualTo(1);
  }

  @Test
  void del_timer_sync_whileTheCallbackRunsElsewhere_waitsAndReturns0() {
    AtomicBoolean entered = new AtomicBoolean();
    AtomicInteger cpu = new AtomicInteger(-1);
    timer_setup(
        timer,
        t -> {
          cpu.set(smp_processor_id());
          entered.set(true);
          long until = jiffies() + 26;
          while (time_before(jiffies(), until)) {
            cpu_relax();
          }
          runs.incrementAndGet();
        },
        0);
    armOnAnotherCpu(timer);
    sim.runUntil(entered::get);
    assertThat(timer_pending(timer)).isFalse();
    assertThat(del_timer(timer)).as("returns at once").isZero();
    assertThat(runs).hasValue(0);
    assertThat(del_timer_sync(timer)).isZero();
    assertThat(runs).hasValue(1);
    assertThat(cpu).hasValue(1 - smp_processor_id());
  }

  @Test
  void mod_timer_whileTheCallbackRunsElsewhere_armsOnThatCpu() {
    AtomicBoolean entered = new AtomicBoolean();
    List<Integer> cpus = new ArrayList<>();
    timer_setup(
        timer,
        t -> {
          cpus.add(smp_processor_id());
          entered.set(true);
          long until = jiffies() + 10;
          while (time_before(jiffies(), until)) {
            cpu_relax();
          }
        },
        0);
    armOnAnotherCpu(timer);
    sim.runUntil(entered::get);
    assertThat(mod_timer(timer, jiffies() + 5)).isZero();
    assertThat(timer_pending(timer)).isTrue();
    sim.advanceToJiffies(jiffies() + 60);
    assertThat(cpus).hasSize(2).containsOnly(1 - smp_processor_id());
  }

  @Test
  void del_timer_sync_ofATimerThatRearmsItself_returns() {
    timer_setup(timer, t -> mod_timer(t, jiffies() + 1), 0);
    mod_timer(timer, jiffies() + 1);
    sim.advanceToJiffies(jiffies() + 10);
    del_timer_sync(timer);
    assertThat(timer_pending(timer)).isFalse();
  }

  @Test
  void del_timer_sync_inItsOwnCallback_warnsDeactivatesAndReturns() {
    List<Integer> results = new ArrayList<>();
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          mod_timer(t, jiffies() + 1);
          results.add(del_timer_sync(t));
        },
        0);
    mod_timer(timer, jiffies() + 1);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(results).containsExactly(1);
    assertThat(runs).hasValue(1);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("from its own callback would wait for itself"));
  }

  @Test
  void add_timer_onPendingTimer_isIgnoredWithOneWarningABoot() {
    countingTimer();
    timer.expires = jiffies() + 5;
    add_timer(timer);
    add_timer(timer);
    add_timer(timer);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(runs).hasValue(1);
    assertThat(machine.dmesg()).filteredOn(line -> line.contains("add_timer of")).hasSize(1);
  }

  @Test
  void mod_timer_withoutFunction_isSilentlyIgnored() {
    TimerList zeroed = new TimerList();
    assertThat(mod_timer(zeroed, jiffies() + 5)).isZero();
    init_timer(timer);
    timer.expires = jiffies() + 5;
    add_timer(timer);
    assertThat(timer_pending(timer)).isFalse();
    assertThat(timer_pending(zeroed)).isFalse();
  }

  @Test
  void setup_timer_callsTheFunctionWithItsData() {
    List<Object> seen = new ArrayList<>();
    setup_timer(timer, seen::add, "the data");
    mod_timer(timer, jiffies() + 1);
    sim.advanceToJiffies(jiffies() + 5);
    assertThat(seen).containsExactly("the data");
  }

  @Test
  void init_timer_withFieldsSetLater_works() {
    List<Object> seen = new ArrayList<>();
    init_timer(timer);
    timer.function = seen::add;
    timer.data = 42;
    timer.expires = jiffies() + 1;
    add_timer(timer);
    sim.advanceToJiffies(jiffies() + 5);
    assertThat(seen).containsExactly(42);
  }

  @Test
  void callback_thatThrows_isReportedAndOthersGoOn() {
    TimerList bad = new TimerList();
    timer_setup(
        bad,
        t -> {
          com.google.common.base.Preconditions.checkState(false, "on purpose");
        },
        0);
    countingTimer();
    mod_timer(timer, jiffies() + 5);
    mod_timer(bad, jiffies() + 5);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(runs).hasValue(1);
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains(
                    "kernel: timer callback_thatThrows_isReportedAndOthersGoOn.lambda threw java.lang.IllegalStateException: on purpose"))
        .anyMatch(line -> line.contains(" at com.google.common.base.Preconditions.checkState("));
  }

  @Test
  void callback_thatLeavesPreemptCountChanged_isReportedAndPutRight() {
    timer_setup(timer, t -> jiffy.linux.Preempt.preempt_disable(), 0);
    mod_timer(timer, jiffies() + 1);
    sim.advanceToJiffies(jiffies() + 5);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("preempt leak: 00000101 -> 00000102"));
  }

  @Test
  void giveUp_ofACallbackThatNeverReturns_letsOtherTimersGoOn() {
    AtomicBoolean release = new AtomicBoolean();
    timer_setup(
        timer,
        t -> {
          while (!release.get()) {
            cpu_relax();
          }
          runs.incrementAndGet();
        },
        0);
    TimerList other = new TimerList();
    AtomicInteger otherRuns = new AtomicInteger();
    timer_setup(other, t -> otherRuns.incrementAndGet(), 0);
    long j = jiffies();
    mod_timer(timer, j + 2);
    mod_timer(other, j + 5);
    sim.advanceToJiffies(j + 10);
    assertThat(otherRuns).hasValue(0);

    TimerList stuck = machine.timekeeping().giveUp(test.context(), smp_processor_id());

    assertThat(stuck).isSameAs(timer);
    sim.advanceToJiffies(j + 12);
    assertThat(otherRuns).hasValue(1);
    mod_timer(other, jiffies() + 2);
    release.set(true);
    sim.advanceToJiffies(j + 20);
    assertThat(runs).hasValue(1);
    assertThat(otherRuns).hasValue(2);
    assertThat(del_timer_sync(timer)).isZero();
  }

  @Test
  void timer_ofAnotherKernel_isRefusedByName() throws InterruptedException {
    countingTimer();
    mod_timer(timer, jiffies() + 1000);
    try (Machine other = Machine.simulate("name=other")) {
      Thread thread =
          new Thread(
              () -> {
                try (Attachment there = other.attach("there")) {
                  assertThatThrownBy(() -> mod_timer(timer, jiffies() + 1))
                      .hasMessageContaining("belongs to kernel 'jiffy'")
                      .hasMessageContaining("'other'");
                  runs.incrementAndGet();
                }
              });
      thread.start();
      thread.join();
    }
    assertThat(runs).hasValue(1);
  }

  private void armOnAnotherCpu(TimerList armed) {
    machine
        .tasks()
        .spawn("armer", Owner.CORE, 1 - smp_processor_id(), () -> mod_timer(armed, jiffies() + 2))
        .join(test.context());
  }
}
