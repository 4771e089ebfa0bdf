package jiffy.runtime.time;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Delay.msleep_interruptible;
import static jiffy.linux.Delay.ssleep;
import static jiffy.linux.Delay.usleep_range;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.hrtimer_init;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Jiffies.INITIAL_JIFFIES;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Sched.MAX_SCHEDULE_TIMEOUT;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.schedule_timeout;
import static jiffy.linux.Sched.set_current_state;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_bh;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.runtime.time.TimerFixture.assertExactOrLate;
import static jiffy.types.HrtimerRestart.HRTIMER_NORESTART;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import jiffy.linux.Irqflags;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Hrtimer;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** schedule_timeout and msleep, beside truth/semprobe_sync.dmesg; sleeping where one must not. */
@OnBothPlatforms
class TimeoutsTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final TimerList timer = new TimerList();

  TimeoutsTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  /** On virtual time, so that what follows begins where it began when it was recorded. */
  private void beginAtJiffy(long sinceBoot) {
    if (kernel.isSim()) {
      kernel.sim().advanceToJiffies(INITIAL_JIFFIES() + sinceBoot);
    }
  }

  /** One after the other, as recorded: the wheel's grid is absolute, and its clock runs ahead. */
  @Test
  void schedule_timeout_untilItsEnd_takesTheRecordedJiffies() {
    beginAtJiffy(2456);
    long[] timeouts = {0, 1, 2, 10, 63, 64, 100};
    long[] elapsed = {1, 2, 3, 11, 64, 71, 104};
    for (int i = 0; i < timeouts.length; i++) {
      long before = jiffies();
      set_current_state(TASK_UNINTERRUPTIBLE);
      assertThat(schedule_timeout(timeouts[i])).isZero();
      long took = jiffies() - before;
      assertThat(took).as("timeout %d", timeouts[i]).isGreaterThan(timeouts[i]);
      if (kernel.isSim()) {
        assertThat(took).as("timeout %d", timeouts[i]).isEqualTo(elapsed[i]);
      }
      assertThat(current().__state).isEqualTo(TASK_RUNNING);
    }
  }

  @Test
  void schedule_timeout_of63_takesUpTo65() {
    kernel.virtualTimeOnly("on the host it may take longer");
    List<Long> elapsed = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      kernel.sim().advanceToJiffies((jiffies() | 7) + 1 + i);
      long before = jiffies();
      set_current_state(TASK_UNINTERRUPTIBLE);
      schedule_timeout(63);
      elapsed.add(jiffies() - before);
    }
    assertThat(elapsed).allMatch(n -> n >= 64 && n <= 72).contains(65L);
  }

  @Test
  void schedule_timeout_whileRunning_returnsAllAtOnce() {
    if (kernel.isSim()) {
      long before = jiffies();
      assertThat(schedule_timeout(10)).isEqualTo(10);
      assertThat(jiffies()).isEqualTo(before);
    } else {
      assertThat(schedule_timeout(TestKernel.FAR)).isBetween(1L, TestKernel.FAR);
    }
  }

  @Test
  void schedule_timeout_wokenAt5Of100_returns94() {
    TaskStruct me = current();
    AtomicInteger woke = new AtomicInteger(-1);
    timer_setup(timer, t -> woke.set(wake_up_process(me)), 0);
    set_current_state(TASK_UNINTERRUPTIBLE); // first, or the host may lose the wake-up
    mod_timer(timer, jiffies() + 5);
    long left = schedule_timeout(kernel.isSim() ? 100 : TestKernel.FAR);
    if (kernel.isSim()) {
      assertThat(left).isEqualTo(94);
    } else {
      assertThat(left).isBetween(1L, TestKernel.FAR);
    }
    kernel.until("the timer has woken it", () -> woke.get() >= 0);
    assertThat(woke).hasValue(1);
    assertThat(wake_up_process(me)).isZero();
  }

  @Test
  void schedule_timeout_negative_isReportedAndReturns0() {
    set_current_state(TASK_INTERRUPTIBLE);
    assertThat(schedule_timeout(-5)).isZero();
    assertThat(current().__state).isEqualTo(TASK_RUNNING);
    assertThat(log())
        .containsSequence("schedule_timeout: wrong timeout value fffffffffffffffb")
        .anyMatch(line -> line.matches("CPU: 0 PID: \\d+ Comm: insmod Not tainted \\S+ #1"))
        .contains("Call Trace:", " <TASK>");
  }

  @Test
  void schedule_timeout_withoutEnd_sleepsUntilItIsWoken() {
    TaskStruct me = current();
    timer_setup(timer, t -> wake_up_process(me), 0);
    set_current_state(TASK_UNINTERRUPTIBLE);
    long before = jiffies();
    mod_timer(timer, before + 50);
    assertThat(schedule_timeout(MAX_SCHEDULE_TIMEOUT)).isEqualTo(MAX_SCHEDULE_TIMEOUT);
    assertExactOrLate(kernel, jiffies() - before, 51);
  }

  /** Starts as recorded: each sleep begins where the one before has ended. */
  @Test
  void msleep_asRecorded_takesTheRecordedJiffies() {
    beginAtJiffy(2720);
    int[] millis = {0, 1, 3, 4, 5, 10, 20};
    int[] jiffies = {2, 3, 3, 3, 4, 5, 7};
    for (int i = 0; i < millis.length; i++) {
      long before = jiffies();
      msleep(millis[i]);
      assertExactOrLate(kernel, jiffies() - before, jiffies[i]);
    }
  }

  @Test
  void msleep_of500_takes512To528Milliseconds() {
    kernel.virtualTimeOnly("on the host it may take longer");
    for (int i = 0; i < 8; i++) {
      kernel.sim().advanceToJiffies((jiffies() | 7) + 1 + i);
      long before = jiffies();
      msleep(500);
      assertThat(jiffies() - before).isBetween(127L, 134L);
    }
    long before = jiffies();
    ssleep(1);
    assertThat(jiffies() - before).isBetween(252L, 264L);
  }

  @Test
  void msleep_interruptible_ofASignalledTask_returnsWhatIsLeft() {
    assertThat(msleep_interruptible(20)).isZero();
    timer_setup(timer, t -> machine.sched().signal(kernel.self.context().task(), 1), 0);
    mod_timer(timer, jiffies() + 5);
    long left = msleep_interruptible(400_000);
    if (kernel.isSim()) {
      assertThat(left).isEqualTo((100_001 - 6) * 4);
    } else {
      assertThat(left).isBetween(1L, 100_001L * 4);
    }
  }

  @Test
  void usleep_range_goesByTheClock() {
    long before = machine.uptimeNanos();
    usleep_range(150, 200);
    long took = machine.uptimeNanos() - before;
    assertThat(took).isGreaterThanOrEqualTo(150_000);
    if (kernel.isSim()) {
      assertThat(took).isLessThanOrEqualTo(200_000);
    }
  }

  @Test
  void msleep_underSpinLock_isReportedAndSleeps() {
    SpinlockT lock = new SpinlockT();
    spin_lock(lock);
    long before = jiffies();
    msleep(20);
    assertThat(jiffies() - before).isGreaterThanOrEqualTo(6);
    spin_unlock(lock);
    assertThat(log())
        .anyMatch(line -> line.matches("BUG: scheduling while atomic: insmod/\\d+/0x00000002"))
        .contains("Modules linked in:", "Call Trace:")
        .anyMatch(line -> line.contains("msleep (Delay.java"));
    assertThat(preempt_count()).isZero();
  }

  @Test
  void msleep_withBhOff_isReportedSleepsAndLeavesTheCpuUsable() {
    spin_lock_bh(new SpinlockT());
    msleep(20);
    assertThat(preempt_count()).isZero();
    assertThat(log())
        .anyMatch(line -> line.matches("BUG: scheduling while atomic: insmod/\\d+/0x00000202"));
    assertThat(kernel.self.context().cpu.gate.toString()).startsWith("gate[bh 0, irq 0");
  }

  @Test
  void msleep_withIrqsOff_isSilentAndComesBackWithIrqsOn() {
    local_irq_disable();
    msleep(20);
    assertThat(Irqflags.irqs_disabled()).isFalse();
    assertThat(log()).noneMatch(line -> line.contains("BUG"));
  }

  @Test
  void msleep_inATimer_isReportedSleepsAndTheCpuGoesOn() {
    List<Long> ends = new CopyOnWriteArrayList<>();
    TimerList other = new TimerList();
    List<Long> others = new CopyOnWriteArrayList<>();
    timer_setup(other, t -> others.add(jiffies()), 0);
    timer_setup(timer, t -> sleepAndNote(100, ends), 0);
    long start = jiffies();
    mod_timer(timer, start + 5);
    mod_timer(other, start + 10);
    kernel.until("the other runs", () -> !others.isEmpty());
    kernel.until("it has slept", () -> !ends.isEmpty());

    assertThat(others).hasSize(1);
    assertExactOrLate(kernel, others.get(0), start + 11);
    assertThat(ends.get(0)).isGreaterThanOrEqualTo(start + 6 + 26);
    if (kernel.isSim()) {
      assertThat(ends.get(0)).isLessThanOrEqualTo(start + 6 + 26 + 8);
    }
    assertThat(del_timer_sync(timer)).isZero(); // until it has returned
    assertThat(log())
        .contains("BUG: scheduling while atomic: swapper/0/0/0x00000102", " <IRQ>", " </IRQ>")
        .anyMatch(line -> line.contains("preempt leak: 00000101 -> 00000000"));

    ends.clear();
    mod_timer(timer, jiffies() + 5);
    assertThat(timer_pending(timer)).isTrue();
    kernel.until("once more, on the fresh thread", () -> ends.size() == 1);
  }

  /** The sleeper sleeps until it is woken: meanwhile the other has its turn. */
  @Test
  void msleep_inATimerWithoutEnd_letsOtherTimersOfTheCpuRun() {
    AtomicReference<TaskStruct> sleeper = new AtomicReference<>();
    AtomicInteger runs = new AtomicInteger();
    timer_setup(
        timer,
        t -> {
          sleeper.set(current());
          set_current_state(TASK_UNINTERRUPTIBLE);
          schedule_timeout(MAX_SCHEDULE_TIMEOUT);
          runs.incrementAndGet();
        },
        0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("it is entered", () -> sleeper.get() != null);
    TimerList other = new TimerList();
    timer_setup(other, t -> runs.addAndGet(10), 0);
    mod_timer(other, jiffies() + 1);
    kernel.until("the other runs", () -> runs.get() == 10);
    wake_up_process(sleeper.get());
    kernel.until("the sleeper goes on", () -> runs.get() == 11);
  }

  @Test
  void msleep_inTwoTimersAtOnce_endsInBoth() {
    List<Long> ends = new CopyOnWriteArrayList<>();
    TimerList other = new TimerList();
    timer_setup(timer, t -> sleepAndNote(100, ends), 0);
    timer_setup(other, t -> sleepAndNote(200, ends), 0);
    mod_timer(timer, jiffies() + 5);
    mod_timer(other, jiffies() + 6);
    kernel.until("both end", () -> ends.size() == 2);
  }

  @Test
  void msleep_inAnHrtimer_isReportedSleepsAndTheCpuGoesOn() {
    List<Long> ends = new CopyOnWriteArrayList<>();
    Hrtimer first = new Hrtimer();
    hrtimer_init(first, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    first.function =
        t -> {
          sleepAndNote(100, ends);
          return HRTIMER_NORESTART;
        };
    List<Long> others = new CopyOnWriteArrayList<>();
    Hrtimer other = new Hrtimer();
    hrtimer_init(other, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    other.function =
        t -> {
          others.add(jiffies());
          return HRTIMER_NORESTART;
        };
    long start = jiffies();
    hrtimer_start(first, 20_000_000, HRTIMER_MODE_REL);
    hrtimer_start(other, 40_000_000, HRTIMER_MODE_REL);
    kernel.until("the other runs", () -> !others.isEmpty());
    kernel.until("it has slept", () -> !ends.isEmpty());
    assertThat(others).hasSize(1);
    assertExactOrLate(kernel, others.get(0), start + 10);
    assertThat(log()).contains("BUG: scheduling while atomic: swapper/0/0/0x00010002");
  }

  private static void sleepAndNote(int millis, List<Long> ends) {
    msleep(millis);
    ends.add(jiffies());
  }

  private List<String> log() {
    return machine.dmesg().stream().map(line -> line.substring(line.indexOf(']') + 2)).toList();
  }
}
