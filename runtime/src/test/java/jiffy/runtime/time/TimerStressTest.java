package jiffy.runtime.time;

import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks arm, push back, delete and let fire shared timers on two CPUs. Forbidden: a timer that
 * runs early, on two CPUs at once, or after its del_timer_sync has returned; one that is armed and
 * never runs. Length: {@code -Djiffy.stress=SECONDS}.
 */
class TimerStressTest {
  private static final int TASKS = 4;
  private static final int TIMERS = 64;

  private static final class Probe extends TimerList {
    final AtomicInteger inside = new AtomicInteger();
    final AtomicInteger runs = new AtomicInteger();
    volatile boolean deleted;
  }

  private final List<Probe> shared = new ArrayList<>();
  private final AtomicInteger violations = new AtomicInteger();

  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES)
  void timers_armedAndDeletedByManyTasks_runNeitherTwiceNorEarlyNorDeleted() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      for (int i = 0; i < TIMERS; i++) {
        Probe probe = new Probe();
        timer_setup(probe, t -> ran((Probe) t), 0);
        shared.add(probe);
      }
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      shared.forEach(probe -> del_timer_sync(probe));
    }
    assertThat(violations).hasValue(0);
    assertThat(shared).anyMatch(probe -> probe.runs.get() > 0);
  }

  private void ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1 || probe.deleted) {
      violations.incrementAndGet();
    }
    probe.runs.incrementAndGet();
    probe.inside.decrementAndGet();
  }

  private int work(Machine machine, int seed, long until) {
    Random random = new Random(seed);
    List<Probe> own = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Probe probe = new Probe();
      timer_setup(probe, t -> ran((Probe) t), 0);
      own.add(probe);
    }
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        mod_timer(shared.get(random.nextInt(TIMERS)), jiffies() + random.nextInt(4));
        del_timer_sync(shared.get(random.nextInt(TIMERS)));
      }
      Probe mine = own.get(random.nextInt(own.size()));
      mine.deleted = false;
      mod_timer(mine, jiffies() + random.nextInt(3));
      if (random.nextBoolean()) {
        del_timer_sync(mine);
        mine.deleted = true;
      } else {
        mustRun(mine);
      }
    }
    own.forEach(probe -> del_timer_sync(probe));
    return 0;
  }

  /** Waits for it: hangs, and times out, if the timer was lost. */
  private static void mustRun(Probe probe) {
    int before = probe.runs.get();
    while (jiffy.linux.Timers.timer_pending(probe) && probe.runs.get() == before) {
      jiffy.linux.Delay.cpu_relax();
    }
  }
}
