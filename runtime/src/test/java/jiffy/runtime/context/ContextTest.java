package jiffy.runtime.context;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_SOFT;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Spinlocks.spin_lock_irqsave;
import static jiffy.linux.Spinlocks.spin_unlock_irqrestore;
import static jiffy.linux.Timers.TIMER_IRQSAFE;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.SpinlockT;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Contexts and what they say of themselves: truth/semprobe_ctx.dmesg, row by row. */
@OnBothPlatforms
class ContextTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final ContextRows rows = new ContextRows();

  ContextTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void assertRecorded(int count) throws IOException {
    kernel.until(count + " have been noted", () -> rows.size() >= count);
    rows.assertAsRecorded(count);
  }

  @Test
  void spin_unlock_irqrestore_withOverdueTimers_hasThemRun() {
    AtomicInteger runs = new AtomicInteger();
    TimerList timer = new TimerList();
    timer_setup(timer, t -> runs.incrementAndGet(), 0);
    SpinlockT lock = new SpinlockT();
    long flags = spin_lock_irqsave(lock);
    mod_timer(timer, jiffies() + 2);
    mdelay(100);
    assertThat(runs).hasValue(0);
    spin_unlock_irqrestore(lock, flags);
    assertThat(runs).hasValue(1);
  }

  @Test
  void contextOfATask_asRecorded() throws IOException {
    rows.noteOfATask();
    assertRecorded(11);
    assertThat(preempt_count()).isZero();
    assertThat(irqs_disabled()).isFalse();
  }

  @Test
  void contextOfAKthread_asRecorded() throws IOException {
    kthread_run(
        data -> {
          rows.note("kthread");
          return 0;
        },
        null,
        "sp_kthread/%d",
        7);
    assertRecorded(1);
  }

  @Test
  void contextsOfTimers_asRecorded() throws IOException {
    TimerList timer = new TimerList();
    timer_setup(timer, t -> rows.note("timer"), 0);
    TimerList irqSafe = new TimerList();
    timer_setup(irqSafe, t -> rows.note("timer_TIMER_IRQSAFE"), TIMER_IRQSAFE);
    mod_timer(timer, jiffies() + 1);
    mod_timer(irqSafe, jiffies() + 1);
    assertRecorded(2);
  }

  @Test
  void contextsOfHrtimers_asRecorded() throws IOException {
    startNoting("hrtimer_MODE_REL", HRTIMER_MODE_REL);
    startNoting("hrtimer_MODE_REL_SOFT", HRTIMER_MODE_REL_SOFT);
    assertRecorded(2);
  }

  private void startNoting(String row, int mode) {
    Hrtimer timer = new Hrtimer();
    hrtimer_setup(
        timer,
        t -> {
          rows.note(row);
          return HRTIMER_NORESTART;
        },
        CLOCK_MONOTONIC,
        mode);
    hrtimer_start(timer, 1_000_000, mode);
  }

  @Test
  void contextsOfTasklets_asRecorded() throws IOException {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet_setup(tasklet, t -> rows.note("tasklet(scheduled from process ctx)"));
    TaskletStruct hi = new TaskletStruct();
    tasklet_setup(hi, t -> rows.note("tasklet_hi"));
    tasklet_schedule(tasklet);
    tasklet_hi_schedule(hi);
    assertRecorded(2);
  }

  @Test
  void irqsave_nested_keepsInterruptsOffUntilTheOutermostRestore() {
    SpinlockT a = new SpinlockT();
    SpinlockT b = new SpinlockT();
    long outer = spin_lock_irqsave(a);
    long inner = spin_lock_irqsave(b);
    spin_unlock_irqrestore(b, inner);
    assertThat(irqs_disabled()).isTrue();
    spin_unlock_irqrestore(a, outer);
    assertThat(irqs_disabled()).isFalse();
  }

  @Test
  void get_outsideAnyKernel_saysWhatToDo() {
    kernel.self.close();
    assertThatThrownBy(jiffy.linux.Jiffies::jiffies)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("runs in no kernel context")
        .hasMessageContaining("machine.attach(name)");
  }

  @Test
  void attach_ofAnAttachedThread_keepsItsTask() {
    int pid = current().pid;
    try (Attachment again = machine.attach("other")) {
      assertThat(current().pid).isEqualTo(pid);
      assertThat(current().comm).isEqualTo("insmod");
    }
    assertThat(current().pid).isEqualTo(pid);
  }

  @Test
  void comm_isCutTo15Characters() {
    kernel.self.close();
    try (Attachment long1 = machine.attach("a-very-long-task-name")) {
      assertThat(current().comm).isEqualTo("a-very-long-tas");
    }
  }
}
