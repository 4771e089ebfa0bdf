package jiffy.testkit.docs;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.testkit.KernelTest;
import jiffy.testkit.TestMachine;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;

class LeftoversTest {
  @KernelTest(mayLeave = true)
  void timer_thatNobodyDeletes(TestMachine kernel) {
    TimerList timer = new TimerList();
    timer_setup(timer, t -> {}, 0);
    mod_timer(timer, jiffies() + 3600 * HZ());
  }

  @KernelTest(mayComplain = true)
  void spin_unlock_ofAFreeLock_isReported(TestMachine kernel) {
    spin_unlock(new SpinlockT());
    assertThat(kernel.dmesg()).hasPart("BUG: spinlock already unlocked");
  }
}
