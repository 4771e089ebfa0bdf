package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Interrupts.tasklet_disable;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Spinlocks.DEFINE_SPINLOCK;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.SpinlockT;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A module that misuses its tasklets harms nobody else, and is told. */
@OnBothPlatforms
class TaskletAbuseTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final TaskletStruct tasklet = new TaskletStruct();
  private final TaskletStruct other = new TaskletStruct();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger otherRuns = new AtomicInteger();
  private final AtomicBoolean entered = new AtomicBoolean();
  private final AtomicBoolean release = new AtomicBoolean();

  TaskletAbuseTest(Platform platform) {
    kernel = TestKernel.boot(platform, "nr_cpus=1");
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    release.set(true);
    kernel.close();
  }

  private void assertOtherRuns() {
    int before = otherRuns.get();
    tasklet_setup(other, t -> otherRuns.incrementAndGet());
    tasklet_schedule(other);
    kernel.until("another runs", () -> otherRuns.get() > before && other.state() == 0);
  }

  private void awaitRuns(int count) {
    kernel.until("run " + count, () -> runs.get() >= count);
    kernel.settle();
    assertThat(runs).hasValue(count);
  }

  /**
   * @return the task, which exits with the number of runs when tasklet_kill has returned
   */
  private Task startKiller() {
    return kernel.start(
        "killer",
        () -> {
          tasklet_kill(tasklet);
          return runs.get();
        });
  }

  /** When this returns its CPU has looked at the tasklet, or runs it still. */
  private void scheduleWithBhDisabled() {
    local_bh_disable();
    tasklet_schedule(tasklet);
    local_bh_enable();
  }

  private void assertLogged(String part) {
    assertThat(machine.dmesg()).anyMatch(line -> line.contains(part));
  }

  @Test
  void callback_thatThrows_isAnOopsAndTheNextRuns() {
    tasklet_setup(
        tasklet,
        t -> {
          throw new IllegalStateException("on purpose");
        });
    tasklet_schedule(tasklet);
    assertOtherRuns();
    assertLogged("tasklet callback_thatThrows_isAnOopsAndTheNextRuns.lambda threw");
    assertThat(tasklet.state()).isZero();
  }

  /** It loses its CPU, and counts as running until it returns. */
  @Test
  void callback_thatSleeps_isGivenUpAndNeverRunsTwiceAtOnce() {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    tasklet_setup(
        tasklet,
        t -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          entered.set(true);
          while (!release.get()) {
            msleep(1);
          }
          inside.decrementAndGet();
          runs.incrementAndGet();
        });
    assertOtherRuns(); // it is at home on this CPU
    tasklet_schedule(tasklet);
    kernel.until("it sleeps", entered::get);
    for (int i = 0; i < 3; i++) {
      tasklet_schedule(tasklet);
      assertOtherRuns();
      tasklet_kill(other);
    }
    assertThat(tasklet.state()).as("scheduled, and running").isEqualTo(3);
    assertThat(runs).hasValue(0);
    release.set(true);
    kernel.until("both runs have ended", () -> runs.get() == 2);
    kernel.settle();
    assertThat(most).hasValue(1);
    assertThat(tasklet.state()).isZero();
    assertLogged("BUG: scheduling while atomic");
  }

  @Test
  void callback_thatLeavesPreemptionDisabled_isNamedAndTheCountRestored() {
    tasklet_setup(tasklet, t -> preempt_disable());
    tasklet_schedule(tasklet);
    assertOtherRuns();
    assertLogged("softirq: huh, entered softirq 6 TASKLET callback_thatLeaves");
    assertLogged("with preempt_count 00000100, exited with 00000101?");
    assertThat(machine.dmesg().stream().filter(line -> line.contains("huh"))).hasSize(1);
  }

  @Test
  void tasklet_kill_fromItsOwnCallback_warnsAndReturns() {
    tasklet_setup(
        tasklet,
        t -> {
          tasklet_kill(t);
          runs.incrementAndGet();
        });
    tasklet_schedule(tasklet);
    awaitRuns(1);
    assertLogged("Attempt to kill tasklet from interrupt");
    assertLogged("from its own callback would wait for itself");
    tasklet_schedule(tasklet);
    assertOtherRuns();
    assertThat(runs).hasValue(2);
  }

  @Test
  void tasklet_kill_withBhDisabled_saysSoAndDoesNotWait() {
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    local_bh_disable();
    tasklet_schedule(tasklet);
    tasklet_kill(tasklet);
    assertThat(runs).hasValue(0);
    local_bh_enable();
    assertThat(runs).hasValue(1);
    assertLogged("Attempt to kill tasklet from interrupt");
  }

  @Test
  void tasklet_kill_withInterruptsDisabled_returnsInBoundedTime() {
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    local_irq_disable();
    tasklet_schedule(tasklet);
    tasklet_kill(tasklet);
    local_irq_enable();
    awaitRuns(1);
    assertLogged("with interrupts disabled: not waited for any longer");
  }

  @Test
  void tasklet_disable_fromItsOwnCallback_warnsAndReturns() {
    tasklet_setup(
        tasklet,
        t -> {
          tasklet_disable(t);
          runs.incrementAndGet();
        });
    tasklet_schedule(tasklet);
    assertOtherRuns();
    assertLogged("from its own callback would wait for itself");
    scheduleWithBhDisabled();
    assertThat(runs).hasValue(1);
    tasklet_enable(tasklet);
    awaitRuns(2);
  }

  @Test
  void tasklet_kill_ofADisabledScheduledOne_returnsInBoundedTimeAndNamesIt() {
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    tasklet_disable(tasklet);
    tasklet_schedule(tasklet);
    long before = jiffies();
    tasklet_kill(tasklet);
    assertThat(jiffies() - before)
        .as("11 s, and what the host adds")
        .isLessThan(kernel.isSim() ? 11 * 250 : Long.MAX_VALUE);
    assertLogged("is scheduled but disabled, would wait for ever: taken off the list");
    assertThat(tasklet.state()).isZero();
    tasklet_enable(tasklet);
    kernel.settle();
    assertThat(runs).hasValue(0);
    tasklet_schedule(tasklet);
    awaitRuns(1);
  }

  @Test
  void tasklet_kill_ofADisabledOneThatIsEnabledInTime_waitsUntilItHasRun() {
    kernel.virtualTimeOnly("a busy host may be later than the five seconds that it waits");
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    tasklet_disable(tasklet);
    tasklet_schedule(tasklet);
    Task killer = startKiller();
    kernel.settle(Duration.ofSeconds(1));
    assertThat(killer.isEnded()).isFalse();
    tasklet_enable(tasklet);
    kernel.settle();
    assertThat(killer.exitValue()).isEqualTo(1);
  }

  @Test
  void tasklet_enable_ofAnEnabledOne_warnsAndChangesNothing() {
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    tasklet_enable(tasklet);
    assertThat(tasklet.count).isZero();
    assertLogged("tasklet_enable of tasklet_enable_ofAnEnabledOne");
    assertLogged("which is enabled: ignored");
  }

  @Test
  void tasklet_setup_ofAScheduledOne_warnsAndTheListStaysWhole() {
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    local_bh_disable();
    tasklet_schedule(tasklet);
    tasklet_setup(tasklet, t -> runs.addAndGet(10));
    tasklet_schedule(tasklet);
    local_bh_enable();
    assertThat(runs).hasValue(10);
    assertLogged("set-up of");
    assertOtherRuns();
  }

  @Test
  void tasklet_schedule_withoutAFunction_isIgnoredByName() {
    tasklet_schedule(new TaskletStruct());
    assertLogged("tasklet: scheduled without a function: ignored");
    assertOtherRuns();
  }

  private void startEndless() {
    tasklet_setup(
        tasklet,
        t -> {
          entered.set(true);
          runs.incrementAndGet();
          while (!release.get()) {
            mdelay(1);
          }
        });
    local_bh_disable();
    tasklet_schedule(tasklet);
    tasklet_setup(other, t -> otherRuns.incrementAndGet());
    tasklet_schedule(other);
    SpinlockT lock = DEFINE_SPINLOCK();
    spin_lock(lock); // so that the pass is not waited for
    local_bh_enable();
    spin_unlock(lock);
    kernel.until("it runs", entered::get);
  }

  @Test
  void giveUp_ofACallbackThatNeverReturns_letsTheRestOfTheListRun() {
    startEndless();
    kernel.settle();
    assertThat(otherRuns).hasValue(0);
    assertThat(machine.tasklets().giveUp(kernel.self.context(), 0)).isSameAs(tasklet);
    kernel.until("the other runs", () -> otherRuns.get() > 0 && other.state() == 0);
    kernel.settle();
    assertThat(otherRuns).hasValue(1);
    assertLogged("does not return: given up; CPU 0 goes on without it");
    scheduleWithBhDisabled(); // runs still, so it has to wait
    assertThat(runs).hasValue(1);
    release.set(true);
    awaitRuns(2);
    kernel.until("it has ended", () -> tasklet.state() == 0);
    assertOtherRuns();
  }

  @Test
  void giveUp_whileNothingRuns_doesNothing() {
    assertOtherRuns();
    assertThat(machine.tasklets().giveUp(kernel.self.context(), 0)).isNull();
    assertOtherRuns();
  }

  @Test
  void tasklet_kill_ofOneThatWasGivenUp_returnsInBoundedTime() {
    startEndless();
    long before = jiffies();
    Task killer = startKiller();
    kernel.settle();
    machine.tasklets().giveUp(kernel.self.context(), 0);
    kernel.join(killer);
    if (kernel.isSim()) {
      assertThat(jiffies() - before).as("6 s").isLessThan(6 * 250);
    }
    assertLogged("has not returned and is not waited for any longer");
  }

  @Test
  void tasklet_schedule_ofAnotherKernelsTasklet_isRefusedByName() throws InterruptedException {
    tasklet_setup(tasklet, t -> runs.incrementAndGet());
    AtomicBoolean refused = new AtomicBoolean();
    try (Machine there = Machine.simulate("name=there nr_cpus=1")) {
      Thread thread =
          new Thread(
              () -> {
                try (Attachment a = there.attach("x")) {
                  assertThatThrownBy(() -> tasklet_schedule(tasklet)).hasMessageContaining("there");
                  assertThatThrownBy(() -> tasklet_kill(tasklet)).hasMessageContaining("there");
                  refused.set(true);
                }
              });
      thread.start();
      thread.join();
    }
    assertThat(refused).isTrue();
  }
}
