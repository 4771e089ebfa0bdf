package jiffy.runtime.time;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.del_timer;
import static jiffy.linux.Timers.del_timer_sync;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_pending;
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
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Eight tasks arm, push back, delete and let fire 100,000 timers, each its own, from one jiffy to
 * several levels away. The books are exact: a timer has run as often as it was armed (mod_timer
 * returned 0) less the times that it was deleted while pending. Forbidden: a run lost, a run too
 * many, one after del_timer_sync has returned, one before its expiry. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
class TimerCountStressTest {
  private static final int TASKS = 8;
  private static final int TIMERS = 100_000;

  private static final class Probe extends TimerList {
    final AtomicInteger inside = new AtomicInteger();
    int expected;
    long last;
    volatile int runs;
    volatile boolean deleted;
    volatile long ranAt;
  }

  private final AtomicInteger violations = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"6.1", "cascading"})
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void timers_armedPushedBackAndDeleted_runAsOftenAsTheyWereArmed(String wheel) {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2 timer_wheel=" + wheel);
        Attachment test = machine.attach("stress")) {
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
    }
    assertThat(violations).hasValue(0);
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // one writer at a time, or else a violation
  private void ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1 || probe.deleted) {
      violations.incrementAndGet();
    }
    probe.ranAt = jiffies();
    probe.runs++;
    probe.inside.decrementAndGet();
  }

  private int work(Machine machine, int seed, long until) {
    Random random = new Random(seed);
    List<Probe> own = new ArrayList<>();
    for (int i = 0; i < TIMERS / TASKS; i++) {
      Probe probe = new Probe();
      timer_setup(probe, t -> ran((Probe) t), 0);
      own.add(probe);
    }
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        step(own.get(random.nextInt(own.size())), random);
      }
    }
    for (Probe probe : own) {
      if (random.nextBoolean()) {
        arm(probe, 3);
        probe.last = probe.expires;
      }
    }
    own.forEach(this::checkBooks);
    return 0;
  }

  private static void step(Probe probe, Random random) {
    switch (random.nextInt(8)) {
      case 0 -> delete(probe);
      case 1 -> {
        if (del_timer(probe) == 1) {
          probe.expected--;
        }
      }
      default -> arm(probe, random.nextInt(1 << 1 + random.nextInt(10)));
    }
  }

  private static void arm(Probe probe, long delay) {
    probe.deleted = false;
    if (mod_timer(probe, jiffies() + delay) == 0) {
      probe.expected++;
    }
  }

  private static void delete(Probe probe) {
    if (del_timer_sync(probe) == 1) {
      probe.expected--;
    }
    probe.deleted = true;
  }

  /** Lets it fire, if it is pending, and looks at the books. */
  private void checkBooks(Probe probe) {
    while (timer_pending(probe)) {
      cpu_relax();
    }
    delete(probe);
    if (probe.runs != probe.expected || probe.ranAt - probe.last < 0) {
      violations.incrementAndGet();
    }
  }
}
