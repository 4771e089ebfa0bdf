package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.TIMER_IRQSAFE;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.init_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.Hrtimer;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A module that misuses its timers harms nobody else. */
class TimerAbuseTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=1");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("test");
  private final TimerList timer = new TimerList();
  private final TimerList other = new TimerList();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger otherRuns = new AtomicInteger();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private void armOther(long in) {
    timer_setup(other, t -> otherRuns.incrementAndGet(), 0);
    mod_timer(other, jiffies() + in);
  }

  /** A throwable whose every method is a module's code, and fails. */
  private static final class Hostile extends Error {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      throw new IllegalStateException("getMessage");
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      throw new IllegalStateException("getStackTrace");
    }

    @Override
    public synchronized Throwable getCause() {
      throw new IllegalStateException("getCause");
    }
  }

  @Test
  void callback_thatArmsAndDeletesAnother_doesNotLoseLaterTimers() {
    timer_setup(
        timer,
        t -> {
          mod_timer(other, jiffies() + 20);
          del_timer(other);
        },
        0);
    timer_setup(other, t -> otherRuns.incrementAndGet(), 0);
    mod_timer(timer, jiffies() + 2);
    sim.advanceToJiffies(jiffies() + 5);
    mod_timer(other, jiffies() + 30); // later than what was deleted
    sim.advanceToJiffies(jiffies() + 40);
    assertThat(otherRuns).hasValue(1);
  }

  @Test
  void callback_whoseThrowableThrows_isReportedAndOthersGoOn() {
    timer_setup(
        timer,
        t -> {
          throw new Hostile();
        },
        0);
    mod_timer(timer, jiffies() + 2);
    armOther(5);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(otherRuns).hasValue(1);
    assertThat(del_timer_sync(timer)).isZero();
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("its getMessage() threw"));
  }

  @Test
  void timer_setup_ofAPendingTimer_warnsAndTakesItOut() {
    armOther(5);
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    mod_timer(timer, other.expires);
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    assertThat(timer_pending(timer)).isFalse();
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(otherRuns).as("same bucket, armed before").hasValue(1);
    assertThat(runs).hasValue(0);
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("init active"));
  }

  @Test
  void init_timer_inItsOwnCallback_doesNotHurtRmmod() {
    AtomicBoolean entered = new AtomicBoolean();
    timer_setup(
        timer,
        t -> {
          init_timer(t);
          entered.set(true);
          long until = jiffies() + 10;
          while (jiffies() < until) {
            cpu_relax();
          }
        },
        0);
    mod_timer(timer, jiffies() + 2);
    sim.runUntil(entered::get);
    Owner nobody = new Owner(machine.kernel(), "nobody");
    assertThat(machine.timekeeping().books().release(test.context(), nobody)).isZero();
  }

  /** truth/FACTS.md: "WARNING timer.c:1564, works"; not for a timer made for it. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0x200000, 0"})
  void del_timer_sync_fromAHardInterrupt_warnsAndWorks(String flags, int warnings) {
    List<Integer> results = new ArrayList<>();
    timer_setup(timer, t -> runs.incrementAndGet(), Integer.decode(flags));
    mod_timer(timer, jiffies() + 10);
    Hrtimer hrtimer = new Hrtimer();
    hrtimer_setup(
        hrtimer,
        h -> {
          results.add(del_timer_sync(timer));
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL);
    hrtimer_start(hrtimer, 1_000_000, HRTIMER_MODE_REL);
    sim.advanceToJiffies(jiffies() + 20);
    assertThat(results).containsExactly(1);
    assertThat(runs).hasValue(0);
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("del_timer_sync of ") && line.contains("interrupt"))
        .hasSize(warnings);
  }

  @Test
  void del_timer_ofAnotherKernelsTimer_isRefusedByName() throws InterruptedException {
    armOther(1000);
    AtomicBoolean refused = new AtomicBoolean();
    try (Machine there = Machine.simulate("name=there nr_cpus=1")) {
      Thread thread =
          new Thread(
              () -> {
                try (Attachment a = there.attach("x")) {
                  assertThatThrownBy(() -> del_timer(other)).hasMessageContaining("'there'");
                  assertThatThrownBy(() -> del_timer_sync(other)).hasMessageContaining("'there'");
                  assertThatThrownBy(() -> init_timer(other)).hasMessageContaining("'there'");
                  refused.set(true);
                }
              });
      thread.start();
      thread.join();
    }
    assertThat(refused).isTrue();
    assertThat(del_timer(other)).isEqualTo(1);
  }

  @Test
  void giveUp_whileSomebodyWaitsForTheCallback_letsHimGoOnInBoundedTime() {
    AtomicBoolean release = new AtomicBoolean();
    AtomicBoolean entered = new AtomicBoolean();
    timer_setup(
        timer,
        t -> {
          entered.set(true);
          while (!release.get()) {
            cpu_relax();
          }
        },
        0);
    mod_timer(timer, jiffies() + 2);
    sim.runUntil(entered::get);
    Task waiter = machine.tasks().spawn("waiter", Owner.CORE, () -> del_timer_sync(timer));
    sim.advanceToJiffies(jiffies() + 5);
    assertThat(waiter.isEnded()).isFalse();
    machine.timekeeping().giveUp(test.context(), smp_processor_id());
    sim.advance(java.time.Duration.ofSeconds(6));
    assertThat(waiter.isEnded()).isTrue();
    release.set(true);
  }

  @Test
  void release_ofATimerThatItsCallbackArmsMeanwhile_leavesNothingArmed() {
    AtomicBoolean entered = new AtomicBoolean();
    AtomicBoolean go = new AtomicBoolean();
    timer_setup(
        timer,
        t -> {
          entered.set(true);
          while (!go.get()) {
            cpu_relax();
          }
          mod_timer(t, jiffies() + 2);
        },
        0);
    mod_timer(timer, jiffies() + 2);
    sim.runUntil(entered::get);
    go.set(true);
    machine.timekeeping().books().release(test.context(), Owner.CORE);
    assertThat(timer_pending(timer)).isFalse();
  }

  /** The CPU is not his any more: what another callback does there goes on. */
  @Test
  void msleep_ofACallbackThatWasGivenUpBefore_leavesTheCpuAlone() {
    AtomicBoolean entered = new AtomicBoolean();
    AtomicBoolean sleep = new AtomicBoolean();
    AtomicBoolean go = new AtomicBoolean();
    timer_setup(
        timer,
        t -> {
          entered.set(true);
          spinUntil(sleep);
          msleep(10);
          runs.incrementAndGet();
        },
        0);
    mod_timer(timer, jiffies() + 2);
    sim.runUntil(entered::get);
    machine.timekeeping().giveUp(test.context(), smp_processor_id());
    entered.set(false);
    timer_setup(
        other,
        t -> {
          entered.set(true);
          spinUntil(go);
          otherRuns.incrementAndGet();
        },
        0);
    mod_timer(other, jiffies() + 2);
    sim.runUntil(entered::get);
    sleep.set(true);
    sim.advanceToJiffies(jiffies() + 10);
    go.set(true);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(runs).hasValue(1);
    assertThat(otherRuns).hasValue(1);
    assertThat(machine.dmesg()).filteredOn(line -> line.contains("given up")).hasSize(1);
  }

  @Test
  void giveUp_ofACallbackWithInterruptsDisabled_letsOtherTimersGoOn() {
    AtomicBoolean entered = new AtomicBoolean();
    AtomicBoolean release = new AtomicBoolean();
    timer_setup(
        timer,
        t -> {
          entered.set(true);
          spinUntil(release);
        },
        TIMER_IRQSAFE);
    mod_timer(timer, jiffies() + 2);
    sim.runUntil(entered::get);
    machine.timekeeping().giveUp(test.context(), smp_processor_id());
    armOther(5);
    sim.advanceToJiffies(jiffies() + 10);
    assertThat(otherRuns).hasValue(1);
    release.set(true);
    sim.advanceToJiffies(jiffies() + 2);
  }

  private static void spinUntil(AtomicBoolean flag) {
    while (!flag.get()) {
      cpu_relax();
    }
  }
}
