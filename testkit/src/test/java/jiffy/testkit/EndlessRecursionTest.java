package jiffy.testkit;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Errno.ETIME;
import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.hrtimer_active;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_setup;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Hrtimers.hrtimer_try_to_cancel;
import static jiffy.linux.Interrupts.TASKLET_SOFTIRQ;
import static jiffy.linux.Interrupts.raise_softirq;
import static jiffy.linux.Interrupts.tasklet_disable_nosync;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Printk.KERN_CONT;
import static jiffy.linux.Printk.KERN_INFO;
import static jiffy.linux.Printk.printk;
import static jiffy.linux.PrintkLimits.pr_info_once;
import static jiffy.linux.PrintkLimits.printk_ratelimited;
import static jiffy.linux.Ratelimit.__ratelimit;
import static jiffy.linux.Ratelimit.ratelimit_state_init;
import static jiffy.linux.Semaphores.down_timeout;
import static jiffy.linux.Semaphores.up;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static jiffy.linux.Wait.wait_event_timeout;
import static jiffy.linux.Wait.wake_up;
import static jiffy.testkit.Recursion.assertLogWorks;
import static jiffy.testkit.Recursion.overflow;
import static jiffy.testkit.Recursion.overflowLookingAhead;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Completion;
import jiffy.types.Hrtimer;
import jiffy.types.RatelimitState;
import jiffy.types.Semaphore;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A module's endless recursion that calls the kernel at each depth: the StackOverflowError may
 * strike at any call inside it. Forbidden: a lock that stays held, a log that takes nothing more, a
 * timer of somebody else's that does not run.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class EndlessRecursionTest {
  /** Depths from one that sleeps to the next: a sleep takes a millisecond or two. */
  private static final int SLEEP_EVERY = 16;

  @Test
  void recursion_inPrintk_leavesTheLogUsable() {
    try (Machine machine = Machine.boot("nr_cpus=1 log_buf_len=64K")) {
      overflow(machine, depth -> printk(KERN_INFO + "depth %d\n", depth));
      assertLogWorks(machine);
    }
  }

  @Test
  void recursion_inContinuedLines_leavesTheLogUsable() {
    try (Machine machine = Machine.boot("nr_cpus=1 log_buf_len=64K")) {
      overflow(machine, depth -> printk((depth % 50 == 0 ? KERN_INFO : KERN_CONT) + " %d", depth));
      assertLogWorks(machine);
    }
  }

  /** A state whose inside nobody leaves would suppress all that comes after. */
  @Test
  void recursion_inRateLimits_leavesThemUsable() {
    try (Machine machine = Machine.boot("nr_cpus=1 log_buf_len=64K")) {
      RatelimitState state = new RatelimitState();
      state.interval = 1;
      overflowLookingAhead(
          machine,
          (depth, isNearTheEnd) -> {
            __ratelimit(state);
            if (isNearTheEnd) { // a look at the stack takes long
              printk_ratelimited("depth %d\n", depth);
              pr_info_once("depth %d\n", depth);
            }
          });
      assertThat(state.__lock).isZero();
      assertThat(state.missed).isPositive();
      try (Attachment test = machine.attach("test")) {
        ratelimit_state_init(state, 5 * HZ(), 1);
        assertThat(__ratelimit(state)).isTrue();
        assertThat(__ratelimit(state)).isFalse();
        for (int i = 0; i < 2; i++) {
          pr_info_once("another place\n");
        }
      }
      assertThat(machine.dmesg()).filteredOn(line -> line.endsWith("] another place")).hasSize(1);
      assertLogWorks(machine);
    }
  }

  @Test
  void recursion_inSleepsAndWakeUps_leavesSleepingUsable() {
    WaitQueueHead wq = new WaitQueueHead();
    Completion done = new Completion();
    try (Machine machine = Machine.boot("nr_cpus=1 hz=1000")) {
      overflowLookingAhead(
          machine,
          (depth, isNearTheEnd) -> {
            if (isNearTheEnd && depth % SLEEP_EVERY == 0) {
              wait_event_timeout(wq, () -> false, 1);
            }
            wake_up(wq);
            complete(done);
          });
      try (Attachment test = machine.attach("test")) {
        msleep(2);
        complete(done);
        wait_for_completion(done);
        assertThat(wait_event_timeout(wq, () -> false, 2)).isZero();
      }
      assertLogWorks(machine);
    }
  }

  /** Who waited in line when the stack overflowed has left a place that must not hold up others. */
  @Test
  void recursion_inWaitsForASemaphore_leavesNobodyInTheLine() {
    Semaphore sem = new Semaphore();
    try (Machine machine = Machine.boot("nr_cpus=1 hz=1000")) {
      overflowLookingAhead(
          machine,
          (depth, isNearTheEnd) -> {
            if (isNearTheEnd && depth % SLEEP_EVERY == 0) {
              down_timeout(sem, 1);
            }
            down_timeout(sem, 0);
          });
      try (Attachment test = machine.attach("test")) {
        assertThat(down_timeout(sem, 1)).isEqualTo(-ETIME);
        up(sem);
        assertThat(down_timeout(sem, 1)).isZero();
        assertThat(sem.count).isZero();
      }
    }
  }

  @Test
  void recursion_inTimerCalls_leavesTimersUsable() throws InterruptedException {
    TimerList[] timers = new TimerList[64];
    CountDownLatch ran = new CountDownLatch(1);
    try (Machine machine = Machine.boot("nr_cpus=2 hz=1000");
        Attachment test = machine.attach("test")) {
      for (int i = 0; i < timers.length; i++) {
        timers[i] = new TimerList();
        timer_setup(timers[i], t -> {}, 0);
      }
      overflow(
          machine,
          depth -> {
            TimerList timer = timers[depth & 63];
            switch (depth % 7) {
              case 0 -> del_timer(timer);
              case 1 -> del_timer_sync(timer);
              default -> mod_timer(timer, jiffies() + 1_000 + depth % 5_000);
            }
          });
      for (TimerList timer : timers) {
        del_timer_sync(timer);
        mod_timer(timer, jiffies() + 100_000);
        del_timer_sync(timer);
      }
      TimerList after = new TimerList();
      timer_setup(after, t -> ran.countDown(), 0);
      mod_timer(after, jiffies() + 5);
      ran.await();
    }
    assertThat(ran.getCount()).isZero();
  }

  @Test
  void recursion_inHrtimerCalls_leavesHrtimersUsable() throws InterruptedException {
    Hrtimer[] timers = new Hrtimer[64];
    CountDownLatch ran = new CountDownLatch(1);
    try (Machine machine = Machine.boot("nr_cpus=2 hz=1000");
        Attachment test = machine.attach("test")) {
      for (int i = 0; i < timers.length; i++) {
        timers[i] = new Hrtimer();
        hrtimer_setup(timers[i], t -> HRTIMER_NORESTART, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
      }
      overflow(
          machine,
          depth -> {
            Hrtimer timer = timers[depth & 63];
            switch (depth % 7) {
              case 0 -> hrtimer_try_to_cancel(timer);
              case 1 -> hrtimer_cancel(timer);
              case 2 -> hrtimer_active(timer);
              default -> hrtimer_start(timer, 1_000_000L * (depth % 500 + 1), HRTIMER_MODE_REL);
            }
          });
      for (Hrtimer timer : timers) {
        hrtimer_cancel(timer);
        hrtimer_start(timer, 100_000_000_000L, HRTIMER_MODE_REL);
        hrtimer_cancel(timer);
      }
      Hrtimer after = new Hrtimer();
      hrtimer_setup(
          after,
          t -> {
            ran.countDown();
            return HRTIMER_NORESTART;
          },
          CLOCK_MONOTONIC,
          HRTIMER_MODE_REL);
      hrtimer_start(after, 1_000_000, HRTIMER_MODE_REL);
      ran.await();
    }
    assertThat(ran.getCount()).isZero();
  }

  @Test
  void recursion_inTaskletCalls_leavesTaskletsUsable() throws InterruptedException {
    TaskletStruct[] tasklets = new TaskletStruct[16];
    CountDownLatch ran = new CountDownLatch(2);
    try (Machine machine = Machine.boot("nr_cpus=2 hz=1000");
        Attachment test = machine.attach("test")) {
      for (int i = 0; i < tasklets.length; i++) {
        tasklets[i] = new TaskletStruct();
        tasklet_setup(tasklets[i], t -> {});
      }
      overflowLookingAhead(
          machine,
          (depth, isNearTheEnd) -> {
            TaskletStruct tasklet = tasklets[depth & 15];
            switch (depth % 5) {
              case 0 -> tasklet_disable_nosync(tasklet);
              case 1 -> {
                if (isNearTheEnd) { // for then it waits for softirqs
                  local_bh_disable();
                  tasklet_schedule(tasklet);
                  local_bh_enable();
                }
              }
              case 2 -> tasklet_hi_schedule(tasklet);
              case 3 -> raise_softirq(TASKLET_SOFTIRQ);
              default -> tasklet_schedule(tasklet);
            }
          });
      for (TaskletStruct tasklet : tasklets) {
        while (tasklet.count > 0) {
          tasklet_enable(tasklet);
        }
        tasklet_kill(tasklet);
        assertThat(tasklet.state()).isZero();
      }
      for (int cpu = 0; cpu < 2; cpu++) {
        TaskletStruct after = new TaskletStruct();
        tasklet_setup(after, t -> ran.countDown());
        machine
            .tasks()
            .spawn(
                "after",
                Owner.CORE,
                () -> {
                  tasklet_schedule(after);
                  local_bh_disable();
                  local_bh_enable();
                  return 0;
                });
      }
      ran.await();
    }
    assertThat(ran.getCount()).isZero();
  }
}
