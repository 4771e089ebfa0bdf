package jiffy.testkit.docs;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Ktime.ktime_get;
import static jiffy.linux.Ktime.ktime_get_real;
import static jiffy.linux.Ktime.ktime_to_ns;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.testkit.KernelTest;
import jiffy.testkit.TestMachine;
import jiffy.types.TimerList;

class VirtualTimeTest {
  private final AtomicInteger fired = new AtomicInteger();
  private final TimerList timer = new TimerList();

  @KernelTest
  void timer_firesAfterItsJiffy(TestMachine kernel) {
    timer_setup(timer, t -> fired.incrementAndGet(), 0);
    mod_timer(timer, jiffies() + 10);
    kernel.advanceToJiffies(timer.expires);
    assertThat(fired).hasValue(0); // never early: Linux 6.1 runs it in the jiffy after `expires`
    kernel.advanceToJiffies(timer.expires + 1);
    assertThat(fired).hasValue(1);
  }

  @KernelTest
  void timer_firesOnce(TestMachine kernel) {
    timer_setup(timer, t -> fired.incrementAndGet(), 0);
    mod_timer(timer, jiffies() + 24 * 3600 * HZ());
    kernel.runUntil(() -> fired.get() > 0);
    assertThat(kernel.now()).isGreaterThanOrEqualTo(Duration.ofDays(1));
    kernel.runUntilIdle();
    assertThat(fired).hasValue(1);
    assertThat(timer_pending(timer)).isFalse();
  }

  @KernelTest
  void msleep_inTheBody_letsOthersRunMeanwhile(TestMachine kernel) {
    kernel.start(
        "counter",
        () -> {
          for (int i = 0; i < 5; i++) {
            fired.incrementAndGet();
            msleep(100);
          }
          return 0;
        });
    assertThat(fired).hasValue(0); // it has been made, and runs when this task waits
    msleep(250);
    assertThat(fired).hasValue(3);
    kernel.runUntilIdle();
    assertThat(fired).hasValue(5);
  }

  @KernelTest
  void date_setBack_leavesTheTimeSinceBootAlone(TestMachine kernel) {
    long wall = ktime_to_ns(ktime_get_real());
    long monotonic = ktime_to_ns(ktime_get());
    kernel.stepWallClock(Duration.ofHours(-1));
    assertThat(ktime_to_ns(ktime_get())).isEqualTo(monotonic);
    assertThat(ktime_to_ns(ktime_get_real())).isEqualTo(wall - Duration.ofHours(1).toNanos());
  }
}
