package jiffy.runtime.time;

import static jiffy.linux.Hrtimers.CLOCK_MONOTONIC;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL;
import static jiffy.linux.Hrtimers.HRTIMER_MODE_REL_SOFT;
import static jiffy.linux.Hrtimers.HRTIMER_NORESTART;
import static jiffy.linux.Hrtimers.HRTIMER_RESTART;
import static jiffy.linux.Hrtimers.hrtimer_active;
import static jiffy.linux.Hrtimers.hrtimer_cancel;
import static jiffy.linux.Hrtimers.hrtimer_forward_now;
import static jiffy.linux.Hrtimers.hrtimer_get_expires;
import static jiffy.linux.Hrtimers.hrtimer_init;
import static jiffy.linux.Hrtimers.hrtimer_start;
import static jiffy.linux.Hrtimers.hrtimer_try_to_cancel;
import static jiffy.linux.Ktime.ktime_get;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.linux.Irqflags;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Hrtimer;
import jiffy.types.HrtimerRestart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight tasks start, push back, cancel and let fire hard and soft hrtimers on two CPUs, own ones
 * and shared ones. Forbidden: a timer that runs early, on two CPUs at once, more often than it was
 * started, or after its hrtimer_cancel has returned; one that is started and never runs. Length:
 * {@code -Djiffy.stress=SECONDS}.
 */
class HrtimerStressTest {
  private static final int TASKS = 8;
  private static final int TIMERS = 64;
  private static final int OWN = 8;

  private static final class Probe extends Hrtimer {
    final AtomicInteger inside = new AtomicInteger();
    final AtomicLong runs = new AtomicLong();
    final AtomicLong starts = new AtomicLong();
    final int mode;
    volatile boolean cancelled;
    volatile boolean restarts;

    Probe(int number) {
      mode = number % 3 == 0 ? HRTIMER_MODE_REL_SOFT : HRTIMER_MODE_REL;
    }
  }

  private final List<Probe> shared = new ArrayList<>();
  private final List<Probe> all = new ArrayList<>();
  private final AtomicInteger early = new AtomicInteger();
  private final AtomicInteger twice = new AtomicInteger();
  private final AtomicInteger afterCancel = new AtomicInteger();
  private final AtomicLong operations = new AtomicLong();

  private Probe probe(int number) {
    Probe probe = new Probe(number);
    hrtimer_init(probe, CLOCK_MONOTONIC, probe.mode);
    probe.function = timer -> ran((Probe) timer);
    synchronized (all) {
      all.add(probe);
    }
    return probe;
  }

  @Test
  @Timeout(value = 5, unit = TimeUnit.MINUTES)
  void hrtimers_startedAndCancelledByManyTasks_runNeitherTwiceNorEarlyNorCancelled() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      for (int i = 0; i < TIMERS; i++) {
        shared.add(probe(i));
      }
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      all.forEach(probe -> hrtimer_cancel(probe));
      assertThat(all).noneMatch(probe -> hrtimer_active(probe));
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("threw"));
    }
    long runs = all.stream().mapToLong(probe -> probe.runs.get()).sum();
    long starts = all.stream().mapToLong(probe -> probe.starts.get()).sum();
    System.out.println(
        "hrtimers: " + operations + " operations, " + starts + " starts, " + runs + " runs");
    assertThat(early).as("early").hasValue(0);
    assertThat(twice).as("on two CPUs").hasValue(0);
    assertThat(afterCancel).as("after hrtimer_cancel").hasValue(0);
    assertThat(all).allMatch(probe -> probe.runs.get() <= probe.starts.get());
    assertThat(runs).isPositive();
  }

  private HrtimerRestart ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1) {
      twice.incrementAndGet();
    }
    if (probe.cancelled) {
      afterCancel.incrementAndGet();
    }
    if (!shared.contains(probe) && ktime_get() < hrtimer_get_expires(probe)) {
      early.incrementAndGet();
    }
    probe.runs.incrementAndGet();
    HrtimerRestart restart = HRTIMER_NORESTART;
    if (probe.restarts) {
      probe.restarts = false;
      probe.starts.incrementAndGet();
      hrtimer_forward_now(probe, 50_000);
      restart = HRTIMER_RESTART;
    }
    probe.inside.decrementAndGet();
    return restart;
  }

  private void start(Probe probe, long nanos) {
    probe.starts.incrementAndGet();
    hrtimer_start(probe, nanos, probe.mode);
  }

  private int work(Machine machine, int seed, long until) {
    Random random = new Random(seed);
    List<Probe> own = new ArrayList<>();
    for (int i = 0; i < OWN; i++) {
      own.add(probe(i));
    }
    long done = 0;
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 50; i++) {
        start(shared.get(random.nextInt(TIMERS)), 20_000 + random.nextInt(400_000));
        if (random.nextInt(4) == 0) {
          hrtimer_try_to_cancel(shared.get(random.nextInt(TIMERS)));
        } else {
          hrtimer_cancel(shared.get(random.nextInt(TIMERS)));
        }
      }
      Probe mine = own.get(random.nextInt(OWN));
      mine.cancelled = false;
      mine.restarts = random.nextBoolean();
      if (random.nextInt(8) == 0) {
        long flags = Irqflags.local_irq_save();
        start(mine, random.nextInt(10_000));
        Irqflags.local_irq_restore(flags);
      } else {
        start(mine, random.nextInt(100_000));
      }
      done += 101;
      if (random.nextBoolean()) {
        hrtimer_cancel(mine);
        mine.cancelled = true;
      } else {
        mustRun(mine);
      }
    }
    own.forEach(probe -> hrtimer_cancel(probe));
    operations.addAndGet(done);
    return 0;
  }

  /** Waits for it: hangs, and times out, if the timer was lost. */
  private static void mustRun(Probe probe) {
    while (hrtimer_active(probe)) {
      jiffy.linux.Delay.cpu_relax();
    }
  }
}
