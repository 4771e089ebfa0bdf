package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Interrupts.BLOCK_SOFTIRQ;
import static jiffy.linux.Interrupts.HRTIMER_SOFTIRQ;
import static jiffy.linux.Interrupts.NET_RX_SOFTIRQ;
import static jiffy.linux.Interrupts.NET_TX_SOFTIRQ;
import static jiffy.linux.Interrupts.NR_SOFTIRQS;
import static jiffy.linux.Interrupts.TASKLET_SOFTIRQ;
import static jiffy.linux.Interrupts.local_softirq_pending;
import static jiffy.linux.Interrupts.open_softirq;
import static jiffy.linux.Interrupts.raise_softirq;
import static jiffy.linux.Interrupts.raise_softirq_irqoff;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.kernel.Current;
import jiffy.linux.Interrupts;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Softirq vectors that a module opens, and the order of vectors. */
@OnBothPlatforms
class ModuleSoftirqsTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final List<String> ran = new CopyOnWriteArrayList<>();

  ModuleSoftirqsTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @Test
  void vectors_haveLinuxsNumbers() throws ReflectiveOperationException {
    for (Vector vector : Vector.values()) {
      int number = Interrupts.class.getField(vector + "_SOFTIRQ").getInt(null);
      assertThat(number).as("%s", vector).isEqualTo(vector.ordinal());
    }
    assertThat(NR_SOFTIRQS).isEqualTo(Vector.values().length);
  }

  @Test
  void raise_softirq_ofAnOpenVector_isServedByKsoftirqd() {
    open_softirq(
        NET_RX_SOFTIRQ,
        h -> ran.add(Current.get().preemptCount() + " " + Current.get().task().comm));
    raise_softirq(NET_RX_SOFTIRQ);
    kernel.until("it is served", () -> !ran.isEmpty());
    assertThat(ran).containsExactly(0x100 + " ksoftirqd/0");
  }

  @Test
  void raise_softirq_twiceBeforeItIsServed_isServedOnce() {
    open_softirq(NET_RX_SOFTIRQ, h -> ran.add("rx"));
    local_bh_disable();
    raise_softirq(NET_RX_SOFTIRQ);
    raise_softirq(NET_RX_SOFTIRQ);
    kernel.settle();
    assertThat(ran).isEmpty();
    local_bh_enable();
    kernel.settle();
    assertThat(ran).containsExactly("rx");
  }

  @Test
  void raise_softirq_byATask_doesNotServeIt() {
    kernel.virtualTimeOnly("its thread may be as fast");
    open_softirq(NET_RX_SOFTIRQ, h -> ran.add("rx"));
    raise_softirq(NET_RX_SOFTIRQ);
    raise_softirq(NET_RX_SOFTIRQ);
    assertThat(ran).isEmpty();
    kernel.settle();
    assertThat(ran).containsExactly("rx");
  }

  @Test
  void raise_softirq_ofSeveral_servesThemInTheOrderOfTheirNumbers() {
    open_softirq(BLOCK_SOFTIRQ, h -> ran.add("block"));
    open_softirq(NET_TX_SOFTIRQ, h -> ran.add("net_tx"));
    TaskletStruct normal = new TaskletStruct();
    TaskletStruct hi = new TaskletStruct();
    tasklet_setup(normal, t -> ran.add("tasklet"));
    tasklet_setup(hi, t -> ran.add("hi"));
    local_bh_disable();
    tasklet_schedule(normal);
    raise_softirq(BLOCK_SOFTIRQ);
    raise_softirq(NET_TX_SOFTIRQ);
    tasklet_hi_schedule(hi);
    int pending = local_softirq_pending();
    local_bh_enable();
    assertThat(ran).containsExactly("hi", "net_tx", "block", "tasklet");
    assertThat(pending)
        .isEqualTo(1 | 1 << NET_TX_SOFTIRQ | 1 << BLOCK_SOFTIRQ | 1 << TASKLET_SOFTIRQ);
    assertThat(local_softirq_pending()).isZero();
  }

  @Test
  void open_softirq_ofTheKernelsOwn_isRefusedByName() {
    for (int nr : List.of(0, 1, TASKLET_SOFTIRQ, HRTIMER_SOFTIRQ)) {
      open_softirq(nr, h -> ran.add("stolen"));
      raise_softirq(nr == HRTIMER_SOFTIRQ ? 0 : nr);
    }
    kernel.settle();
    assertThat(ran).isEmpty();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.endsWith(" is refused: HI is the kernel's own"))
        .anyMatch(line -> line.endsWith(" is refused: TIMER is the kernel's own"))
        .anyMatch(line -> line.endsWith(" is refused: TASKLET is the kernel's own"))
        .anyMatch(line -> line.endsWith(" is refused: HRTIMER is the kernel's own"));
  }

  @Test
  void open_softirq_ofNoVector_saysWhatThereIs() {
    assertThatThrownBy(() -> open_softirq(10, h -> {}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("softirq vectors are 0 to 9");
    assertThatThrownBy(() -> raise_softirq(-1)).hasMessageContaining("raise_softirq(-1)");
  }

  @Test
  void raise_softirq_irqoff_withInterruptsOn_warns() {
    open_softirq(NET_TX_SOFTIRQ, h -> ran.add("tx"));
    local_irq_disable();
    raise_softirq_irqoff(NET_TX_SOFTIRQ);
    kernel.settle();
    assertThat(ran).isEmpty();
    local_irq_enable();
    kernel.until("it is served", () -> !ran.isEmpty());
    assertThat(ran).containsExactly("tx");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("raise_softirq_irqoff"));
    raise_softirq_irqoff(NET_TX_SOFTIRQ);
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("raise_softirq_irqoff(2) with"));
  }

  @Test
  void handler_thatThrowsOrLeaks_isReportedAndTheVectorStaysOpen() {
    open_softirq(
        NET_TX_SOFTIRQ,
        h -> {
          ran.add("tx");
          if (ran.size() == 1) {
            throw new IllegalStateException("on purpose");
          }
          jiffy.linux.Preempt.preempt_disable();
        });
    for (int i = 0; i < 2; i++) {
      int times = i + 1;
      raise_softirq(NET_TX_SOFTIRQ);
      kernel.until("it is served", () -> machine.softirqs().served(0, Vector.NET_TX) == times);
    }
    kernel.until("it has left", () -> machine.dmesg().stream().anyMatch(l -> l.contains("huh")));
    assertThat(ran).containsExactly("tx", "tx");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("softirq NET_TX handler_thatThrows"))
        .anyMatch(line -> line.contains("huh, entered softirq 2 NET_TX with preempt_count"));
  }

  @Test
  void procSoftirqs_afterSome_hasLinuxsFormat() {
    TaskletStruct tasklet = new TaskletStruct();
    tasklet_setup(tasklet, t -> {});
    for (int i = 0; i < 3; i++) {
      local_bh_disable();
      tasklet_schedule(tasklet);
      local_bh_enable(); // waits until it has run
    }
    String text = machine.proc().read("/proc/softirqs").orElseThrow();
    assertThat(text.lines().toList())
        .startsWith(
            "                    CPU0       CPU1       ", "          HI:          0          0")
        .contains("     TASKLET:          3          0", "    IRQ_POLL:          0          0")
        .hasSize(1 + NR_SOFTIRQS);
    assertThat(Arrays.stream(Vector.values()).map(v -> v + ":")).allMatch(text::contains);
  }
}
