package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.system_wq;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.sched.Attachment;
import jiffy.types.WorkStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks queue and cancel the same few items of one CPU, whose kworker is never at rest: so
 * most come in through its inbox, and are looked for there the moment they come. Forbidden: an item
 * that was queued and neither runs nor is cancelled, or both; one that runs twice at once. Length:
 * {@code -Djiffy.stress=SECONDS}.
 */
class InboxStressTest {
  private static final int TASKS = 4;
  private static final int ITEMS = 6;
  private static final int CPU = 1;

  private static final class Probe {
    final WorkStruct work = new WorkStruct();
    final AtomicLong queued = new AtomicLong();
    final AtomicLong canceled = new AtomicLong();
    final AtomicLong runs = new AtomicLong();
    final AtomicInteger inside = new AtomicInteger();
  }

  private final List<Probe> probes = Stream.generate(Probe::new).limit(ITEMS).toList();
  private final AtomicInteger together = new AtomicInteger();

  private void ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1) {
      together.incrementAndGet();
    }
    if ((probe.runs.incrementAndGet() & 7) == 0 && queue_work_on(CPU, system_wq(), probe.work)) {
      probe.queued.incrementAndGet();
    }
    for (int i = 0; i < 50; i++) {
      cpu_relax();
    }
    probe.inside.decrementAndGet();
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void items_queuedAndCanceledWhereTheyComeIn_runOrAreCanceledOnce() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      probes.forEach(probe -> INIT_WORK(probe.work, work -> ran(probe)));
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      for (int i = 0; i < 2; i++) {
        flush_workqueue(system_wq()); // twice: for those that an item has queued
      }
      for (Probe probe : probes) {
        assertThat(probe.runs.get() + probe.canceled.get()).isEqualTo(probe.queued.get());
      }
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("threw"));
      long queued = probes.stream().mapToLong(probe -> probe.queued.get()).sum();
      long canceled = probes.stream().mapToLong(probe -> probe.canceled.get()).sum();
      System.out.println("inbox: " + queued + " items queued, " + canceled + " canceled");
    }
    assertThat(together).hasValue(0);
  }

  private int work(Machine machine, int seed, long until) {
    SplittableRandom random = new SplittableRandom(seed);
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        use(probes.get(random.nextInt(ITEMS)), random.nextInt(10));
      }
    }
    return 0;
  }

  private void use(Probe probe, int what) {
    if (what < 7) {
      if (queue_work_on(CPU, system_wq(), probe.work)) {
        probe.queued.incrementAndGet();
      }
    } else if (what == 7) {
      flush_work(probe.work);
    } else if (what == 8 ? cancel_work(probe.work) : cancel_work_sync(probe.work)) {
      probe.canceled.incrementAndGet();
    }
  }
}
