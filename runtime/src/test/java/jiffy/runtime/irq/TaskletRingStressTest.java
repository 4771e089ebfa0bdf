package jiffy.runtime.irq;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TaskletStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks on two CPUs send bursts, longer and shorter than a ring, of tasklets of their own, and
 * share a few that so change their homes all the time. Forbidden: a tasklet that is lost, that runs
 * more often than it was scheduled, on two CPUs at once, while it is disabled or after its
 * tasklet_kill has returned; of a burst a later one before an earlier one. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
class TaskletRingStressTest {
  private static final int TASKS = 4;
  private static final int SHARED = 3;
  private static final int OWN = 3_000;

  /** Counts its runs by plain writes: two at once, or one that does not see the last, lose some. */
  private static final class Probe extends TaskletStruct {
    final AtomicInteger inside = new AtomicInteger();
    final AtomicLong scheduled = new AtomicLong();
    volatile boolean forbidden;

    /** From 1; 0: in no order. */
    int number;

    Burst burst;
    long runs;

    /** Written before it is scheduled, without a fence; read when it runs. */
    long word;

    volatile long seen;
  }

  /** The tasklets of one task, in order. */
  private static final class Burst {
    final List<Probe> probes = new ArrayList<>();

    /** The last that has run; written by them, one after the other. */
    volatile int last;
  }

  private final List<Probe> shared = new ArrayList<>();
  private final AtomicInteger together = new AtomicInteger();
  private final AtomicInteger forbidden = new AtomicInteger();
  private final AtomicInteger reordered = new AtomicInteger();
  private final AtomicInteger doubled = new AtomicInteger();
  private final AtomicLong bursts = new AtomicLong();

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void bursts_ofOwnAndSharedOnes_loseDoubleAndReorderNothing() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      for (int i = 0; i < SHARED; i++) {
        shared.add(probe());
      }
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      for (Probe probe : shared) {
        await(probe);
        tasklet_kill(probe);
        assertThat(probe.state()).isZero();
      }
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("tasklet"));
    }
    assertThat(together).hasValue(0);
    assertThat(forbidden).hasValue(0);
    assertThat(reordered).hasValue(0);
    assertThat(doubled).hasValue(0);
    System.out.println("tasklet ring: " + bursts + " bursts");
  }

  /** Forbidden: that one which somebody has scheduled, and nobody can have run, is found idle. */
  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void state_ofOneThatTwoScheduleOnListsOfTheirOwn_isNeverIdle() {
    AtomicLong turns = new AtomicLong();
    AtomicInteger idle = new AtomicInteger();
    TaskletStruct probe = new TaskletStruct();
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=1");
        Attachment test = machine.attach("stress")) {
      tasklet_setup(probe, t -> {});
      StressTasks.run(
          machine,
          2,
          (seed, until) -> {
            while (machine.uptimeNanos() < until) {
              local_bh_disable(); // no tasklet runs
              if ((seed & 1) == 0) {
                tasklet_schedule(probe);
              } else {
                tasklet_hi_schedule(probe);
              }
              if (probe.state() == 0) {
                idle.incrementAndGet();
              }
              local_bh_enable();
              turns.incrementAndGet();
            }
            return 0;
          });
      tasklet_kill(probe);
    }
    assertThat(idle).hasValue(0);
    System.out.println("tasklet state: " + turns + " turns");
  }

  private Probe probe() {
    Probe probe = new Probe();
    tasklet_setup(probe, t -> ran((Probe) t));
    return probe;
  }

  private void ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1) {
      together.incrementAndGet();
    }
    if (probe.number == 0 && probe.burst != null) {
      pause(10); // long enough for who should have kept it from running to forbid it
    }
    if (probe.forbidden) {
      forbidden.incrementAndGet();
    }
    if (++probe.runs > probe.scheduled.get()) {
      doubled.incrementAndGet();
    }
    Burst burst = probe.burst;
    if (probe.number > 0) {
      if (burst.last != probe.number - 1) {
        reordered.incrementAndGet();
      }
      burst.last = probe.number;
    }
    probe.inside.decrementAndGet();
    probe.seen = probe.burst == null ? probe.scheduled.get() : probe.word;
  }

  /**
   * Hangs, and times out, if a scheduling was lost, or the function has not seen what it should.
   */
  private static void await(Probe probe) {
    while (probe.seen != probe.scheduled.get() || probe.state() != 0) {
      cpu_relax();
    }
  }

  private int work(Machine machine, int seed, long until) {
    SplittableRandom random = new SplittableRandom(seed);
    Burst own = new Burst();
    for (int i = 0; i < OWN; i++) {
      Probe probe = probe();
      probe.number = i + 1;
      probe.burst = own;
      own.probes.add(probe);
    }
    Probe single = probe();
    single.burst = new Burst();
    for (int turn = 0; machine.uptimeNanos() < until; turn++) {
      burst(own, random.nextInt(4) == 0 ? OWN : 1 + random.nextInt(200), turn % 3 == 0, random);
      for (int i = 0; i < 100; i++) {
        again(single, random);
      }
      for (int i = 0; i < 50; i++) {
        holdBack(single, random);
      }
      bursts.incrementAndGet();
    }
    tasklet_kill(single);
    return 0;
  }

  private void burst(Burst own, int length, boolean hi, SplittableRandom random) {
    own.last = 0;
    for (int i = 0; i < length; i++) {
      Probe probe = own.probes.get(i);
      probe.word++;
      probe.scheduled.setPlain(probe.word);
      hand(probe, hi);
      if ((i & 15) == 0) {
        Probe other = shared.get(random.nextInt(SHARED));
        other.scheduled.incrementAndGet();
        hand(other, random.nextInt(4) == 0);
      }
    }
    for (int i = length - 1; i >= 0; i--) {
      await(own.probes.get(i));
    }
  }

  /** It is still scheduled, just running, or idle: in each case the function sees the word. */
  private static void again(Probe single, SplittableRandom random) {
    single.word++;
    single.scheduled.setPlain(single.word);
    tasklet_schedule(single);
    if (random.nextInt(3) == 0) {
      await(single);
    }
  }

  /** Nobody else has it: so what it must not do is known exactly. */
  private static void holdBack(Probe single, SplittableRandom random) {
    single.word++;
    single.scheduled.setPlain(single.word);
    hand(single, random.nextBoolean());
    pause(random.nextInt(20)); // the CPU's thread is about to look at it
    if (random.nextBoolean()) {
      tasklet_disable(single);
      single.forbidden = true;
      pause(40);
      single.forbidden = false;
      tasklet_enable(single);
    } else {
      tasklet_kill(single);
      single.forbidden = true;
      assertThat(single.seen).as("it has run before").isEqualTo(single.word);
      cpu_relax();
      single.forbidden = false;
    }
    await(single);
  }

  private static void pause(int spins) {
    for (int i = spins; i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  private static void hand(Probe probe, boolean hi) {
    if (hi) {
      tasklet_hi_schedule(probe);
    } else {
      tasklet_schedule(probe);
    }
  }
}
