package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Interrupts.DECLARE_TASKLET;
import static jiffy.linux.Interrupts.DECLARE_TASKLET_DISABLED;
import static jiffy.linux.Interrupts.DECLARE_TASKLET_OLD;
import static jiffy.linux.Interrupts.from_tasklet;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_init;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Current;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.TaskletStruct;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The rows "TASKLET" of truth/FACTS.md, beside what semprobe printed on a real Linux:
 * truth/semprobe_tasklet.dmesg. Those on tasklets that somebody waits for: {@link TaskletWaitTest}.
 * The test runs on CPU 0.
 */
@OnBothPlatforms
class TaskletTest {
  private final TestKernel kernel;
  private final List<String> order = new CopyOnWriteArrayList<>();
  private final TaskletStruct s = new TaskletStruct();
  private final AtomicInteger runs = new AtomicInteger();

  TaskletTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private TaskletStruct named(String name) {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet_setup(tasklet, t -> order.add(name));
    return tasklet;
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
    int before = kernel.isSim() ? order.size() : 0; // with real threads it may have run by now
    kernel.until("it runs", () -> !order.isEmpty());
    kernel.settle();
    assertThat("ran_before_tasklet_schedule_returned=" + before + " ran_later=" + text())
        .isEqualTo(Recorded.line("schedule_from_process"));
    assertThat(kernel.machine.dmesg()).noneMatch(line -> line.contains("threw"));
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
        .isEqualTo(Recorded.line("thrice_before_run"));
    kernel.settle();
    assertThat("'" + text() + "'").isEqualTo(Recorded.line("thrice_total"));
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
    assertThat("scheduled a b c hi1 hi2, ran: " + text()).isEqualTo(Recorded.line("order"));
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
    assertThat("c a hi(a) b -> " + text())
        .isEqualTo(Recorded.line("hi_on_already_normal_scheduled"));
  }

  @Test
  void tasklet_schedule_fromItsOwnFunction_runsAgainInTheSameJiffy() throws IOException {
    List<String> contexts = new CopyOnWriteArrayList<>();
    long start = jiffies();
    AtomicLong last = new AtomicLong();
    tasklet_setup(
        s,
        t -> {
          last.set(jiffies());
          int run = runs.incrementAndGet();
          if (run < 3000) {
            tasklet_schedule(t);
          }
          if (run == 2 || run == 20) {
            contexts.add(context() + " state=" + t.state());
          }
        });
    tasklet_schedule(s);
    kernel.until("the last has run", () -> runs.get() >= 3000 && s.state() == 0);
    kernel.settle();
    long took = kernel.isSim() ? last.get() - start : 0;
    assertThat("runs=" + runs + " jiffies=" + took + "; context of the 20th run:")
        .isEqualTo(Recorded.line("self_reschedule_3000"));
    String ksoftirqd = "preempt_count=0x00000100 cpu=0 comm=ksoftirqd/0 state=3";
    assertThat(contexts).containsExactly(ksoftirqd, ksoftirqd);
  }

  @Test
  void state_inTheCallback_isRunAlone() throws IOException {
    AtomicInteger state = new AtomicInteger();
    tasklet_setup(s, t -> state.set(t.state()));
    tasklet_schedule(s);
    kernel.until("it has run", () -> state.get() != 0 && s.state() == 0);
    assertThat("state=" + state + " (bit0 SCHED bit1 RUN) after=" + s.state())
        .isEqualTo(Recorded.line("state_in_callback"));
  }

  @Test
  void tasklet_scheduledByATimer_runsOnTheIdleTask() {
    tasklet_setup(s, t -> order.add(context()));
    TimerList timer = new TimerList();
    timer_setup(timer, t -> tasklet_schedule(s), 0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("it runs", () -> !order.isEmpty());
    assertThat(order).containsExactly("preempt_count=0x00000101 cpu=0 comm=swapper/0");
  }

  @Test
  void tasklet_thatATimerStartedAndThatSchedulesItself_isHandedToKsoftirqd() {
    tasklet_setup(
        s,
        t -> {
          order.add(context());
          if (runs.incrementAndGet() < 30) {
            tasklet_schedule(t);
          }
        });
    TimerList timer = new TimerList();
    timer_setup(timer, t -> tasklet_schedule(s), 0);
    mod_timer(timer, jiffies() + 1);
    kernel.until("the last runs", () -> runs.get() >= 30);
    kernel.settle();
    assertThat(order).hasSize(30);
    assertThat(order.get(5)).endsWith("swapper/0");
    assertThat(order.get(12)).isEqualTo("preempt_count=0x00000100 cpu=0 comm=ksoftirqd/0");
  }

  /** A module's struct with a tasklet in it. */
  private static final class Device extends TaskletStruct {
    final AtomicInteger served = new AtomicInteger();
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
    tasklet_setup(device, t -> from_tasklet(Device.class, t).served.incrementAndGet());
    for (TaskletStruct each : List.of(old, zero, now, later, init, device)) {
      tasklet_schedule(each);
    }
    kernel.until("the last has run", () -> device.served.get() > 0);
    kernel.settle();
    assertThat(order).containsExactly("old data", "zero 0", "now 2", "init 42");
    assertThat(device.served).hasValue(1);
    tasklet_enable(later);
    kernel.until("it runs", () -> order.size() == 5);
    assertThat(order).endsWith("later");
  }
}
