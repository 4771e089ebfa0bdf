package jiffy.runtime.irq;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Interrupts.IRQF_NO_AUTOEN;
import static jiffy.linux.Interrupts.IRQF_SHARED;
import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.IRQ_NONE;
import static jiffy.linux.Interrupts.NR_IRQS;
import static jiffy.linux.Interrupts.TASKLET_SOFTIRQ;
import static jiffy.linux.Interrupts.disable_irq;
import static jiffy.linux.Interrupts.disable_irq_nosync;
import static jiffy.linux.Interrupts.enable_irq;
import static jiffy.linux.Interrupts.free_irq;
import static jiffy.linux.Interrupts.local_softirq_pending;
import static jiffy.linux.Interrupts.request_irq;
import static jiffy.linux.Interrupts.synchronize_irq;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Irqflags.local_irq_enable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Locale;
import jiffy.kernel.Current;
import jiffy.linux.Errno;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.IrqHandler;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.Test;

/** Interrupt lines: who gets them, when the handlers run and what they may do. */
@OnBothPlatforms
class IrqTest extends IrqFixture {
  IrqTest(Platform platform) {
    super(platform);
  }

  @Test
  void raiseIrq_ofARequestedLine_runsTheHandlerInHardInterruptContext() {
    IrqHandler handler =
        (irq, dev) -> {
          Current current = Current.get();
          ran.add(
              String.format(
                  Locale.ROOT,
                  "irq %d dev %s 0x%08x %b cpu %d %s",
                  irq,
                  dev,
                  current.preemptCount(),
                  irqs_disabled(),
                  current.cpuNumber(),
                  current.task().comm));
          return IRQ_HANDLED;
        };
    assertThat(request_irq(ON_CPU_1, handler, 0, "test", device)).isZero();
    machine.raiseIrq(ON_CPU_1);
    awaitRuns(1);
    assertThat(ran).containsExactly("irq 5 dev dev 0x00010001 true cpu 1 swapper/1");
  }

  @Test
  void raiseIrq_ofTheCallersCpu_hasRunWhenItReturns() {
    request(IRQ);
    machine.raiseIrq(IRQ);
    assertThat(ran).containsExactly("h");
  }

  @Test
  void raiseIrq_ofALineNobodyHas_saysSo() {
    assertThatThrownBy(() -> machine.raiseIrq(7))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("nobody has requested interrupt line 7");
    assertThatThrownBy(() -> machine.raiseIrq(NR_IRQS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("0 to 63");
  }

  @Test
  void raiseIrq_severalTimesWithInterruptsOff_isOneInterrupt() {
    request(IRQ);
    local_irq_disable();
    for (int i = 0; i < 3; i++) {
      machine.raiseIrq(IRQ);
    }
    assertThat(ran).isEmpty();
    local_irq_enable();
    awaitRuns(1);
    assertThat(ran).containsExactly("h");
  }

  @Test
  void topHalf_thatSchedulesATasklet_isFollowedByItOnTheIdleTask() {
    TaskletStruct bottom = new TaskletStruct();
    tasklet_setup(
        bottom,
        t ->
            ran.add(
                String.format(
                    Locale.ROOT,
                    "bottom 0x%x %s",
                    Current.get().preemptCount(),
                    Current.get().task().comm)));
    IrqHandler top =
        (irq, dev) -> {
          tasklet_schedule(bottom);
          mdelay(5); // the CPU's softirqs wait for the interrupt's end
          ran.add("top " + (local_softirq_pending() == 1 << TASKLET_SOFTIRQ));
          return IRQ_HANDLED;
        };
    assertThat(request_irq(IRQ, top, 0, "test", device)).isZero();
    machine.raiseIrq(IRQ);
    awaitRuns(2);
    assertThat(ran).containsExactly("top true", "bottom 0x101 swapper/0");
  }

  @Test
  void request_irq_withWrongArguments_returnsEinval() {
    IrqHandler handler = handler("h", IRQ_HANDLED);
    assertThat(request_irq(-1, handler, 0, "x", device)).isEqualTo(-Errno.EINVAL);
    assertThat(request_irq(NR_IRQS, handler, 0, "x", device)).isEqualTo(-Errno.EINVAL);
    assertThat(request_irq(IRQ, null, 0, "x", device)).isEqualTo(-Errno.EINVAL);
    assertThat(request_irq(IRQ, handler, IRQF_SHARED, "x", null)).isEqualTo(-Errno.EINVAL);
    assertThat(request_irq(IRQ, handler, IRQF_SHARED | IRQF_NO_AUTOEN, "x", device))
        .isEqualTo(-Errno.EINVAL);
  }

  @Test
  void request_irq_ofALineThatIsNotShared_returnsEbusyAndNamesBoth() {
    request(IRQ);
    assertThat(request_irq(IRQ, handler("2", IRQ_HANDLED), IRQF_SHARED, "second", "d2"))
        .isEqualTo(-Errno.EBUSY);
    assertLogged("genirq: Flags mismatch irq 4. 00000080 (second) vs. 00000000 (test)");
  }

  @Test
  void sharedLine_interrupted_callsAllHandlersInOrderOfRequest() {
    assertThat(request_irq(IRQ, handler("1", IRQ_NONE), IRQF_SHARED, "a", "d1")).isZero();
    assertThat(request_irq(IRQ, handler("2", IRQ_HANDLED), IRQF_SHARED, "b", "d2")).isZero();
    machine.raiseIrq(IRQ);
    assertThat(ran).containsExactly("1", "2");
    assertThat(interrupts()).contains("  a, b\n");
    assertThat(free_irq(IRQ, "d1")).isEqualTo("a");
    machine.raiseIrq(IRQ);
    assertThat(ran).containsExactly("1", "2", "2");
  }

  @Test
  void free_irq_ofAHandlerThatIsNotThere_warnsAndReturnsNull() {
    request(IRQ);
    assertThat(free_irq(IRQ, "another")).isNull();
    assertThat(free_irq(-3, device)).isNull();
    assertLogged("Trying to free already-free IRQ 4");
    assertThat(free_irq(IRQ, device)).isEqualTo("test");
    assertThatThrownBy(() -> machine.raiseIrq(IRQ)).isInstanceOf(IllegalStateException.class);
  }

  /** A handler on CPU 1 that takes 100 ms from its release on; returns when it has begun. */
  private void startLongHandler() {
    IrqHandler handler =
        (irq, dev) -> {
          entered = true;
          while (!release) {
            cpu_relax();
          }
          mdelay(100);
          ran.add("end");
          return IRQ_HANDLED;
        };
    assertThat(request_irq(ON_CPU_1, handler, 0, "slow", device)).isZero();
    machine.raiseIrq(ON_CPU_1);
    kernel.until("it has begun", () -> entered);
    assertThat(ran).isEmpty();
  }

  @Test
  void free_irq_whileTheHandlerRuns_waitsForItsEnd() {
    startLongHandler();
    release = true;
    free_irq(ON_CPU_1, device);
    assertThat(ran).containsExactly("end");
  }

  @Test
  void synchronize_irq_whileTheHandlerRuns_waitsForItsEnd() {
    startLongHandler();
    release = true;
    synchronize_irq(ON_CPU_1);
    assertThat(ran).containsExactly("end");
  }

  @Test
  void disable_irq_whileTheHandlerRuns_waitsAndNosyncDoesNot() {
    startLongHandler();
    disable_irq_nosync(ON_CPU_1);
    assertThat(ran).isEmpty();
    release = true;
    disable_irq(ON_CPU_1);
    assertThat(ran).containsExactly("end");
  }

  @Test
  void raiseIrq_whileTheHandlerRuns_runsItOnceMoreAfter() {
    startLongHandler();
    machine.raiseIrq(ON_CPU_1);
    machine.raiseIrq(ON_CPU_1);
    kernel.settle();
    assertThat(ran).isEmpty();
    release = true;
    awaitRuns(2);
    kernel.settle(Duration.ofMillis(500));
    assertThat(ran).containsExactly("end", "end");
  }

  @Test
  void raiseIrq_whileDisabled_staysPendingAndRunsOnceAtTheLastEnable() {
    request(IRQ);
    disable_irq(IRQ);
    disable_irq(IRQ);
    machine.raiseIrq(IRQ);
    machine.raiseIrq(IRQ);
    enable_irq(IRQ);
    kernel.settle();
    assertThat(ran).isEmpty();
    enable_irq(IRQ);
    awaitRuns(1);
    assertThat(ran).containsExactly("h");
    enable_irq(IRQ);
    assertLogged("Unbalanced enable for IRQ 4");
    machine.raiseIrq(IRQ);
    assertThat(ran).hasSize(2);
  }

  @Test
  void request_irq_withNoAutoen_staysDisabledUntilEnabled() {
    assertThat(request_irq(IRQ, handler("h", IRQ_HANDLED), IRQF_NO_AUTOEN, "x", device)).isZero();
    machine.raiseIrq(IRQ);
    kernel.settle();
    assertThat(ran).isEmpty();
    enable_irq(IRQ);
    awaitRuns(1);
    assertThat(ran).containsExactly("h");
  }

  private String interrupts() {
    return machine.proc().read("/proc/interrupts").orElseThrow();
  }

  @Test
  void procInterrupts_afterSome_hasLinuxsFormat() {
    request(IRQ);
    assertThat(request_irq(ON_CPU_1, handler("2", IRQ_HANDLED), 0, "other", device)).isZero();
    machine.raiseIrq(IRQ);
    machine.raiseIrq(IRQ);
    machine.raiseIrq(ON_CPU_1);
    kernel.until("that is counted", () -> interrupts().contains("  5:          0          1"));
    assertThat(interrupts().lines())
        .containsExactly(
            "           CPU0       CPU1       ",
            "  4:          2          0     Jiffy   4 Edge      test",
            "  5:          0          1     Jiffy   5 Edge      other",
            "LOC:          0          0   Local timer interrupts",
            "ERR:          0");
  }
}
