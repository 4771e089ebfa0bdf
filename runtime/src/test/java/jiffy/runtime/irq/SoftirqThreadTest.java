package jiffy.runtime.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.ArchStub;
import jiffy.runtime.arch.HwThread;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.types.TaskStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SoftirqThreadTest {
  private final SimArch sim = new SimArch();
  private final AtomicBoolean noThreads = new AtomicBoolean();

  /** What happens while the softirq thread looks for more before it sleeps. */
  private Runnable meanwhile;

  private int lingered;
  private final Arch arch = ArchStub.of(sim, this::answer);
  private final List<String> log = new ArrayList<>();
  private final Contexts contexts = new Contexts(arch, 1);
  private final Softirqs softirqs = new Softirqs(arch, contexts, (level, text) -> log.add(text));
  private final HwThread driver = sim.attach();
  private final Context context =
      contexts.make(driver, contexts.cpus().get(0), new TaskStruct(1, "test"));
  private final List<String> served = new ArrayList<>();

  private Object answer(String method, Object[] arguments) {
    if (method.equals("spawn") && noThreads.get()) {
      throw new IllegalStateException("no more threads");
    }
    if (method.equals("linger") && meanwhile != null) {
      lingered++;
      meanwhile.run();
      return ((BooleanSupplier) arguments[0]).getAsBoolean();
    }
    return ArchStub.PASS_ON;
  }

  @AfterEach
  void switchOff() {
    sim.close();
  }

  @Test
  void raise_withoutAThreadToBeHad_isServedOnceThereIsOne() {
    softirqs.open(Vector.TASKLET, c -> served.add("tasklet"));
    noThreads.set(true);
    softirqs.raise(context, Vector.TASKLET);
    assertThat(log).singleElement().asString().contains("CPU#0").contains("no more threads");
    noThreads.set(false);
    softirqs.raise(context, Vector.TASKLET);
    sim.advance(driver, 1);
    assertThat(served).containsExactly("tasklet");
  }

  @Test
  void handler_thatThrows_isReportedAndTheCpuGoesOn() {
    softirqs.open(
        Vector.HI,
        c -> {
          throw new StackOverflowError("on purpose");
        });
    softirqs.open(Vector.TASKLET, c -> served.add("tasklet"));
    softirqs.raise(context, Vector.HI);
    softirqs.raise(context, Vector.TASKLET);
    sim.advance(driver, 1);
    assertThat(served).containsExactly("tasklet");
    assertThat(log).anyMatch(line -> line.contains("softirq HI threw"));
    assertThat(context.cpu.gate.toString()).isEqualTo("gate[bh 0, irq 0]");
  }

  private void raiseOneByOne(int times) {
    for (int i = 0; i < times; i++) {
      softirqs.raise(context, Vector.TASKLET);
      sim.advance(driver, 1);
    }
  }

  @Test
  void linger_isEarnedByPassesForTasks_andLostInVain() {
    softirqs.open(Vector.TASKLET, c -> served.add("tasklet"));
    meanwhile = () -> {};
    raiseOneByOne(31);
    assertThat(lingered).isZero();
    raiseOneByOne(1);
    assertThat(lingered).isEqualTo(1);
    raiseOneByOne(31);
    assertThat(lingered).isEqualTo(1);
    assertThat(served).hasSize(63);
  }

  @Test
  void linger_moreComes_isServedWithoutASleep_andTheNextInterruptIsTheIdleTasks() {
    softirqs.open(Vector.TASKLET, c -> served.add("tasklet"));
    softirqs.open(
        Vector.TIMER,
        c -> {
          served.clear();
          softirqs.raise(c, Vector.HI);
        });
    softirqs.open(Vector.HI, c -> served.add("hi of " + c.task().comm));
    meanwhile =
        () -> {
          if (lingered <= 20) {
            softirqs.raiseOn(0, Vector.TASKLET);
          }
        };
    raiseOneByOne(32);
    assertThat(served).hasSize(52);
    assertThat(lingered).isEqualTo(21);
    softirqs.clockEvent(0).program(sim.now() + 1);
    sim.advance(driver, 2);
    assertThat(served).containsExactly("hi of swapper/0");
  }
}
