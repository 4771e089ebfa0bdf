package jiffy.runtime.context;

import static jiffy.linux.Delay.cpu_relax;
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
import static jiffy.linux.Timers.TIMER_IRQSAFE;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** truth/semprobe_ctx.dmesg, row by row, on real threads. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
class ContextHostTest {
  private final Machine machine = Machine.boot("hz=250 nr_cpus=2");
  private final Attachment test = machine.attach("insmod", 0);
  private final ContextRows rows = new ContextRows();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private void assertRecorded(int count) throws IOException {
    while (rows.size() < count) {
      assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
      cpu_relax();
    }
    rows.assertAsRecorded(count);
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
}
