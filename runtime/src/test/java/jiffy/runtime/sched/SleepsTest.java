package jiffy.runtime.sched;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Delay.msleep_interruptible;
import static jiffy.linux.Delay.usleep_range;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.get_current_state;
import static jiffy.linux.Sched.schedule_timeout;
import static jiffy.linux.Sched.set_current_state;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Wait.wait_event_interruptible;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.linux.Sched;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Sleeps are never too short, and return what they returned on Linux: truth/semprobe_sync.dmesg.
 * How long they are to the jiffy is TimeoutsTest's.
 */
@OnBothPlatforms
class SleepsTest {
  private final TestKernel kernel;

  SleepsTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @Test
  void schedule_timeout_isNeverEarlyAndReturns0() {
    for (long timeout : new long[] {0, 1, 2, 10, 63, 64}) {
      long before = jiffies();
      set_current_state(TASK_UNINTERRUPTIBLE);
      assertThat(schedule_timeout(timeout)).isZero();
      assertThat(jiffies() - before).isGreaterThan(timeout);
      assertThat(get_current_state()).isEqualTo(TASK_RUNNING);
    }
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(schedule_timeout(-5)).isZero();
  }

  @Test
  void schedule_timeout_thatNeedNotSleepOrIsWoken_returnsWhatIsLeft() {
    long far = TestKernel.FAR;
    kernel.assertLeft(0, far, schedule_timeout(far)); // TASK_RUNNING
    TaskStruct me = current();
    Task waker =
        kernel.start(
            "waker",
            () -> {
              while (wake_up_process(me) == 0) {
                Sched.yield();
              }
              return 0;
            });
    set_current_state(TASK_UNINTERRUPTIBLE);
    kernel.assertLeft(0, far, schedule_timeout(far));
    kernel.join(waker);
    assertThat(wake_up_process(me)).isZero();
  }

  @Test
  void msleep_takesAtLeastOneJiffyMoreThanAsked() {
    for (int ms : new int[] {0, 1, 4, 5, 20}) {
      long before = jiffies();
      msleep(ms);
      assertThat(jiffies() - before).isGreaterThanOrEqualTo(msecs_to_jiffies(ms) + 1);
    }
    assertThat(msleep_interruptible(20)).isZero();
    long before = kernel.machine.uptimeNanos();
    usleep_range(500, 600);
    assertThat(kernel.machine.uptimeNanos() - before).isGreaterThanOrEqualTo(500_000);
  }

  @Test
  void msleep_interruptible_signalled_returnsWhatIsLeft() {
    Task sleeper = kernel.start("sleeper", () -> (int) msleep_interruptible(1_000_000));
    kernel.signal(sleeper, 1); // perhaps before it sleeps
    assertThat(kernel.join(sleeper)).isPositive();
    WaitQueueHead wq = new WaitQueueHead();
    Task waiter = kernel.start("waiter", () -> wait_event_interruptible(wq, () -> false));
    kernel.signal(waiter, 1);
    assertThat(kernel.join(waiter)).isEqualTo(-ERESTARTSYS);
  }
}
