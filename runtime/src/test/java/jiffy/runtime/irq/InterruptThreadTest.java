package jiffy.runtime.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.types.TaskStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptThreadTest {
  private final SimArch sim = new SimArch();
  private final List<String> log = new ArrayList<>();
  private final List<String> ran = new ArrayList<>();
  private final Contexts contexts = new Contexts(sim, 1);
  private final Softirqs softirqs = new Softirqs(sim, contexts, (level, text) -> log.add(text));
  private final Interrupts interrupts =
      new Interrupts(sim, contexts, 0, (level, text) -> log.add(text));
  private final HwThread driver = sim.attach();
  private final Context context =
      contexts.make(driver, contexts.cpus().get(0), new TaskStruct(1, "test"));

  @AfterEach
  void switchOff() {
    sim.close();
  }

  @Test
  void raise_fromATask_runsInHardInterruptContext() {
    interrupts.raise(
        0,
        c ->
            ran.add(
                String.format(
                    Locale.ROOT,
                    "%08x irqs off %b %s handler %b",
                    c.preemptCount(),
                    c.irqsDisabled(),
                    c.task(),
                    c.inHandler())));
    interrupts.awaitPass(context);
    assertThat(ran).containsExactly("00010001 irqs off true swapper/0/0 handler true");
    assertThat(context.cpu.gate).hasToString("gate[bh 0, irq 0]");
  }

  @Test
  void raise_ofSeveral_runsThemInOrderBeforeAwaitPassReturns() {
    for (int i = 0; i < 100; i++) {
      String name = "" + i;
      interrupts.raise(0, c -> ran.add(name));
    }
    interrupts.awaitPass(context);
    assertThat(ran).hasSize(100).startsWith("0", "1", "2").endsWith("99");
  }

  @Test
  void raise_whileInterruptsAreDisabled_waitsForTheTask() {
    context.localIrqSave();
    interrupts.raise(0, c -> ran.add("handler"));
    interrupts.awaitPass(context); // does not wait: it would wait for itself
    sim.advance(driver, 1_000_000);
    assertThat(ran).isEmpty();
    context.localIrqEnable();
    sim.advance(driver, 0);
    assertThat(ran).containsExactly("handler");
  }

  @Test
  void raise_whileASoftirqHandlerIsStuck_runsAllTheSame() {
    AtomicBoolean release = new AtomicBoolean();
    softirqs.open(
        Vector.TASKLET,
        c -> {
          while (!release.get()) {
            c.cpuRelax();
          }
        });
    softirqs.raise(context, Vector.TASKLET);
    sim.advance(driver, 1_000_000);
    interrupts.raise(0, c -> ran.add("handler"));
    sim.advance(driver, 1_000_000);
    assertThat(ran).containsExactly("handler");
    release.set(true);
  }

  @Test
  void softirq_raisedByAHandler_isServedOnTheIdleTask() {
    softirqs.open(
        Vector.TASKLET,
        c -> ran.add(String.format(Locale.ROOT, "%x %s", c.preemptCount(), c.task())));
    interrupts.raise(0, c -> softirqs.raise(c, Vector.TASKLET));
    sim.advance(driver, 0);
    assertThat(ran).containsExactly("101 swapper/0/0");
  }

  @Test
  void event_programmed_interruptsAtItsTimeOnce() {
    DeadlineEvent event = interrupts.event(0, c -> ran.add("at " + sim.now()));
    event.program(5_000);
    event.program(3_000);
    sim.advance(driver, 10_000);
    assertThat(ran).containsExactly("at 3000");
    assertThat(sim.nextEvent(driver)).as("idle").isEqualTo(Arch.NEVER);
    event.program(1);
    sim.advance(driver, 0);
    assertThat(ran).containsExactly("at 3000", "at 10000");
  }

  @Test
  void event_movedBack_wakesNobodyBeforeTheOldTime() {
    DeadlineEvent event = interrupts.event(0, c -> ran.add("at " + sim.now()));
    event.program(3_000);
    sim.advance(driver, 0);
    long passes = interrupts.passes(0);
    event.program(50_000);
    sim.advance(driver, 40_000);
    assertThat(interrupts.passes(0)).isEqualTo(passes);
    sim.advance(driver, 10_000);
    assertThat(ran).containsExactly("at 50000");
  }

  @Test
  void handler_thatThrowsAndLeaks_isReportedAndTheCpuGoesOn() {
    interrupts.raise(
        0,
        c -> {
          throw new IllegalStateException("on purpose");
        });
    interrupts.raise(0, Context::preemptDisable);
    interrupts.raise(0, Context::localIrqEnable);
    interrupts.raise(
        0, c -> ran.add(String.format(Locale.ROOT, "%x %b", c.preemptCount(), c.irqsDisabled())));
    interrupts.awaitPass(context);
    assertThat(ran).containsExactly("10001 true");
    assertThat(log)
        .anyMatch(line -> line.contains("interrupt threw java.lang.IllegalStateException"))
        .anyMatch(line -> line.contains("preempt_count 00010001, exited with 00010002?"))
        .anyMatch(line -> line.equals("WARNING: interrupt enabled interrupts"));
  }

  @Test
  void evict_ofAHandlerThatNeverReturns_letsOthersRunOnAFreshThread() {
    AtomicBoolean release = new AtomicBoolean();
    interrupts.raise(
        0,
        c -> {
          while (!release.get()) {
            c.cpuRelax();
          }
          ran.add("stuck one returned");
        });
    interrupts.raise(0, c -> ran.add("other"));
    sim.advance(driver, 1_000_000);
    assertThat(ran).isEmpty();
    assertThat(interrupts.evict(0)).isNotNull();
    interrupts.awaitPass(context);
    assertThat(ran).containsExactly("other");
    release.set(true);
    sim.advance(driver, 1_000_000);
    assertThat(ran).containsExactly("other", "stuck one returned");
    assertThat(context.cpu.gate).hasToString("gate[bh 0, irq 0]");
    assertThat(interrupts.evict(0)).isNull();
  }

  @Test
  void stop_whileSomebodyWaitsForAPass_letsItGo() {
    interrupts.stop();
    interrupts.raise(0, c -> ran.add("handler"));
    interrupts.awaitPass(context);
    assertThat(ran).isEmpty();
  }
}
