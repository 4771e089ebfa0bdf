package jiffy.runtime.context;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Irqflags.local_irq_disable;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Preempt.preempt_enable;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task that leaves its CPU disabled, or counts wrong, does not take the CPU with it. */
@OnBothPlatforms
class TaskEndTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final TimerList timer = new TimerList();
  private final AtomicInteger runs = new AtomicInteger();

  TaskEndTest(Platform platform) {
    kernel = TestKernel.boot(platform, "nr_cpus=1");
    machine = kernel.machine;
    kernel.self.close(); // each test comes and goes itself
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void timerStillRuns() {
    try (Attachment test = machine.attach("test")) {
      timer_setup(timer, t -> runs.incrementAndGet(), 0);
      mod_timer(timer, jiffies() + 2);
      kernel.until("the timer runs", () -> runs.get() > 0);
      assertThat(test.context().cpu.gate.toString()).startsWith("gate[bh 0, irq 0");
    }
  }

  @Test
  void detach_withBhAndIrqsOff_isReportedAndPutRight() {
    try (Attachment test = machine.attach("leaver")) {
      local_bh_disable();
      local_irq_disable();
    }
    timerStillRuns();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("leaver") && line.contains("preempt_count 512"))
        .anyMatch(line -> line.contains("leaver") && line.contains("irqs disabled"));
  }

  @Test
  void task_thatEndsWithBhOff_isReportedAndPutRight() {
    Task leaver =
        kernel.start(
            "leaver",
            () -> {
              local_bh_disable();
              return 0;
            });
    kernel.until("it ends", leaver::isEnded);
    timerStillRuns();
  }

  @Test
  void unbalancedCounts_doNotSpoilTheGate() {
    try (Attachment test = machine.attach("test")) {
      preempt_enable();
      local_bh_disable();
      preempt_disable();
      local_bh_enable();
      preempt_enable();
      assertThat(test.context().cpu.gate.toString()).startsWith("gate[bh 0, irq 0]");
    }
    timerStillRuns();
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("preempt_enable"));
  }

  @Test
  void countOverflow_doesNotSpoilTheGate() {
    try (Attachment test = machine.attach("test")) {
      for (int i = 0; i < 256; i++) {
        preempt_disable();
      }
      local_bh_disable();
      for (int i = 0; i < 256; i++) {
        preempt_enable();
      }
      local_bh_enable();
      assertThat(preempt_count()).isZero();
    }
    timerStillRuns();
  }
}
