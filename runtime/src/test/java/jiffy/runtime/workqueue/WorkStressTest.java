package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WQ_HIGHPRI;
import static jiffy.linux.Workqueues.WQ_UNBOUND;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_delayed_work_sync;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_delayed_work;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.mod_delayed_work;
import static jiffy.linux.Workqueues.queue_delayed_work;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.work_busy;
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
import jiffy.types.DelayedWork;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight tasks queue, delay, flush and cancel items on two CPUs. Forbidden: an item of one queue
 * that runs twice at once, or after its cancel_work_sync has returned; one that was handed
 * something, then queued, and never runs; an ordered queue with two at once. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
class WorkStressTest {
  private static final int TASKS = 8;
  private static final int ITEMS = 16;

  /** Work for it is counted up before each queueing; it takes all there is at each run. */
  private static final class Probe {
    final WorkStruct work = WorkStruct.in(this);
    final DelayedWork delayed = DelayedWork.in(this);
    final AtomicInteger inside = new AtomicInteger();
    final AtomicLong runs = new AtomicLong();
    final AtomicLong handed = new AtomicLong();
    final AtomicInteger together;
    volatile long seen;
    volatile boolean forbidden;

    /**
     * @param together how many of its kind run at once; null: as many as like
     */
    Probe(AtomicInteger together) {
      this.together = together;
    }
  }

  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicLong operations = new AtomicLong();
  private final AtomicInteger inOrder = new AtomicInteger();

  private void ran(Probe probe) {
    if (probe.inside.incrementAndGet() != 1 || probe.forbidden) {
      violations.incrementAndGet();
    }
    if (probe.together != null && probe.together.incrementAndGet() != 1) {
      violations.incrementAndGet();
    }
    probe.seen = probe.handed.get();
    if ((probe.runs.incrementAndGet() & 0x3ff) == 0) {
      msleep(1);
    }
    if (probe.together != null) {
      probe.together.decrementAndGet();
    }
    probe.inside.decrementAndGet();
  }

  private Probe probe(AtomicInteger together) {
    Probe probe = new Probe(together);
    INIT_WORK(probe.work, work -> ran(probe));
    INIT_DELAYED_WORK(probe.delayed, work -> ran(probe));
    return probe;
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void items_usedByManyTasks_runNeitherTwiceNorCanceledAndAllWorkIsDone() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      List<WorkqueueStruct> queues =
          List.of(
              system_wq(),
              alloc_workqueue("high", WQ_HIGHPRI, 0),
              alloc_workqueue("one", 0, 1),
              alloc_workqueue("unbound", WQ_UNBOUND, 0),
              alloc_ordered_workqueue("ordered", 0));
      List<Probe> shared = new ArrayList<>();
      for (int i = 0; i < ITEMS; i++) {
        shared.add(probe(i % queues.size() == 4 ? inOrder : null));
      }
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, queues, shared, seed, until));
      for (int i = 0; i < ITEMS; i++) {
        flush_work(shared.get(i).work); // hangs, and times out, if an item was lost
        assertThat(shared.get(i).seen).as("item %d", i).isEqualTo(shared.get(i).handed.get());
        assertThat(work_busy(shared.get(i).work)).isZero();
      }
      queues.subList(1, queues.size()).forEach(queue -> destroy_workqueue(queue));
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("workqueue"));
      long runs = shared.stream().mapToLong(probe -> probe.runs.get()).sum();
      System.out.println("works: " + operations + " operations, " + runs + " runs of shared ones");
    }
    assertThat(violations).hasValue(0);
  }

  private int work(
      Machine machine, List<WorkqueueStruct> queues, List<Probe> shared, int seed, long until) {
    SplittableRandom random = new SplittableRandom(seed);
    Probe own = probe(null);
    WorkqueueStruct flushed = queues.get(seed % queues.size());
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        int which = random.nextInt(ITEMS);
        Probe probe = shared.get(which);
        WorkqueueStruct queue = queues.get(which % queues.size());
        probe.handed.incrementAndGet();
        if (random.nextInt(4) == 0) {
          queue_work_on(random.nextInt(2), queue, probe.work);
        } else {
          queue_work(queue, probe.work);
        }
        if (random.nextInt(50) == 0) {
          flush_work(probe.work);
        }
        if (random.nextInt(50) == 0 && cancel_work(probe.work)) {
          queue_work(queue, probe.work); // what it was handed is still to be seen
        }
      }
      useOwn(own, queues, random);
      if (random.nextInt(20) == 0) {
        flush_workqueue(flushed);
      }
      operations.addAndGet(110);
    }
    cancel_work_sync(own.work);
    cancel_delayed_work_sync(own.delayed);
    return 0;
  }

  /** Nobody else has it: so what it must not do is known exactly. */
  private void useOwn(Probe own, List<WorkqueueStruct> queues, SplittableRandom random) {
    WorkqueueStruct queue = queues.get(random.nextInt(queues.size()));
    own.handed.incrementAndGet();
    boolean delayed = random.nextBoolean();
    if (delayed) {
      assertThat(queue_delayed_work(queue, own.delayed, random.nextInt(3))).isTrue();
      if (random.nextBoolean()) {
        mod_delayed_work(queue, own.delayed, random.nextInt(3));
      }
    } else {
      assertThat(queue_work(queue, own.work)).isTrue();
    }
    if (random.nextBoolean()) {
      boolean canceled =
          delayed ? cancel_delayed_work_sync(own.delayed) : cancel_work_sync(own.work);
      own.forbidden = true; // canceled: it does not run any more
      assertThat(canceled || own.seen == own.handed.get()).as("canceled, or it ran").isTrue();
      for (int i = 0; i < 10; i++) {
        cpu_relax();
      }
      own.forbidden = false;
    } else if (delayed) {
      flush_delayed_work(own.delayed);
      assertThat(own.seen).as("flushed: it has run").isEqualTo(own.handed.get());
    } else {
      flush_work(own.work);
      assertThat(own.seen).as("flushed: it has run").isEqualTo(own.handed.get());
    }
  }
}
