package jiffy.runtime.context;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimArch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The table at the head of {@link Gate}, line by line. */
class GateTest {
  private static final long MS = 1_000_000;

  private final SimArch arch = new SimArch();
  private final HwThread self = arch.attach();
  private final Gate gate = new Gate(arch);
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void switchOff() {
    arch.close();
  }

  @Test
  void softirq_whileATaskHasBhDisabled_hasToWait() {
    gate.bindSoftirq(self);
    gate.enterBh(self, false);
    gate.enterBh(self, false);
    assertThat(gate.tryEnterSoftirq()).isEqualTo(-1);
    assertThat(gate.leaveBh()).as("a handler has been waiting").isTrue();
    assertThat(gate.tryEnterSoftirq()).isEqualTo(-1);
    gate.leaveBh();
    assertThat(gate.tryEnterSoftirq()).isZero();
    assertThat(gate.exitSoftirq(0)).isTrue();
    assertThat(gate.toString()).isEqualTo("gate[bh 0, irq 0]");
  }

  @Test
  void softirq_whileATaskHasIrqsOff_hasToWait() {
    gate.bindSoftirq(self);
    gate.enterIrq(self, false, false);
    assertThat(gate.tryEnterSoftirq()).isEqualTo(-1);
    gate.leaveIrq();
    assertThat(gate.tryEnterSoftirq()).isZero();
  }

  @Test
  void hardirq_waitsForIrqsOff_butNotForBhDisabledNorForSoftirqs() {
    gate.bindInterrupt(self);
    gate.enterBh(self, false);
    assertThat(gate.tryEnterHardirq()).isZero();
    assertThat(gate.exitHardirq(0)).isTrue();
    gate.leaveBh();
    assertThat(gate.tryEnterSoftirq()).isZero();
    assertThat(gate.tryEnterHardirq()).isZero();
    assertThat(gate.exitHardirq(0)).isTrue();
    gate.exitSoftirq(0);
    gate.enterIrq(self, false, false);
    assertThat(gate.tryEnterHardirq()).isEqualTo(-1);
    gate.leaveIrq();
    assertThat(gate.tryEnterHardirq()).isZero();
  }

  @Test
  void share_thatAThreadOwes_isGivenBackOnceByWhoeverSettles() {
    gate.bindSoftirq(self);
    gate.enterBh(self, false);
    self.owesBhShare = true;
    gate.enterIrq(self, false, false);
    assertThat(gate.toString()).isEqualTo("gate[bh 0, irq 1]");
    self.owesIrqShare = true;
    assertThat(gate.tryEnterSoftirq()).isEqualTo(-1);
    gate.settle(self);
    gate.settle(self);
    assertThat(gate.tryEnterSoftirq()).isZero();
    assertThat(gate.toString()).isEqualTo("gate[bh 0, irq 0, softirq runs]");
  }

  @Test
  void task_whileASoftirqRuns_waitsForItsEnd() {
    assertThat(gate.tryEnterSoftirq()).isZero();
    task("bh", () -> gate.enterBh(current, true));
    task("irq", () -> gate.enterIrq(current, false, true));
    arch.advance(self, MS);
    assertThat(order).isEmpty();
    gate.exitSoftirq(0);
    arch.advance(self, MS);
    assertThat(order).containsExactlyInAnyOrder("bh", "irq");
  }

  @Test
  void task_whileASoftirqMerelyWaits_waitsOnlyIfItHoldsNothing() {
    gate.bindSoftirq(self);
    gate.enterBh(self, false);
    assertThat(gate.tryEnterSoftirq()).isEqualTo(-1);
    task("atomic", () -> gate.enterBh(current, true));
    task("free", () -> gate.enterBh(current, false));
    arch.advance(self, MS);
    assertThat(order).containsExactly("atomic");
  }

  @Test
  void softirqHandler_thatTurnsIrqsOff_waitsForHardirqsOnly() {
    assertThat(gate.tryEnterSoftirq()).isZero();
    gate.enterIrq(self, true, true);
    gate.leaveIrq();
    assertThat(gate.tryEnterHardirq()).isZero();
    task("handler", () -> gate.enterIrq(current, true, true));
    arch.advance(self, MS);
    assertThat(order).isEmpty();
    gate.exitHardirq(0);
    arch.advance(self, MS);
    assertThat(order).containsExactly("handler");
  }

  @Test
  void exit_ofAnEvictedGeneration_changesNothing() {
    int old = gate.tryEnterSoftirq();
    assertThat(gate.evictSoftirq(old)).isTrue();
    int fresh = gate.tryEnterSoftirq();
    assertThat(fresh).isEqualTo(old + 1).isEqualTo(gate.softirqGeneration());
    assertThat(gate.exitSoftirq(old)).isFalse();
    assertThat(gate.toString()).contains("softirq runs");
    assertThat(gate.evictSoftirq(old)).isFalse();
    assertThat(gate.exitSoftirq(fresh)).isTrue();
    assertThat(gate.toString()).isEqualTo("gate[bh 0, irq 0]");
  }

  private HwThread current;

  private void task(String name, Runnable enter) {
    arch.spawn(
        name,
        thread -> {
          current = thread;
          enter.run();
          order.add(name);
        });
  }
}
