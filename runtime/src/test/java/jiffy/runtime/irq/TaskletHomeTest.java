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
import static jiffy.types.TaskletStruct.__HOMED;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import jiffy.kernel.Origin;
import jiffy.kernel.Owner;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.TaskStruct;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tasklets at home in the ring of a list, and when they leave it: see {@link TaskletBits}. The test
 * runs on CPU 0.
 */
@OnBothPlatforms
class TaskletHomeTest {
  private static final int MANY = 5_000; // the ring takes less than half of it

  private final TestKernel kernel;
  private final TaskletStruct s = new TaskletStruct();
  private final List<Integer> ran = new CopyOnWriteArrayList<>();
  private final AtomicInteger runs = new AtomicInteger();
  private volatile boolean release;

  TaskletHomeTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    tasklet_setup(
        s,
        t -> {
          ran.add(smp_processor_id());
          runs.incrementAndGet();
        });
  }

  @AfterEach
  void halt() {
    release = true;
    kernel.close();
  }

  private void awaitIdle(int count) {
    kernel.until("run " + count, () -> runs.get() >= count && s.state() == 0);
    kernel.settle();
    assertThat(runs).hasValue(count);
  }

  private void runOnCpu1(Runnable action) {
    AtomicInteger done = new AtomicInteger();
    TaskStruct thread =
        kthread_create(
            data -> {
              action.run();
              done.set(1);
              return 0;
            },
            null,
            "other");
    kthread_bind(thread, 1);
    wake_up_process(thread);
    kernel.until("it is done", () -> done.get() != 0);
  }

  @Test
  void
      tasklet_schedule_ofOneThatRunsNowhere_makesItAtHomeAndNeitherRunningNorSchedulingItAgainWritesToIt() {
    local_bh_disable();
    tasklet_schedule(s);
    assertThat(s.__next).isSameAs(__HOMED);
    assertThat(s.state()).isEqualTo(1);
    long seat = s.__seat;
    assertThat(seat).isPositive();
    tasklet_schedule(s);
    local_bh_enable();
    awaitIdle(1);
    tasklet_schedule(s);
    awaitIdle(2);
    assertThat(s.__next).isSameAs(__HOMED);
    assertThat(s.__runner).isNull();
    assertThat(s.__seat).isEqualTo(seat);
  }

  @Test
  void tasklet_schedule_onAnotherCpuThanItsHomes_runsThereAndIsAtHomeThere() {
    tasklet_schedule(s);
    awaitIdle(1);
    Object first = s.__home;
    runOnCpu1(() -> tasklet_schedule(s));
    awaitIdle(2);
    assertThat(ran).containsExactly(0, 1);
    assertThat(s.__next).isSameAs(__HOMED);
    assertThat(s.__home).isNotSameAs(first);
  }

  @Test
  void tasklet_schedule_onAnotherCpuWhileScheduledAtHome_doesNothing() {
    local_bh_disable();
    tasklet_schedule(s);
    runOnCpu1(() -> tasklet_schedule(s));
    runOnCpu1(() -> tasklet_hi_schedule(s));
    assertThat(runs).hasValue(0);
    local_bh_enable();
    awaitIdle(1);
    assertThat(ran).containsExactly(0);
  }

  @Test
  void tasklet_schedule_onAnotherCpuWhileItRunsAtHome_waitsAsideAndThenRunsThere() {
    tasklet_setup(
        s,
        t -> {
          ran.add(smp_processor_id());
          while (runs.get() == 0 && !release) {
            cpu_relax();
          }
          runs.incrementAndGet();
        });
    runOnCpu1(() -> tasklet_schedule(s));
    kernel.until("it runs", () -> !ran.isEmpty());
    assertThat(s.state()).isEqualTo(2);
    assertThat(s.__next).isSameAs(__HOMED);
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
    kernel.until("it is aside", () -> s.__aside != null);
    assertThat(s.state()).isEqualTo(3);
    assertThat(ran).containsExactly(1);
    release = true;
    awaitIdle(2);
    assertThat(ran).containsExactly(1, 0);
    tasklet_schedule(s);
    awaitIdle(3);
    assertThat(s.__next).as("at home again, on this CPU").isSameAs(__HOMED);
  }

  @Test
  void tasklet_hi_schedule_inItsOwnFunction_runsItOnceMore() {
    tasklet_setup(
        s,
        t -> {
          if (runs.incrementAndGet() == 1) {
            tasklet_hi_schedule(t);
            ran.add(t.state());
          }
        });
    tasklet_schedule(s);
    awaitIdle(2);
    assertThat(ran).as("its state: scheduled and running").containsExactly(3);
  }

  @Test
  void tasklet_schedule_ofMoreThanTheRingTakes_runsAllInOrderAgainAndAgain() {
    List<TaskletStruct> all = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      int number = i;
      TaskletStruct tasklet = new TaskletStruct();
      tasklet_setup(tasklet, t -> ran.add(number));
      all.add(tasklet);
    }
    for (int round = 0; round < 3; round++) {
      ran.clear();
      local_bh_disable();
      all.forEach(tasklet -> tasklet_schedule(tasklet));
      all.forEach(tasklet -> tasklet_schedule(tasklet));
      assertThat(all).allMatch(tasklet -> tasklet.state() == 1);
      local_bh_enable();
      kernel.until("all have run", () -> ran.size() >= MANY);
      kernel.settle();
      assertThat(ran).containsExactlyElementsOf(IntStream.range(0, MANY).boxed().toList());
      assertThat(all).allMatch(tasklet -> tasklet.state() == 0);
    }
  }

  @Test
  void tasklet_disable_ofOneScheduledAtHome_putsItAsideUntilTheEnable() {
    local_bh_disable();
    tasklet_schedule(s);
    tasklet_disable(s);
    local_bh_enable();
    kernel.until("it is aside", () -> s.__aside != null);
    assertThat(s.state()).isEqualTo(1);
    assertThat(s.__next).isNotSameAs(__HOMED);
    tasklet_enable(s);
    awaitIdle(1);
    tasklet_schedule(s);
    awaitIdle(2);
    assertThat(s.__next).isSameAs(__HOMED);
  }

  @Test
  void tasklet_kill_ofOneScheduledAtHome_waitsAndLeavesItToNobody() {
    for (int i = 1; i <= 100; i++) {
      tasklet_schedule(s);
      tasklet_kill(s);
      assertThat(runs).hasValue(i);
      assertThat(s.__next).isNull();
    }
  }

  @Test
  void tasklet_ofAModuleThatGoes_isTakenOutOfTheRing() {
    Owner owner = new Owner(kernel.self.context().kernel, "gone");
    s.__origin = new Origin(owner.kernel, owner, "fn", "fn (Gone.java:1)");
    local_bh_disable();
    tasklet_schedule(s);
    assertThat(s.__next).isSameAs(__HOMED);
    owner.setGoing();
    local_bh_enable();
    assertThat(kernel.machine.tasklets().books().heldBy(owner)).hasSize(1);
    int taken = kernel.machine.tasklets().books().release(kernel.self.context(), owner);
    assertThat(taken).isEqualTo(1);
    assertThat(s.state()).isZero();
    kernel.settle();
    assertThat(runs).hasValue(0);
  }
}
