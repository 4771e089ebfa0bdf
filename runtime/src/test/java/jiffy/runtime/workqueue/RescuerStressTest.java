package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WQ_MEM_RECLAIM;
import static jiffy.linux.Workqueues.WQ_UNBOUND;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.work_busy;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.ThreadShortage;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Attachment;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks queue, flush and cancel items that sleep at times, on queues with rescuers and one
 * without, while three of four kworkers that are asked for cannot be made, and those that there are
 * have to go as if a module had gone. Forbidden: an item that was queued and neither runs nor is
 * cancelled, or both; one that runs twice at once; an ordered queue with two at once; an item of
 * the queue without a rescuer in a rescuer. Length: {@code -Djiffy.stress=SECONDS}.
 */
class RescuerStressTest {
  private static final int TASKS = 4;
  private static final int ITEMS = 15;

  private static final class Probe {
    final WorkStruct work = new WorkStruct();
    final AtomicLong queued = new AtomicLong();
    final AtomicLong canceled = new AtomicLong();
    final AtomicLong runs = new AtomicLong();
    final AtomicInteger inside = new AtomicInteger();
    final WorkqueueStruct queue;

    Probe(WorkqueueStruct queue) {
      this.queue = queue;
    }
  }

  private final List<Probe> probes = new ArrayList<>();
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicInteger inOrder = new AtomicInteger();
  private final AtomicLong rescues = new AtomicLong();
  private Owner module;

  private void ran(Probe probe, boolean ordered, boolean plain) {
    boolean byRescuer = !Sched.current().comm.startsWith("kworker/");
    if (byRescuer) {
      rescues.incrementAndGet();
    }
    boolean beside = ordered && inOrder.incrementAndGet() != 1;
    if (probe.inside.incrementAndGet() != 1 || beside || byRescuer && plain) {
      violations.incrementAndGet();
    }
    if ((probe.runs.incrementAndGet() & 15) == 0) {
      msleep(1);
    }
    for (int i = 0; i < 50; i++) {
      cpu_relax();
    }
    probe.inside.decrementAndGet();
    if (ordered) {
      inOrder.decrementAndGet();
    }
  }

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void items_whileThreadsAreScarce_runOrAreCanceledOnce_eachWhereItMay() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      List<WorkqueueStruct> queues =
          List.of(
              alloc_workqueue("bound", WQ_MEM_RECLAIM, 0),
              alloc_workqueue("one", WQ_MEM_RECLAIM, 1),
              alloc_workqueue("anywhere", WQ_MEM_RECLAIM | WQ_UNBOUND, 0),
              alloc_ordered_workqueue("ordered", WQ_MEM_RECLAIM),
              alloc_workqueue("plain", 0, 0));
      module = new Owner(machine.kernel(), "stress");
      test.context().setOwner(module);
      for (int i = 0; i < ITEMS; i++) {
        int which = i % queues.size();
        Probe probe = new Probe(queues.get(which));
        INIT_WORK(probe.work, work -> ran(probe, which == 3, which == 4));
        probes.add(probe);
      }
      test.context().setOwner(Owner.CORE);
      ThreadShortage shortage = new ThreadShortage(machine);
      shortage.refuse(
          name -> name.startsWith("kworker/") && ThreadLocalRandom.current().nextInt(4) != 0);
      StressTasks.run(machine, TASKS, (seed, until) -> work(machine, seed, until));
      shortage.end();
      queues.forEach(queue -> flush_workqueue(queue)); // hangs, and times out, if an item was lost
      for (Probe probe : probes) {
        assertThat(probe.runs.get() + probe.canceled.get()).isEqualTo(probe.queued.get());
        assertThat(work_busy(probe.work)).isZero();
      }
      queues.forEach(queue -> destroy_workqueue(queue));
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("threw"));
      long runs = probes.stream().mapToLong(probe -> probe.runs.get()).sum();
      System.out.println("rescuers: " + rescues + " of " + runs + " runs");
    }
    assertThat(violations).hasValue(0);
    assertThat(rescues).hasPositiveValue();
  }

  /** What rmmod does to those who have run a module's items; here all have. */
  private void retireAll(Machine machine) {
    Context self = (Context) Current.get();
    for (Probe probe : probes) {
      ((Workqueue) probe.queue).parts().forEach(part -> part.pool.retire(self, module));
    }
    ((Workqueues) machine.kernel().works).retireRescuers(self, module);
  }

  private int work(Machine machine, int seed, long until) {
    SplittableRandom random = new SplittableRandom(seed);
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        use(probes.get(random.nextInt(ITEMS)), random.nextInt(10), random.nextInt(2));
      }
      if (seed == 0) {
        retireAll(machine);
      }
    }
    return 0;
  }

  private void use(Probe probe, int what, int cpu) {
    if (what < 7) {
      if (queue_work_on(cpu, probe.queue, probe.work)) {
        probe.queued.incrementAndGet();
      }
    } else if (what == 7) {
      flush_work(probe.work);
    } else if (what == 8 ? cancel_work(probe.work) : cancel_work_sync(probe.work)) {
      probe.canceled.incrementAndGet();
    }
  }
}
