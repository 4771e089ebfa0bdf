package jiffy.runtime;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.runtime.context.Context;
import jiffy.runtime.irq.Vector;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that are attached when the machine is closed get through their calls all the same. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
@OnBothPlatforms
class MachineCloseTest {
  private final Platform platform;
  private final TimerList timer = new TimerList();

  MachineCloseTest(Platform platform) {
    this.platform = platform;
  }

  private Machine oneCpu() {
    String commandLine = "hz=1000 nr_cpus=1";
    return platform == Platform.SIM ? Machine.simulate(commandLine) : Machine.boot(commandLine);
  }

  @Test
  void close_twice_isOnce() {
    Machine machine = oneCpu();
    machine.close();
    machine.close();
  }

  @Test
  void mod_timer_afterClose_neitherThrowsNorLocksTheBase() {
    Machine machine = oneCpu();
    try (Attachment test = machine.attach("test")) {
      machine.close();
      timer_setup(timer, t -> {}, 0);
      mod_timer(timer, jiffies() + 1000);
      assertThat(del_timer_sync(timer)).isEqualTo(1);
    }
  }

  @Test
  void local_bh_enable_withSomethingPendingAfterClose_returns() {
    Machine machine = oneCpu();
    try (Attachment test = machine.attach("test")) {
      timer_setup(timer, t -> {}, 0);
      mod_timer(timer, jiffies() + 1);
      Context context = test.context();
      while (machine.softirqs().served(0, Vector.TIMER) == 0) {
        context.park(machine.timekeeping().clock().startOf(jiffies() + 1));
      }
      machine.close();
      local_bh_disable();
      machine.softirqs().raise(context, Vector.TIMER);
      local_bh_enable();
      local_bh_disable();
      local_bh_enable();
    }
  }

  @Test
  void local_bh_disable_ofAnotherThreadAfterClose_doesNotWaitForTheStoppedHandler()
      throws InterruptedException {
    Assumptions.assumeTrue(platform == Platform.HOST, "nobody joins a simulation that is over");
    Machine machine = oneCpu();
    try (Attachment test = machine.attach("test")) {
      timer_setup(timer, t -> {}, 0);
      mod_timer(timer, jiffies() + 1);
      local_bh_disable();
      mod_timer(timer, jiffies() - 1);
      while (!test.context().cpu.gate.toString().contains("softirq waits")) {
        test.context().park(machine.timekeeping().clock().startOf(jiffies() + 1));
      }
      machine.close();
      AtomicBoolean isThrough = new AtomicBoolean();
      Thread another =
          new Thread(
              () -> {
                try (Attachment there = machine.attach("another")) {
                  local_bh_disable();
                  local_bh_enable();
                  isThrough.set(true);
                }
              });
      another.start();
      another.join();
      assertThat(isThrough).isTrue();
      local_bh_enable();
    }
  }
}
