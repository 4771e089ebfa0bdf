package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Interrupts.tasklet_disable;
import static jiffy.linux.Interrupts.tasklet_disable_in_atomic;
import static jiffy.linux.Interrupts.tasklet_disable_nosync;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Kthreads.kthread_bind;
import static jiffy.linux.Kthreads.kthread_create;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Smp.smp_processor_id;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.TaskStruct;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Tasklets that are disabled, killed, or run on another CPU: the rest of the rows "TASKLET" of
 * truth/FACTS.md, beside truth/semprobe_tasklet.dmesg. The test runs on CPU 0.
 */
@OnBothPlatforms
class TaskletWaitTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final List<String> order = new CopyOnWriteArrayList<>();
  private final TaskletStruct s = new TaskletStruct();
  private final AtomicInteger runs = new AtomicInteger();
  private volatile int lastCpu = -1;
  private volatile boolean release;

  TaskletWaitTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    release = true;
    kernel.close();
  }

  private void counts() {
    tasklet_setup(s, t -> runs.incrementAndGet());
  }

  /** When this returns its CPU has looked at the tasklet. */
  private void scheduleWithBhDisabled() {
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
  }

  private void awaitRuns(int count) {
    kernel.until("run " + count, () -> runs.get() >= count);
    kernel.settle();
  }

  /** What has run by now: with real threads that is chance, so it is not asked there. */
  private int runsByNow(int expected) {
    return kernel.isSim() ? runs.get() : expected;
  }

  @Test
  void tasklet_schedule_whileDisabled_runsAfterTheEnableNotInsideIt() throws IOException {
    counts();
    tasklet_disable(s);
    scheduleWithBhDisabled();
    kernel.settle(Duration.ofMillis(50));
    assertThat("runs=" + runs + " state=" + s.state() + " count=" + s.count)
        .isEqualTo(Recorded.line("schedule_while_disabled"));
    tasklet_schedule(s);
    tasklet_enable(s);
    int inside = runsByNow(0);
    awaitRuns(1);
    assertThat("runs right after enable=" + inside + ", 50ms later=" + runs)
        .isEqualTo(Recorded.line("enable_with_pending"));
  }

  @Test
  void tasklet_disable_twice_needsTwoEnables() throws IOException {
    counts();
    tasklet_disable(s);
    tasklet_disable(s);
    scheduleWithBhDisabled();
    tasklet_enable(s);
    kernel.settle();
    int afterOne = runs.get();
    assertThat(s.state()).isEqualTo(1);
    tasklet_enable(s);
    awaitRuns(1);
    assertThat("after 1 enable runs=" + afterOne + ", after 2=" + runs)
        .isEqualTo(Recorded.line("disable_nests"));
  }

  @Test
  void tasklet_disable_nosync_inItsOwnFunctionAndScheduled_waitsForTheEnable() throws IOException {
    tasklet_setup(
        s,
        t -> {
          if (runs.incrementAndGet() == 1) {
            tasklet_disable_nosync(t);
            tasklet_schedule(t);
          }
        });
    tasklet_schedule(s);
    awaitRuns(1);
    int before = runs.get();
    tasklet_enable(s);
    awaitRuns(2);
    assertThat("runs=" + before + " after enable=" + runs)
        .isEqualTo(Recorded.line("self_disable_nosync_and_resched"));
  }

  @Test
  void disabledTasklet_thatIsScheduled_keepsNoCpuBusy() {
    counts();
    tasklet_disable(s);
    scheduleWithBhDisabled();
    long served = machine.softirqs().served(0, Vector.TASKLET);
    kernel.settle(Duration.ofHours(1));
    assertThat(machine.softirqs().served(0, Vector.TASKLET)).isEqualTo(served);
    TaskletStruct other = new TaskletStruct();
    tasklet_setup(other, t -> order.add("other"));
    tasklet_schedule(other);
    kernel.until("the other runs", () -> !order.isEmpty());
    tasklet_enable(s);
    awaitRuns(1);
    assertThat(runs).hasValue(1);
    assertThat(order).containsExactly("other");
  }

  @Test
  void tasklet_kill_ofAnIdleOne_returnsAtOnce() throws IOException {
    counts();
    scheduleWithBhDisabled();
    tasklet_kill(s);
    assertThat("runs=" + runs + " state=" + s.state()).isEqualTo(Recorded.line("kill_idle"));
  }

  @Test
  void tasklet_kill_ofAScheduledOne_waitsUntilItHasRun() throws IOException {
    counts();
    tasklet_schedule(s);
    tasklet_kill(s);
    assertThat(
            "runs="
                + runs
                + " (a scheduled tasklet is run by kill's wait, not dropped) state="
                + s.state())
        .isEqualTo(Recorded.line("kill_after_schedule"));
    runs.set(0);
    tasklet_schedule(s);
    awaitRuns(1);
    assertThat("runs=" + runs).isEqualTo(Recorded.line("schedule_after_kill"));
  }

  @Test
  void tasklet_kill_ofAScheduledOne_waitsEachTime() {
    counts();
    for (int i = 1; i <= 1000; i++) {
      tasklet_schedule(s);
      tasklet_kill(s);
      assertThat(runs).hasValue(i);
      assertThat(s.state()).isZero();
    }
  }

  @Test
  void tasklet_kill_ofOneThatSchedulesItselfWithoutEnd_returns() {
    tasklet_setup(
        s,
        t -> {
          runs.incrementAndGet();
          tasklet_schedule(t);
          mdelay(1);
        });
    tasklet_schedule(s);
    kernel.until("it has run some times", () -> runs.get() > 3);
    tasklet_kill(s);
    int before = runs.get();
    kernel.settle();
    assertThat(runs).hasValue(before);
    assertThat(s.state()).isZero();
  }

  /** Has it run on CPU 1, the first time until the condition and 100 ms more. */
  private void startOnCpu1(BooleanSupplier mayEnd) {
    tasklet_setup(
        s,
        t -> {
          int cpu = smp_processor_id();
          order.add("on " + cpu);
          lastCpu = cpu;
          if (runs.incrementAndGet() == 1) {
            while (!mayEnd.getAsBoolean() && !release) {
              cpu_relax();
            }
            mdelay(100);
          }
          order.add("off");
        });
    TaskStruct starter =
        kthread_create(
            data -> {
              tasklet_schedule(s);
              return 0;
            },
            null,
            "sp_tl");
    kthread_bind(starter, 1);
    wake_up_process(starter);
    kernel.until("it runs", () -> runs.get() > 0);
  }

  @Test
  void tasklet_kill_whileItRunsOnAnotherCpu_waitsForItsEnd() {
    startOnCpu1(() -> release);
    long start = jiffies();
    release = true;
    tasklet_kill(s);
    assertThat(order).containsExactly("on 1", "off");
    assertThat(s.state()).isZero();
    if (kernel.isSim()) {
      assertThat(jiffies() - start).as("100 ms at 250 Hz").isBetween(24L, 26L);
    }
  }

  @Test
  void tasklet_schedule_whileItRunsOnAnotherCpu_runsOnceMoreAfterOnTheSchedulingCpu()
      throws IOException {
    startOnCpu1(() -> s.count != 0);
    scheduleWithBhDisabled();
    int atSchedule = runs.get();
    tasklet_disable(s);
    assertThat("runs_at_schedule=" + atSchedule + " runs=" + runs + " last_cpu=" + lastCpu)
        .isEqualTo(
            Recorded.line("schedule_while_running_elsewhere+disable")
                .replaceAll("disable waited=\\d+ jiffies, ", ""));
    tasklet_enable(s);
    awaitRuns(2);
    assertThat(Recorded.line("schedule_while_running_elsewhere"))
        .startsWith("total runs=" + runs + " last_cpu=" + lastCpu + " ");
    assertThat(order).containsExactly("on 1", "off", "on 0", "off");
  }

  @Test
  void tasklet_schedule_whileItRunsOnAnotherCpu_runsWithoutAnybodysHelp() {
    startOnCpu1(() -> release);
    scheduleWithBhDisabled();
    scheduleWithBhDisabled();
    kernel.settle();
    assertThat(runs).as("never on two CPUs at once").hasValue(1);
    assertThat(s.state()).isEqualTo(3);
    release = true;
    awaitRuns(2);
    assertThat(order).containsExactly("on 1", "off", "on 0", "off");
  }

  @Test
  void tasklet_disable_in_atomic_whileItRunsOnAnotherCpu_waitsForItsEnd() {
    startOnCpu1(() -> s.count != 0);
    local_bh_disable();
    tasklet_disable_in_atomic(s);
    assertThat(s.state()).isZero();
    assertThat(order).containsExactly("on 1", "off");
    tasklet_enable(s);
    local_bh_enable();
  }
}
