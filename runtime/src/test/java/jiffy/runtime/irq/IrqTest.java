package jiffy.runtime.irq;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Interrupts.IRQF_NO_AUTOEN;
import static jiffy.linux.Interrupts.IRQF_SHARED;
import static jiffy.linux.Interrupts.IRQ_HANDLED;
import static jiffy.linux.Interrupts.IRQ_NONE;
import static jiffy.linux.Interrupts.IRQ_WAKE_THREAD;
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
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_disable;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.types.IrqHandler;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Interrupt lines: who gets them, when the handlers run and what they may do. */
class IrqTest {
  private static final int IRQ = 4;
  private static final int ON_CPU_1 = 5;

  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Attachment test = machine.attach("test");
  private final List<String> ran = new ArrayList<>();
  private final Object device = "dev";
  private boolean entered;
  private volatile boolean release;

  @AfterEach
  void halt() {
    release = true;
    test.close();
    machine.close();
  }

  private void settle() {
    sim.advance(Duration.ofMillis(20));
  }

  private IrqHandler handler(String name, int result) {
    return (irq, dev) -> {
      ran.add(name);
      return result;
    };
  }

  private void request(int irq) {
    assertThat(request_irq(irq, handler("h", IRQ_HANDLED), 0, "test", device)).isZero();
  }

  private void assertLogged(String part) {
    assertThat(machine.dmesg()).anyMatch(line -> line.contains(part));
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
    settle();
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
    settle();
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
    settle();
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
    assertThat(machine.proc().read("/proc/interrupts").orElseThrow()).contains("  a, b\n");
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

  /** A handler on CPU 1 that takes 100 ms; returns when it has begun. */
  private void startLongHandler() {
    IrqHandler handler =
        (irq, dev) -> {
          entered = true;
          mdelay(100);
          ran.add("end");
          return IRQ_HANDLED;
        };
    assertThat(request_irq(ON_CPU_1, handler, 0, "slow", device)).isZero();
    machine.raiseIrq(ON_CPU_1);
    sim.runUntil(() -> entered);
    assertThat(ran).isEmpty();
  }

  @Test
  void free_irq_whileTheHandlerRuns_waitsForItsEnd() {
    startLongHandler();
    free_irq(ON_CPU_1, device);
    assertThat(ran).containsExactly("end");
  }

  @Test
  void synchronize_irq_whileTheHandlerRuns_waitsForItsEnd() {
    startLongHandler();
    synchronize_irq(ON_CPU_1);
    assertThat(ran).containsExactly("end");
  }

  @Test
  void disable_irq_whileTheHandlerRuns_waitsAndNosyncDoesNot() {
    startLongHandler();
    disable_irq_nosync(ON_CPU_1);
    assertThat(ran).isEmpty();
    disable_irq(ON_CPU_1);
    assertThat(ran).containsExactly("end");
  }

  @Test
  void raiseIrq_whileTheHandlerRuns_runsItOnceMoreAfter() {
    startLongHandler();
    machine.raiseIrq(ON_CPU_1);
    machine.raiseIrq(ON_CPU_1);
    sim.advance(Duration.ofMillis(500));
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
    settle();
    assertThat(ran).isEmpty();
    enable_irq(IRQ);
    settle();
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
    settle();
    assertThat(ran).isEmpty();
    enable_irq(IRQ);
    settle();
    assertThat(ran).containsExactly("h");
  }

  @Test
  void disable_irq_fromItsOwnHandler_warnsAndDoesNotWait() {
    IrqHandler handler =
        (irq, dev) -> {
          disable_irq(irq);
          ran.add("h");
          return IRQ_HANDLED;
        };
    assertThat(request_irq(IRQ, handler, 0, "x", device)).isZero();
    machine.raiseIrq(IRQ);
    machine.raiseIrq(IRQ);
    settle();
    assertThat(ran).containsExactly("h");
    assertLogged("disable_irq(4) from an interrupt handler");
    enable_irq(IRQ);
    settle();
    assertThat(ran).containsExactly("h", "h");
  }

  @Test
  void line_thatNobodyCaresFor_isDisabledAfterLinuxsThreshold() {
    long[] calls = new long[1];
    IrqHandler handler =
        (irq, dev) -> {
          calls[0]++;
          return IRQ_NONE;
        };
    assertThat(request_irq(IRQ, handler, 0, "screaming", device)).isZero();
    for (int i = 0; i < 100_010; i++) {
      machine.raiseIrq(IRQ);
    }
    assertThat(calls[0]).isEqualTo(100_000);
    assertLogged("irq 4: nobody cared (try booting with the \"irqpoll\" option)");
    assertLogged("handlers:");
    assertLogged("line_thatNobodyCaresFor_isDisabledAfterLinuxsThreshold.lambda");
    assertLogged("Disabling IRQ #4");
  }

  @Test
  void handler_thatMisbehaves_isNamedAndTheLineGoesOn() {
    int[] turn = new int[1];
    IrqHandler handler =
        (irq, dev) -> {
          switch (turn[0]++) {
            case 0 -> throw new IllegalStateException("on purpose");
            case 1 -> preempt_disable();
            case 2 -> local_irq_enable();
            case 3 -> {
              return IRQ_WAKE_THREAD;
            }
            case 4 -> {
              return 77;
            }
            default -> ran.add("fine " + Current.get().preemptCount());
          }
          return IRQ_HANDLED;
        };
    assertThat(request_irq(IRQ, handler, 0, "bad", device)).isZero();
    for (int i = 0; i < 6; i++) {
      machine.raiseIrq(IRQ);
    }
    assertThat(ran).containsExactly("fine " + 0x10001);
    assertLogged("irq 4 handler_thatMisbehaves_isNamedAndTheLineGoesOn.lambda threw");
    assertLogged("irq: huh, entered irq 4 with preempt_count 00010001, exited with 00010002?");
    assertLogged("irq 4 handler handler_thatMisbehaves");
    assertLogged("IRQ 4 device bad returned IRQ_WAKE_THREAD but no thread function available.");
    assertLogged("irq event 4: bogus return value 4d");
  }

  @Test
  void giveUp_ofAHandlerThatNeverReturns_letsTheCpusOtherLinesGoOn() {
    IrqHandler endless =
        (irq, dev) -> {
          entered = true;
          while (!release) {
            mdelay(1);
          }
          return IRQ_HANDLED;
        };
    assertThat(request_irq(ON_CPU_1, endless, 0, "endless", device)).isZero();
    request(ON_CPU_1 + 2);
    machine.raiseIrq(ON_CPU_1);
    sim.runUntil(() -> entered);
    machine.raiseIrq(ON_CPU_1 + 2);
    settle();
    assertThat(ran).isEmpty();
    assertThat(machine.irqs().giveUp(test.context(), 1, Owner.CORE)).isEqualTo(ON_CPU_1);
    settle();
    machine.raiseIrq(ON_CPU_1 + 2);
    settle();
    assertThat(ran).isNotEmpty();
    entered = false;
    machine.raiseIrq(ON_CPU_1); // in progress still: never entered twice
    settle();
    assertThat(entered).isFalse();
    long before = jiffies();
    free_irq(ON_CPU_1, device);
    assertThat(jiffies() - before).as("5 s").isLessThan(1300);
    assertLogged("irq 5: a handler has not returned and is not waited for any longer");
  }

  @Test
  void procInterrupts_afterSome_hasLinuxsFormat() {
    request(IRQ);
    assertThat(request_irq(ON_CPU_1, handler("2", IRQ_HANDLED), 0, "other", device)).isZero();
    machine.raiseIrq(IRQ);
    machine.raiseIrq(IRQ);
    machine.raiseIrq(ON_CPU_1);
    settle();
    assertThat(machine.proc().read("/proc/interrupts").orElseThrow().lines())
        .containsExactly(
            "           CPU0       CPU1       ",
            "  4:          2          0     Jiffy   4 Edge      test",
            "  5:          0          1     Jiffy   5 Edge      other",
            "LOC:          0          0   Local timer interrupts",
            "ERR:          0");
  }
}
