package jiffy.runtime.time;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.init_timer;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.runtime.TestKernel.FAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A module that misuses its timers harms nobody else. */
@OnBothPlatforms
class TimerAbuseTest extends TwoTimersFixture {
  TimerAbuseTest(Platform platform) {
    super(platform);
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
          runs.incrementAndGet();
        },
        0);
    timer_setup(other, t -> otherRuns.incrementAndGet(), 0);
    mod_timer(timer, jiffies() + 2);
    kernel.until("the timer runs", () -> runs.get() == 1);
    mod_timer(other, jiffies() + 30); // later than what was deleted
    awaitOther(1);
  }

  @Test
  void callback_thatThrows_isReportedAndOthersGoOn() {
    timer_setup(
        timer,
        t -> {
          com.google.common.base.Preconditions.checkState(false, "on purpose");
        },
        0);
    mod_timer(timer, jiffies() + 5);
    armOther(5);
    awaitOther(1);
    assertThat(del_timer_sync(timer)).isZero();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains(
                    "kernel: timer callback_thatThrows_isReportedAndOthersGoOn.lambda threw java.lang.IllegalStateException: on purpose"))
        .anyMatch(line -> line.contains(" at com.google.common.base.Preconditions.checkState("));
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
    awaitOther(1);
    assertThat(del_timer_sync(timer)).isZero();
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("its getMessage() threw"));
  }

  @Test
  void callback_thatLeavesPreemptCountChanged_isReportedAndPutRight() {
    SpinlockT lock = new SpinlockT();
    List<Runnable> leaks = List.of(() -> spin_lock(lock), () -> preempt_disable());
    AtomicInteger count = new AtomicInteger();
    timer_setup(other, t -> count.set(preempt_count()), 0);
    for (int i = 0; i < leaks.size(); i++) {
      int warnings = i + 1;
      timer_setup(timer, t -> leaks.get(warnings - 1).run(), 0);
      mod_timer(timer, jiffies() + 1);
      kernel.until("it is reported", () -> leaksReported() == warnings);
      count.set(0);
      mod_timer(other, jiffies() + 1);
      kernel.until("the other runs", () -> count.get() != 0);
      assertThat(count).hasValue(0x101);
    }
  }

  private long leaksReported() {
    return machine.dmesg().stream()
        .filter(line -> line.contains("preempt leak: 00000101 -> 00000102"))
        .count();
  }

  @Test
  void timer_setup_ofAPendingTimer_warnsAndTakesItOut() {
    local_bh_disable(); // or a slow host runs it before
    armOther(5);
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    mod_timer(timer, other.expires);
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    assertThat(timer_pending(timer)).isFalse();
    local_bh_enable();
    awaitOther(1);
    kernel.settle();
    assertThat(runs).as("same bucket").hasValue(0);
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("init active"));
  }

  @Test
  void init_timer_inItsOwnCallback_doesNotHurtRmmod() {
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
    kernel.until("it is entered", entered::get);
    Owner nobody = new Owner(machine.kernel(), "nobody");
    assertThat(machine.timekeeping().books().release(kernel.self.context(), nobody)).isZero();
  }

  /** truth/FACTS.md: "WARNING timer.c:1564, works"; not for a timer made for it. */
  @ParameterizedTest
  @CsvSource({"0, 1", "0x200000, 0"})
  void del_timer_sync_fromAHardInterrupt_warnsAndWorks(String flags, int warnings) {
    List<Integer> results = new CopyOnWriteArrayList<>();
    timer_setup(timer, t -> runs.incrementAndGet(), Integer.decode(flags));
    mod_timer(timer, jiffies() + FAR);
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
    kernel.until("the interrupt comes", () -> !results.isEmpty());
    assertThat(results).containsExactly(1);
    assertThat(timer_pending(timer)).isFalse();
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("del_timer_sync of ") && line.contains("interrupt"))
        .hasSize(warnings);
  }

  @Test
  void timer_ofAnotherKernel_isRefusedByName() throws InterruptedException {
    armOther(FAR);
    AtomicBoolean refused = new AtomicBoolean();
    try (Machine there = Machine.simulate("name=there nr_cpus=1")) {
      Thread thread =
          new Thread(
              () -> {
                try (Attachment a = there.attach("x")) {
                  assertThatThrownBy(() -> mod_timer(other, jiffies() + 1))
                      .hasMessageContaining("belongs to kernel 'jiffy'")
                      .hasMessageContaining("'there'");
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
  void release_ofATimerThatItsCallbackArmsMeanwhile_leavesNothingArmed() {
    timer_setup(
        timer,
        t -> {
          entered.set(true);
          while (!release.get()) {
            cpu_relax();
          }
          mod_timer(t, jiffies() + 2);
        },
        0);
    mod_timer(timer, jiffies() + 2);
    kernel.until("it is entered", entered::get);
    release.set(true);
    machine.timekeeping().books().release(kernel.self.context(), Owner.CORE);
    assertThat(timer_pending(timer)).isFalse();
  }
}
