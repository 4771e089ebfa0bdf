package jiffy.runtime.time;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Delay.msleep_interruptible;
import static jiffy.linux.Delay.ssleep;
import static jiffy.linux.Delay.usleep_range;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.hrtimer_init;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Irqflags.local_irq_disable;
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
import static jiffy.types.HrtimerRestart.HRTIMER_NORESTART;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.Irqflags;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** schedule_timeout and msleep, beside truth/semprobe_sync.dmesg; sleeping where one must not. */
class TimeoutsTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final TimerList timer = new TimerList();

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  /** One after the other, as recorded: the wheel's grid is absolute, and its clock runs ahead. */
  @Test
  void schedule_timeout_untilItsEnd_takesTheRecordedJiffies() {
    sim.advanceToJiffies(4_294_892_296L + 2456);
    long[] timeouts = {0, 1, 2, 10, 63, 64, 100};
    long[] elapsed = {1, 2, 3, 11, 64, 71, 104};
    for (int i = 0; i < timeouts.length; i++) {
      long before = jiffies();
      set_current_state(TASK_UNINTERRUPTIBLE);
      assertThat(schedule_timeout(timeouts[i])).isZero();
      assertThat(jiffies() - before).as("timeout %d", timeouts[i]).isEqualTo(elapsed[i]);
      assertThat(current().__state).isEqualTo(TASK_RUNNING);
    }
  }

  @Test
  void schedule_timeout_of63_takesUpTo65() {
    List<Long> elapsed = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      sim.advanceToJiffies((jiffies() | 7) + 1 + i);
      long before = jiffies();
      set_current_state(TASK_UNINTERRUPTIBLE);
      schedule_timeout(63);
      elapsed.add(jiffies() - before);
    }
    assertThat(elapsed).allMatch(n -> n >= 64 && n <= 72).contains(65L);
  }

  @Test
  void schedule_timeout_whileRunning_returnsAllAtOnce() {
    long before = jiffies();
    assertThat(schedule_timeout(10)).isEqualTo(10);
    assertThat(jiffies()).isEqualTo(before);
  }

  @Test
  void schedule_timeout_wokenAt5Of100_returns94() {
    TaskStruct me = current();
    AtomicInteger woke = new AtomicInteger(-1);
    timer_setup(timer, t -> woke.set(wake_up_process(me)), 0);
    mod_timer(timer, jiffies() + 5);
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(schedule_timeout(100)).isEqualTo(94);
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
    mod_timer(timer, jiffies() + 50);
    long before = jiffies();
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(schedule_timeout(MAX_SCHEDULE_TIMEOUT)).isEqualTo(MAX_SCHEDULE_TIMEOUT);
    assertThat(jiffies() - before).isEqualTo(51);
  }

  /** Starts as recorded: each sleep begins where the one before has ended. */
  @Test
  void msleep_asRecorded_takesTheRecordedJiffies() {
    sim.advanceToJiffies(4_294_892_296L + 2720);
    int[] millis = {0, 1, 3, 4, 5, 10, 20};
    int[] jiffies = {2, 3, 3, 3, 4, 5, 7};
    for (int i = 0; i < millis.length; i++) {
      long before = jiffies();
      msleep(millis[i]);
      assertThat(jiffies() - before).as("msleep(%d)", millis[i]).isEqualTo(jiffies[i]);
    }
  }

  @Test
  void msleep_of500_takes512To528Milliseconds() {
    for (int i = 0; i < 8; i++) {
      sim.advanceToJiffies((jiffies() | 7) + 1 + i);
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
    timer_setup(timer, t -> machine.scheduler().signal(self.context().task(), 1), 0);
    mod_timer(timer, jiffies() + 5);
    assertThat(msleep_interruptible(400)).isEqualTo((101 - 6) * 4);
  }

  @Test
  void usleep_range_goesByTheClock() {
    long before = sim.now().toNanos();
    usleep_range(150, 200);
    assertThat(sim.now().toNanos() - before).isBetween(150_000L, 200_000L);
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
    assertThat(self.context().cpu.gate.toString()).startsWith("gate[bh 0, irq 0");
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
    List<Long> ends = new ArrayList<>();
    TimerList other = new TimerList();
    List<Long> others = new ArrayList<>();
    timer_setup(other, t -> others.add(jiffies()), 0);
    timer_setup(
        timer,
        t -> {
          msleep(100);
          ends.add(jiffies());
        },
        0);
    long start = jiffies();
    mod_timer(timer, start + 5);
    mod_timer(other, start + 10);
    sim.advanceToJiffies(start + 100);

    assertThat(others).containsExactly(start + 11);
    assertThat(ends).hasSize(1);
    assertThat(ends.get(0)).isBetween(start + 6 + 26, start + 6 + 26 + 8);
    assertThat(log())
        .contains("BUG: scheduling while atomic: swapper/0/0/0x00000102", " <IRQ>", " </IRQ>")
        .anyMatch(line -> line.contains("preempt leak: 00000101 -> 00000000"));

    ends.clear();
    mod_timer(timer, jiffies() + 5);
    assertThat(timer_pending(timer)).isTrue();
    sim.advanceToJiffies(jiffies() + 100);
    assertThat(ends).as("once more, on the fresh thread").hasSize(1);
  }

  @Test
  void msleep_inTwoTimersAtOnce_endsInBoth() {
    List<Long> ends = new ArrayList<>();
    TimerList other = new TimerList();
    timer_setup(timer, t -> sleepAndNote(100, ends), 0);
    timer_setup(other, t -> sleepAndNote(200, ends), 0);
    mod_timer(timer, jiffies() + 5);
    mod_timer(other, jiffies() + 6);
    sim.advanceToJiffies(jiffies() + 100);
    assertThat(ends).hasSize(2);
  }

  @Test
  void msleep_inAnHrtimer_isReportedSleepsAndTheCpuGoesOn() {
    List<Long> ends = new ArrayList<>();
    Hrtimer first = new Hrtimer();
    hrtimer_init(first, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
    first.function =
        t -> {
          sleepAndNote(100, ends);
          return HRTIMER_NORESTART;
        };
    List<Long> others = new ArrayList<>();
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
    sim.advanceToJiffies(start + 100);
    assertThat(others).containsExactly(start + 10);
    assertThat(ends).hasSize(1);
    assertThat(log()).contains("BUG: scheduling while atomic: swapper/0/0/0x00010002");
  }

  @Test
  void del_timer_sync_ofATimerThatStartsItselfAgain_returns() {
    AtomicInteger runs = new AtomicInteger();
    timer_setup(
        timer,
        t -> {
          runs.incrementAndGet();
          mdelay(3);
          mod_timer(timer, jiffies() + 1);
        },
        0);
    mod_timer(timer, jiffies() + 1);
    for (int i = 0; i < 20; i++) {
      sim.advance(Duration.ofNanos(1_700_000));
      del_timer_sync(timer);
      int before = runs.get();
      assertThat(timer_pending(timer)).isFalse();
      sim.advance(Duration.ofMillis(40));
      assertThat(runs.get()).as("it is not running, nor armed").isEqualTo(before);
      mod_timer(timer, jiffies() + i % 3);
      sim.advance(Duration.ofMillis(20));
    }
  }

  private static void sleepAndNote(int millis, List<Long> ends) {
    msleep(millis);
    ends.add(jiffies());
  }

  private List<String> log() {
    return machine.dmesg().stream().map(line -> line.substring(line.indexOf(']') + 2)).toList();
  }
}
