package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.CLOCK_REALTIME;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_ABS;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_SOFT;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.HRTIMER_RESTART;
import static jiffy.linux.Hrtimers.hrtimer_active;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_init;
import static jiffy.linux.Hrtimers.hrtimer_is_queued;
import static jiffy.linux.Hrtimers.hrtimer_set_expires;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Hrtimers.hrtimer_try_to_cancel;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Ktime.ktime_get_real;
import static jiffy.linux.Ktime.ms_to_ktime;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.linux.Irqflags;
import jiffy.linux.Preempt;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerFunction;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A module that misuses its hrtimers harms nobody else. */
@OnBothPlatforms
class HrtimerAbuseTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final Attachment test;
  private final Hrtimer timer = new Hrtimer();
  private final Hrtimer other = new Hrtimer();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger otherRuns = new AtomicInteger();
  private final AtomicBoolean entered = new AtomicBoolean();
  private final AtomicBoolean release = new AtomicBoolean();

  HrtimerAbuseTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    test = kernel.self;
  }

  @AfterEach
  void halt() {
    release.set(true);
    kernel.close();
  }

  private void awaitOther(int expected) {
    kernel.until("the other runs", () -> otherRuns.get() == expected);
  }

  @Test
  void hrtimer_setup_ofATimerThatItsCallbackHasStarted_takesItOutFirst() {
    HrtimerFunction second =
        t -> {
          otherRuns.incrementAndGet();
          return HRTIMER_NORESTART;
        };
    hrtimer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          hrtimer_start(t, ms_to_ktime(1), HRTIMER_MODE_REL);
          hrtimer_setup(t, second, CLOCK_REALTIME, HRTIMER_MODE_ABS);
          hrtimer_start(t, ktime_get_real() + ms_to_ktime(5), HRTIMER_MODE_ABS);
          runs.incrementAndGet();
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(1), HRTIMER_MODE_REL);
    kernel.until("it came to its end", () -> runs.get() == 2);
    awaitOther(1);
    kernel.settle();
    assertThat(runs).hasValue(2);
    assertThat(otherRuns).hasValue(1);
    assertThat(hrtimer_is_queued(timer)).isFalse();
  }

  private void startOther(long ms, int mode) {
    hrtimer_setup(
        other,
        t -> {
          otherRuns.incrementAndGet();
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        mode);
    hrtimer_start(other, ms_to_ktime(ms), mode);
  }

  private void setUpCounting(int mode) {
    hrtimer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        mode);
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void callback_thatThrows_isReportedAndOthersGoOn(int mode) {
    hrtimer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          throw new IllegalStateException("on purpose");
        },
        CLOCK_MONOTONIC,
        mode);
    startOther(5, mode);
    hrtimer_start(timer, ms_to_ktime(5), mode);
    kernel.until("both run", () -> runs.get() == 1 && otherRuns.get() == 1);
    assertThat(hrtimer_cancel(timer)).as("no restart").isZero(); // it has returned
    assertThat(runs).hasValue(1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains("kernel: hrtimer callback_thatThrows")
                    && line.contains("threw java.lang.IllegalStateException: on purpose"));
  }

  @Test
  void callback_thatLeavesCountsChanged_isReportedAndPutRight() {
    hrtimer_setup(
        timer,
        t -> {
          if (runs.incrementAndGet() == 1) {
            Preempt.preempt_disable();
            Irqflags.local_irq_enable();
          }
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL);
    hrtimer_start(timer, 1, HRTIMER_MODE_REL);
    hrtimer_start(timer, 1, HRTIMER_MODE_REL);
    assertThat(runs).hasValue(2);
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("preempt leak: 00010001 -> 00010002"))
        .hasSize(1);
    assertThat(machine.dmesg()).filteredOn(line -> line.contains("enabled interrupts")).hasSize(1);
  }

  @Test
  void callback_thatIsStuckInASoftirq_doesNotDelayHardHrtimers() {
    TimerList stuck = new TimerList();
    timer_setup(
        stuck,
        t -> {
          entered.set(true);
          while (!release.get()) {
            cpu_relax();
          }
        },
        0);
    mod_timer(stuck, jiffies() + 1);
    kernel.until("it is stuck", entered::get);
    startOther(10, HRTIMER_MODE_REL);
    awaitOther(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {HRTIMER_MODE_REL, HRTIMER_MODE_REL_SOFT})
  void giveUp_ofACallbackThatNeverReturns_letsOthersGoOn(int mode) {
    hrtimer_setup(
        timer,
        t -> {
          entered.set(true);
          while (!release.get()) {
            cpu_relax();
          }
          runs.incrementAndGet();
          return HRTIMER_RESTART;
        },
        CLOCK_MONOTONIC,
        mode);
    hrtimer_start(timer, ms_to_ktime(2), mode);
    kernel.until("it is entered", entered::get);
    startOther(5, mode);
    kernel.settle();
    assertThat(otherRuns).hasValue(0);

    Hrtimer stuck = machine.hrtimers().giveUp(test.context(), 0, mode == HRTIMER_MODE_REL_SOFT);

    assertThat(stuck).isSameAs(timer);
    awaitOther(1);
    assertThat(hrtimer_try_to_cancel(timer)).isEqualTo(-1);
    release.set(true);
    kernel.until("it returns", () -> !hrtimer_active(timer));
    kernel.settle();
    assertThat(runs).as("its restart is void").hasValue(1);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(hrtimer_cancel(timer)).isZero();
    startOther(5, mode);
    awaitOther(2);
  }

  @Test
  void hrtimer_cancel_ofACallbackThatWasGivenUp_isBounded() {
    hrtimer_setup(
        timer,
        t -> {
          entered.set(true);
          while (!release.get()) {
            cpu_relax();
          }
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(2), HRTIMER_MODE_REL);
    kernel.until("it is entered", entered::get);
    machine.hrtimers().giveUp(test.context(), 0, false);
    assertThat(hrtimer_cancel(timer)).isZero();
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("is not waited for any longer"));
  }

  @Test
  void hrtimer_init_ofAQueuedTimer_isReportedAndDeactivates() {
    setUpCounting(HRTIMER_MODE_REL);
    Irqflags.local_irq_disable(); // or a slow host runs it before
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL);
    hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    Irqflags.local_irq_enable();
    assertThat(hrtimer_is_queued(timer)).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("ODEBUG: init active object type: hrtimer"));
    kernel.settle();
    assertThat(runs).hasValue(0);
  }

  @Test
  void hrtimer_start_withoutFunction_isIgnoredWithOneWarning() {
    hrtimer_init(timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL);
    hrtimer_start(new Hrtimer(), ms_to_ktime(5), HRTIMER_MODE_REL);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(machine.dmesg()).filteredOn(line -> line.contains("without function")).hasSize(1);
  }

  @Test
  void hrtimer_start_ofAnotherSoftness_warnsAndKeepsTheOneOfItsSetUp() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL_SOFT);
    kernel.until("it runs", () -> runs.get() == 1);
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("HRTIMER_MODE_SOFT must be as"));
  }

  @Test
  void hrtimer_init_ofAnUnknownClock_usesMonotonic() {
    hrtimer_init(timer, 42, HRTIMER_MODE_REL);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.endsWith("Invalid clockid 42. Using MONOTONIC"));
  }

  @Test
  void hrtimer_set_expires_ofAQueuedTimer_doesNotMoveIt() {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL);
    startOther(6, HRTIMER_MODE_REL);
    hrtimer_set_expires(timer, ms_to_ktime(1_000_000));
    kernel.until("it runs", () -> runs.get() == 1);
    awaitOther(1);
  }

  @Test
  void callback_thatArmsOthersInThePast_starvesNobody() {
    Hrtimer[] ring = {new Hrtimer(), new Hrtimer()};
    for (int i = 0; i < 2; i++) {
      Hrtimer next = ring[1 - i];
      hrtimer_setup(
          ring[i],
          t -> {
            runs.incrementAndGet();
            hrtimer_start(next, 0, HRTIMER_MODE_ABS);
            return HRTIMER_NORESTART;
          },
          CLOCK_MONOTONIC,
          HRTIMER_MODE_ABS);
    }
    startOther(2, HRTIMER_MODE_REL);
    hrtimer_start(ring[0], ms_to_ktime(1), HRTIMER_MODE_ABS);
    kernel.until("all run", () -> runs.get() > 50 && otherRuns.get() == 1);
  }

  @Test
  void hrtimer_start_forAModuleThatIsGoing_failsSilently() {
    Owner owner = new Owner(machine.kernel(), "mod");
    Owner before = test.context().setOwner(owner);
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(1_000_000), HRTIMER_MODE_REL);
    test.context().setOwner(before);
    assertThat(machine.hrtimers().books().heldBy(owner))
        .singleElement()
        .asString()
        .matches(kernel.isSim() ? ".* expires in 1000000000000 ns" : ".* expires in \\d{12} ns");
    owner.setGoing();
    assertThat(machine.hrtimers().books().release(test.context(), owner)).isEqualTo(1);
    int lines = machine.dmesg().size();
    hrtimer_start(timer, ms_to_ktime(5), HRTIMER_MODE_REL);
    assertThat(hrtimer_active(timer)).isFalse();
    assertThat(machine.dmesg()).hasSize(lines);
  }

  @Test
  void hrtimer_ofAnotherKernel_isRefusedByName() throws InterruptedException {
    setUpCounting(HRTIMER_MODE_REL);
    hrtimer_start(timer, ms_to_ktime(1_000_000), HRTIMER_MODE_REL);
    try (Machine second = Machine.simulate("name=second")) {
      Thread thread =
          new Thread(
              () -> {
                try (Attachment there = second.attach("there")) {
                  assertThatThrownBy(() -> hrtimer_start(timer, 1, HRTIMER_MODE_REL))
                      .hasMessageContaining("belongs to kernel 'jiffy'")
                      .hasMessageContaining("'second'");
                  assertThatThrownBy(() -> hrtimer_cancel(timer))
                      .hasMessageContaining("belongs to kernel 'jiffy'");
                  startOther(1, HRTIMER_MODE_REL);
                  second.simulation().orElseThrow().advance(Duration.ofMillis(10));
                  assertThat(there.context().preemptCount()).isZero();
                }
              });
      thread.start();
      thread.join();
    }
    assertThat(otherRuns).as("two kernels side by side").hasValue(1);
    assertThat(hrtimer_cancel(timer)).isEqualTo(1);
  }
}
