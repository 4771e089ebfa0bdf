package jiffy.runtime.time;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.TIMER_IRQSAFE;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.sched.Task;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;

/** A timer callback that never returns is given up: others have its CPU, and it none. */
@OnBothPlatforms
class TimerGiveUpTest extends TwoTimersFixture {
  TimerGiveUpTest(Platform platform) {
    super(platform);
  }

  /** Arms the timer, and returns when its callback runs. */
  private void enter(Consumer<TimerList> function, int flags) {
    timer_setup(
        timer,
        t -> {
          entered.set(true);
          function.accept(t);
        },
        flags);
    mod_timer(timer, jiffies() + 2);
    kernel.until("it is entered", entered::get);
  }

  private TimerList giveUp() {
    return machine.timekeeping().giveUp(kernel.self.context(), smp_processor_id());
  }

  private long lines(String text) {
    return machine.dmesg().stream().filter(line -> line.contains(text)).count();
  }

  @Test
  void giveUp_ofACallbackThatNeverReturns_letsOtherTimersGoOn() {
    enter(
        t -> {
          spinUntil(release);
          runs.incrementAndGet();
        },
        0);
    armOther(3);
    kernel.settle();
    assertThat(otherRuns).hasValue(0);
    assertThat(giveUp()).isSameAs(timer);
    kernel.until("the other runs", () -> otherRuns.get() == 1);
    mod_timer(other, jiffies() + 2);
    release.set(true);
    kernel.until("both end", () -> runs.get() == 1 && otherRuns.get() == 2);
    assertThat(del_timer_sync(timer)).isZero();
  }

  @Test
  void giveUp_whileSomebodyWaitsForTheCallback_letsHimGoOnInBoundedTime() {
    enter(t -> spinUntil(release), 0);
    Task waiter = kernel.start("waiter", () -> del_timer_sync(timer));
    kernel.settle();
    assertThat(waiter.isEnded()).isFalse();
    giveUp();
    assertThat(kernel.join(waiter)).isZero();
  }

  /** The CPU is not his any more: what another callback does there goes on. */
  @Test
  void msleep_ofACallbackThatWasGivenUpBefore_leavesTheCpuAlone() {
    AtomicBoolean sleep = new AtomicBoolean();
    enter(
        t -> {
          spinUntil(sleep);
          msleep(10);
          runs.incrementAndGet();
        },
        0);
    giveUp();
    AtomicBoolean otherEntered = new AtomicBoolean();
    timer_setup(
        other,
        t -> {
          otherEntered.set(true);
          spinUntil(release);
          otherRuns.incrementAndGet();
        },
        0);
    mod_timer(other, jiffies() + 2);
    kernel.until("the other is entered", otherEntered::get);
    sleep.set(true);
    kernel.until("it sleeps", () -> lines("scheduling while atomic") == 1);
    kernel.settle();
    assertThat(otherRuns).hasValue(0);
    release.set(true);
    kernel.until("both end", () -> runs.get() == 1 && otherRuns.get() == 1);
    assertThat(lines("given up")).isEqualTo(1);
  }

  @Test
  void giveUp_ofACallbackWithInterruptsDisabled_letsOtherTimersGoOn() {
    enter(t -> spinUntil(release), TIMER_IRQSAFE);
    giveUp();
    armOther(5);
    kernel.until("the other runs", () -> otherRuns.get() == 1);
  }
}
