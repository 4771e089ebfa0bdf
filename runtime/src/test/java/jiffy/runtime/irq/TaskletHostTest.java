package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Interrupts.tasklet_disable;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Kthreads.kthread_bind;
import static jiffy.linux.Kthreads.kthread_create;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Smp.smp_processor_id;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TaskStruct;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rows of {@link TaskletTest} that do not depend on time, on real threads. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
class TaskletHostTest {
  private final Machine machine = Machine.boot("hz=250 nr_cpus=2");
  private final Attachment test = machine.attach("test");
  private final ConcurrentLinkedQueue<String> order = new ConcurrentLinkedQueue<>();
  private final TaskletStruct s = new TaskletStruct();
  private final AtomicInteger runs = new AtomicInteger();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private TaskletStruct named(String name) {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet_setup(tasklet, t -> order.add(name));
    return tasklet;
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
      cpu_relax();
    }
  }

  @Test
  void tasklet_schedule_threeTimesWithBhDisabled_runsOnceInsideLocalBhEnable() {
    TaskletStruct a = named("a");
    local_bh_disable();
    tasklet_schedule(a);
    tasklet_schedule(a);
    tasklet_schedule(a);
    assertThat(order).isEmpty();
    local_bh_enable();
    assertThat(order).containsExactly("a");
    tasklet_kill(a);
    assertThat(order).containsExactly("a");
  }

  @Test
  void tasklets_ofBothClasses_runHiFirstAndFifoWithinAClass() {
    TaskletStruct a = named("a");
    local_bh_disable();
    tasklet_schedule(named("c"));
    tasklet_schedule(a);
    tasklet_hi_schedule(a);
    tasklet_schedule(named("b"));
    tasklet_hi_schedule(named("hi1"));
    tasklet_hi_schedule(named("hi2"));
    local_bh_enable();
    assertThat(order).containsExactlyElementsOf(List.of("hi1", "hi2", "c", "a", "b"));
  }

  @Test
  void tasklet_schedule_fromItsOwnFunction_runs3000TimesInKsoftirqd() {
    tasklet_setup(
        s,
        t -> {
          if (runs.incrementAndGet() < 3000) {
            tasklet_schedule(t);
          }
          if (runs.get() == 20) {
            Current current = Current.get();
            order.add(current.preemptCount() + " " + current.task().comm + " state " + t.state());
          }
        });
    tasklet_schedule(s);
    await(() -> runs.get() == 3000);
    assertThat(order)
        .containsExactly(0x100 + " ksoftirqd/" + test.context().cpu.number + " state 3");
  }

  @Test
  void tasklet_disable_ofAScheduledOne_holdsItBackUntilTheLastEnable() {
    tasklet_setup(s, t -> runs.incrementAndGet());
    tasklet_disable(s);
    tasklet_disable(s);
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable(); // one pass has looked at it
    tasklet_enable(s);
    assertThat(runs).hasValue(0);
    assertThat(s.state()).isEqualTo(1);
    tasklet_enable(s);
    await(() -> runs.get() == 1);
  }

  @Test
  void tasklet_kill_ofAScheduledOne_waitsUntilItHasRunAndItMayRunAgain() {
    tasklet_setup(s, t -> runs.incrementAndGet());
    for (int i = 1; i <= 1000; i++) {
      tasklet_schedule(s);
      tasklet_kill(s);
      assertThat(runs).hasValue(i);
      assertThat(s.state()).isZero();
    }
  }

  private void scheduleWithBhDisabled() {
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
  }

  @Test
  void tasklet_schedule_whileItRunsElsewhere_runsOnceMoreOnTheCpuThatScheduled() {
    int here = test.context().cpu.number;
    int there = 1 - here;
    AtomicBoolean release = new AtomicBoolean();
    tasklet_setup(
        s,
        t -> {
          order.add("on " + smp_processor_id());
          if (runs.incrementAndGet() == 1) {
            await(release::get);
          }
          order.add("off");
        });
    TaskStruct scheduler =
        kthread_create(
            data -> {
              scheduleWithBhDisabled();
              return 0;
            },
            null,
            "scheduler");
    kthread_bind(scheduler, there);
    wake_up_process(scheduler);
    await(() -> runs.get() == 1);
    try {
      scheduleWithBhDisabled(); // one pass has looked at it
      scheduleWithBhDisabled();
      assertThat(order).containsExactly("on " + there);
      assertThat(s.state()).isEqualTo(3);
    } finally {
      release.set(true);
    }
    await(() -> runs.get() == 2);
    tasklet_kill(s);
    assertThat(order).containsExactly("on " + there, "off", "on " + here, "off");
  }
}
