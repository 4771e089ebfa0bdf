package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Interrupts.DECLARE_TASKLET;
import static jiffy.linux.Interrupts.DECLARE_TASKLET_DISABLED;
import static jiffy.linux.Interrupts.DECLARE_TASKLET_OLD;
import static jiffy.linux.Interrupts.from_tasklet;
import static jiffy.linux.Interrupts.tasklet_disable;
import static jiffy.linux.Interrupts.tasklet_disable_in_atomic;
import static jiffy.linux.Interrupts.tasklet_disable_nosync;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_init;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.smp_processor_id;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The rows "TASKLET" of truth/FACTS.md, beside what semprobe printed on a real Linux:
 * truth/semprobe_tasklet.dmesg. The test runs on CPU 0; the tasks it starts on CPU 1, 0, 1, ...
 */
class TaskletTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("test");
  private final List<String> order = new ArrayList<>();
  private final TaskletStruct s = new TaskletStruct();
  private int runs;
  private int lastCpu;
  private boolean entered;

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

  private void counts() {
    tasklet_setup(s, t -> runs++);
  }

  private void settle() {
    sim.advance(Duration.ofMillis(20));
  }

  /** As semprobe prints it. */
  private static String context() {
    Current current = Current.get();
    return String.format(
        Locale.ROOT,
        "preempt_count=0x%08x cpu=%d comm=%s",
        current.preemptCount(),
        current.cpuNumber(),
        current.task().comm);
  }

  /** What Linux printed behind the bar of a line. */
  private static String recorded(String row) throws IOException {
    try (InputStream in = TaskletTest.class.getResourceAsStream("/truth/semprobe_tasklet.dmesg")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.contains(" tasklet." + row + " | "))
          .map(line -> line.substring(line.indexOf(" | ") + 3))
          .findFirst()
          .orElseThrow();
    }
  }

  private String text() {
    return String.join(" ", order) + " ";
  }

  @Test
  void tasklet_schedule_fromProcessContext_runsLaterInKsoftirqd() throws IOException {
    TaskletStruct a = new TaskletStruct();
    tasklet_setup(
        a,
        t -> {
          order.add("a");
          assertThat(context()).isEqualTo("preempt_count=0x00000100 cpu=0 comm=ksoftirqd/0");
        });
    tasklet_schedule(a);
    int before = order.size();
    settle();
    assertThat("ran_before_tasklet_schedule_returned=" + before + " ran_later=" + text())
        .isEqualTo(recorded("schedule_from_process"));
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("threw"));
  }

  @Test
  void tasklet_schedule_threeTimesWithBhDisabled_runsOnceInsideLocalBhEnable() throws IOException {
    TaskletStruct a = named("a");
    local_bh_disable();
    tasklet_schedule(a);
    tasklet_schedule(a);
    tasklet_schedule(a);
    int during = order.size();
    local_bh_enable();
    assertThat(
            "during bh-off="
                + during
                + " chars, right after local_bh_enable (synchronous): '"
                + text()
                + "'")
        .isEqualTo(recorded("thrice_before_run"));
    settle();
    assertThat("'" + text() + "'").isEqualTo(recorded("thrice_total"));
  }

  @Test
  void tasklets_ofBothClasses_runHiFirstAndFifoWithinAClass() throws IOException {
    local_bh_disable();
    for (String name : List.of("a", "b", "c")) {
      tasklet_schedule(named(name));
    }
    tasklet_hi_schedule(named("hi1"));
    tasklet_hi_schedule(named("hi2"));
    local_bh_enable();
    assertThat("scheduled a b c hi1 hi2, ran: " + text()).isEqualTo(recorded("order"));
  }

  @Test
  void tasklet_hi_schedule_ofAScheduledOne_doesNothing() throws IOException {
    TaskletStruct a = named("a");
    local_bh_disable();
    tasklet_schedule(named("c"));
    tasklet_schedule(a);
    tasklet_hi_schedule(a);
    tasklet_schedule(named("b"));
    local_bh_enable();
    assertThat("c a hi(a) b -> " + text()).isEqualTo(recorded("hi_on_already_normal_scheduled"));
  }

  @Test
  void tasklet_schedule_fromItsOwnFunction_runsAgainInTheSameJiffy() throws IOException {
    List<String> contexts = new ArrayList<>();
    long start = jiffies();
    long[] last = new long[1];
    tasklet_setup(
        s,
        t -> {
          last[0] = jiffies();
          if (++runs < 3000) {
            tasklet_schedule(t);
          }
          if (runs == 2 || runs == 20) {
            contexts.add(context());
          }
        });
    tasklet_schedule(s);
    sim.advance(Duration.ofMillis(300));
    assertThat("runs=" + runs + " jiffies=" + (last[0] - start) + "; context of the 20th run:")
        .isEqualTo(recorded("self_reschedule_3000"));
    String ksoftirqd = "preempt_count=0x00000100 cpu=0 comm=ksoftirqd/0";
    assertThat(contexts).containsExactly(ksoftirqd, ksoftirqd);
  }

  @Test
  void state_inTheCallback_isRunAlone() throws IOException {
    int[] state = new int[1];
    tasklet_setup(s, t -> state[0] = t.state());
    tasklet_schedule(s);
    settle();
    assertThat("state=" + state[0] + " (bit0 SCHED bit1 RUN) after=" + s.state())
        .isEqualTo(recorded("state_in_callback"));
  }

  @Test
  void tasklet_schedule_whileDisabled_runsAfterTheEnableNotInsideIt() throws IOException {
    counts();
    tasklet_disable(s);
    tasklet_schedule(s);
    sim.advance(Duration.ofMillis(50));
    assertThat("runs=" + runs + " state=" + s.state() + " count=" + s.count)
        .isEqualTo(recorded("schedule_while_disabled"));
    tasklet_schedule(s);
    tasklet_enable(s);
    int inside = runs;
    sim.advance(Duration.ofMillis(50));
    assertThat("runs right after enable=" + inside + ", 50ms later=" + runs)
        .isEqualTo(recorded("enable_with_pending"));
  }

  @Test
  void tasklet_disable_twice_needsTwoEnables() throws IOException {
    counts();
    tasklet_disable(s);
    tasklet_disable(s);
    tasklet_schedule(s);
    tasklet_enable(s);
    settle();
    int afterOne = runs;
    tasklet_enable(s);
    settle();
    assertThat("after 1 enable runs=" + afterOne + ", after 2=" + runs)
        .isEqualTo(recorded("disable_nests"));
  }

  @Test
  void tasklet_disable_nosync_inItsOwnFunctionAndScheduled_waitsForTheEnable() throws IOException {
    tasklet_setup(
        s,
        t -> {
          if (++runs == 1) {
            tasklet_disable_nosync(t);
            tasklet_schedule(t);
          }
        });
    tasklet_schedule(s);
    settle();
    int before = runs;
    tasklet_enable(s);
    settle();
    assertThat("runs=" + before + " after enable=" + runs)
        .isEqualTo(recorded("self_disable_nosync_and_resched"));
  }

  @Test
  void disabledTasklet_thatIsScheduled_keepsNoCpuBusy() {
    counts();
    tasklet_disable(s);
    tasklet_schedule(s);
    settle();
    long served = machine.softirqs().served(0, Vector.TASKLET);
    sim.advance(Duration.ofHours(1));
    assertThat(machine.softirqs().served(0, Vector.TASKLET)).isEqualTo(served);
    TaskletStruct other = named("other");
    tasklet_schedule(other);
    settle();
    assertThat(order).containsExactly("other");
    tasklet_enable(s);
    settle();
    assertThat(runs).isEqualTo(1);
  }

  @Test
  void tasklet_kill_ofAnIdleOne_returnsAtOnce() throws IOException {
    counts();
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
    tasklet_kill(s);
    assertThat("runs=" + runs + " state=" + s.state()).isEqualTo(recorded("kill_idle"));
  }

  /** Starts it on CPU 1, where it takes 100 ms, and returns when it has begun. */
  private void startOnCpu1() {
    tasklet_setup(
        s,
        t -> {
          runs++;
          lastCpu = smp_processor_id();
          if (!entered) {
            entered = true;
            mdelay(100);
          }
        });
    Task starter =
        machine
            .tasks()
            .spawn(
                "sp_tl",
                Owner.CORE,
                () -> {
                  assertThat(smp_processor_id()).isEqualTo(1);
                  tasklet_schedule(s);
                  return 0;
                });
    sim.runUntil(() -> entered);
    assertThat(starter.failure()).isNull();
  }

  @Test
  void tasklet_kill_whileItRunsOnAnotherCpu_waitsForItsEnd() {
    startOnCpu1();
    long start = jiffies();
    tasklet_kill(s);
    assertThat(runs).isEqualTo(1);
    assertThat(jiffies() - start).as("100 ms at 250 Hz").isBetween(24L, 26L);
    assertThat(s.state()).isZero();
  }

  @Test
  void tasklet_schedule_whileItRunsOnAnotherCpu_runsOnceMoreAfterOnTheSchedulingCpu()
      throws IOException {
    startOnCpu1();
    local_bh_disable();
    tasklet_schedule(s);
    local_bh_enable();
    int atSchedule = runs;
    tasklet_disable(s);
    assertThat("runs_at_schedule=" + atSchedule + " runs=" + runs + " last_cpu=" + lastCpu)
        .isEqualTo(
            recorded("schedule_while_running_elsewhere+disable")
                .replaceAll("disable waited=\\d+ jiffies, ", ""));
    tasklet_enable(s);
    sim.advance(Duration.ofMillis(50));
    assertThat(recorded("schedule_while_running_elsewhere"))
        .startsWith("total runs=" + runs + " last_cpu=" + lastCpu + " ");
  }

  @Test
  void tasklet_schedule_whileItRunsOnAnotherCpu_runsWithoutAnybodysHelp() {
    startOnCpu1();
    tasklet_schedule(s);
    sim.advance(Duration.ofMillis(50));
    assertThat(runs).as("never on two CPUs at once").isEqualTo(1);
    sim.advance(Duration.ofMillis(60));
    assertThat(runs).isEqualTo(2);
    assertThat(lastCpu).isZero();
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
        .isEqualTo(recorded("kill_after_schedule"));
    runs = 0;
    tasklet_schedule(s);
    settle();
    assertThat("runs=" + runs).isEqualTo(recorded("schedule_after_kill"));
  }

  @Test
  void tasklet_kill_ofOneThatSchedulesItselfWithoutEnd_returns() {
    tasklet_setup(
        s,
        t -> {
          runs++;
          tasklet_schedule(t);
          mdelay(1);
        });
    tasklet_schedule(s);
    settle();
    tasklet_kill(s);
    int before = runs;
    settle();
    assertThat(runs).isEqualTo(before);
    assertThat(s.state()).isZero();
  }

  @Test
  void tasklet_scheduledByATimer_runsOnTheIdleTask() {
    tasklet_setup(s, t -> order.add(context()));
    TimerList timer = new TimerList();
    timer_setup(timer, t -> tasklet_schedule(s), 0);
    mod_timer(timer, jiffies() + 1);
    settle();
    assertThat(order).containsExactly("preempt_count=0x00000101 cpu=0 comm=swapper/0");
  }

  @Test
  void tasklet_thatATimerStartedAndThatSchedulesItself_isHandedToKsoftirqd() {
    tasklet_setup(
        s,
        t -> {
          order.add(context());
          if (++runs < 30) {
            tasklet_schedule(t);
          }
        });
    TimerList timer = new TimerList();
    timer_setup(timer, t -> tasklet_schedule(s), 0);
    mod_timer(timer, jiffies() + 1);
    settle();
    assertThat(order).hasSize(30);
    assertThat(order.get(5)).endsWith("swapper/0");
    assertThat(order.get(12)).isEqualTo("preempt_count=0x00000100 cpu=0 comm=ksoftirqd/0");
  }

  @Test
  void tasklet_disable_in_atomic_whileItRunsOnAnotherCpu_waitsForItsEnd() {
    startOnCpu1();
    local_bh_disable();
    tasklet_disable_in_atomic(s);
    assertThat(s.state()).isZero();
    tasklet_enable(s);
    local_bh_enable();
  }

  /** A module's struct with a tasklet in it. */
  private static final class Device extends TaskletStruct {
    int served;
  }

  @Test
  void declarations_ofEveryForm_giveTheFunctionWhatItExpects() {
    TaskletStruct old = DECLARE_TASKLET(data -> order.add("old " + data), "data");
    TaskletStruct zero = DECLARE_TASKLET_OLD(data -> order.add("zero " + data));
    TaskletStruct now = DECLARE_TASKLET(t -> order.add("now " + t.state()));
    TaskletStruct later = DECLARE_TASKLET_DISABLED(t -> order.add("later"));
    TaskletStruct init = new TaskletStruct();
    tasklet_init(init, data -> order.add("init " + data), 42L);
    Device device = new Device();
    tasklet_setup(device, t -> from_tasklet(Device.class, t).served++);
    for (TaskletStruct each : List.of(old, zero, now, later, init, device)) {
      tasklet_schedule(each);
    }
    settle();
    assertThat(order).containsExactly("old data", "zero 0", "now 2", "init 42");
    assertThat(device.served).isEqualTo(1);
    tasklet_enable(later);
    settle();
    assertThat(order).endsWith("later");
  }
}
