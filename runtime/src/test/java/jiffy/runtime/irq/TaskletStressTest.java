package jiffy.runtime.irq;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Interrupts.tasklet_disable;
import static jiffy.linux.Interrupts.tasklet_enable;
import static jiffy.linux.Interrupts.tasklet_hi_schedule;
import static jiffy.linux.Interrupts.tasklet_kill;
import static jiffy.linux.Interrupts.tasklet_schedule;
import static jiffy.linux.Interrupts.tasklet_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight tasks schedule, hi-schedule, disable, enable and kill tasklets on two CPUs. Forbidden: a
 * tasklet on two CPUs at once, or while it is disabled, or after its tasklet_kill has returned;
 * work that was handed to one that was then scheduled and never runs. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
class TaskletStressTest {
  private static final int TASKS = 8;
  private static final int TASKLETS = 16;

  /** Work for it is counted up before each scheduling; it takes all there is at each run. */
  private static final class Probe extends TaskletStruct {
    final AtomicInteger inside = new AtomicInteger();
    final AtomicLong runs = new AtomicLong();
    final AtomicLong handed = new AtomicLong();

    /** All that had been handed when it last ran. */
    long seen;

    volatile boolean forbidden;
  }

  private final List<Probe> shared = new ArrayList<>();
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicLong operations = new AtomicLong();

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void tasklets_usedByManyTasks_runNeitherTwiceNorDisabledNorKilledAndAllWorkIsDone() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      for (int i = 0; i < TASKLETS; i++) {
        shared.add(probe());
      }
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      for (Probe probe : shared) {
        awaitWork(probe); // hangs, and times out, if a scheduling was lost
        tasklet_kill(probe);
        assertThat(probe.state()).isZero();
        assertThat(probe.count).isZero();
      }
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("tasklet"));
    }
    assertThat(violations).hasValue(0);
    long runs = shared.stream().mapToLong(probe -> probe.runs.get()).sum();
    System.out.println("tasklets: " + operations + " operations, " + runs + " runs of shared ones");
  }

  private Probe probe() {
    Probe probe = new Probe();
    tasklet_setup(probe, t -> ran((Probe) t));
    return probe;
  }

  private void ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1 || probe.forbidden) {
      violations.incrementAndGet();
    }
    probe.seen = probe.handed.get();
    probe.runs.incrementAndGet();
    probe.inside.decrementAndGet();
  }

  private static void awaitWork(Probe probe) {
    while (probe.seen != probe.handed.get() || probe.state() != 0) {
      cpu_relax();
    }
  }

  private int work(Machine machine, int seed, long until) {
    SplittableRandom random = new SplittableRandom(seed);
    Probe own = probe();
    AtomicBoolean hi = new AtomicBoolean();
    long done = 0;
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 200; i++) {
        Probe probe = shared.get(random.nextInt(TASKLETS));
        hi.set(random.nextInt(4) == 0);
        hand(probe, hi.get());
        if (random.nextInt(50) == 0) {
          tasklet_disable(probe);
          tasklet_enable(probe);
        }
      }
      useOwn(own, random);
      done += 210;
    }
    tasklet_kill(own);
    operations.addAndGet(done);
    return 0;
  }

  private static void hand(Probe probe, boolean hi) {
    probe.handed.incrementAndGet();
    if (hi) {
      tasklet_hi_schedule(probe);
    } else {
      tasklet_schedule(probe);
    }
  }

  /** Nobody else has it: so what it must not do is known exactly. */
  private static void useOwn(Probe own, SplittableRandom random) {
    hand(own, random.nextBoolean());
    switch (random.nextInt(3)) {
      case 0 -> {
        tasklet_kill(own);
        own.forbidden = true; // killed: it does not run any more
        assertThat(own.seen)
            .as("what was scheduled before the kill has run")
            .isEqualTo(own.handed.get());
        cpu_relax();
        own.forbidden = false;
      }
      case 1 -> {
        tasklet_disable(own);
        own.forbidden = true;
        hand(own, random.nextBoolean());
        cpu_relax();
        own.forbidden = false;
        tasklet_enable(own);
        awaitWork(own);
      }
      default -> awaitWork(own);
    }
  }
}
