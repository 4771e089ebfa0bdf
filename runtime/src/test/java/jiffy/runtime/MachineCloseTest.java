package jiffy.runtime;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import jiffy.runtime.context.Context;
import jiffy.runtime.irq.Vector;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Threads that are attached when the machine is closed get through their calls all the same. */
@Timeout(value = 20, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MachineCloseTest {
  private final TimerList timer = new TimerList();

  private static Machine oneCpu() {
    return Machine.boot("hz=1000 nr_cpus=1");
  }

  @Test
  void close_twice_isOnce() {
    for (Machine machine : new Machine[] {oneCpu(), Machine.simulate("nr_cpus=1")}) {
      machine.close();
      machine.close();
    }
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
      Thread another =
          new Thread(
              () -> {
                try (Attachment there = machine.attach("another")) {
                  local_bh_disable();
                  local_bh_enable();
                }
              });
      another.start();
      another.join();
      local_bh_enable();
    }
  }
}
