package jiffy.testkit;

import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_delayed_work;
import static jiffy.linux.Workqueues.cancel_delayed_work_sync;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_scheduled_work;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.mod_delayed_work;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.schedule_delayed_work;
import static jiffy.linux.Workqueues.schedule_work;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.work_busy;
import static jiffy.linux.Workqueues.work_pending;
import static jiffy.linux.Workqueues.workqueue_set_max_active;
import static jiffy.testkit.Recursion.ROUNDS;
import static jiffy.testkit.Recursion.assertLogWorks;
import static jiffy.testkit.Recursion.overflow;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.DelayedWork;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** As {@link EndlessRecursionTest}, in calls of workqueues: no item is lost, none stays pending. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class WorkRecursionTest {
  @Test
  void recursion_inWorkCalls_leavesWorkqueuesUsable() {
    WorkStruct[] works = new WorkStruct[64];
    DelayedWork delayed = new DelayedWork();
    try (Machine machine = Machine.boot("nr_cpus=2 hz=1000");
        Attachment test = machine.attach("test")) {
      for (int i = 0; i < works.length; i++) {
        works[i] = new WorkStruct();
        INIT_WORK(works[i], work -> {});
      }
      INIT_DELAYED_WORK(delayed, work -> {});
      WorkqueueStruct queue = alloc_workqueue("recursion", 0, 0);
      overflow(
          machine,
          depth -> {
            WorkStruct work = works[depth & 63];
            switch (depth % 12) {
              case 0 -> cancel_work(work);
              case 1 -> schedule_delayed_work(delayed, 1 + depth % 5);
              case 2 -> cancel_delayed_work(delayed);
              case 3 -> mod_delayed_work(system_wq(), delayed, depth % 3);
              case 4 -> work_busy(work);
              case 5 -> workqueue_set_max_active(queue, 1 + depth % 7);
              case 6 -> queue_work(queue, work);
              default -> schedule_work(work);
            }
          });
      schedule_work(new Fresh()); // what waits for a kworker gets it now
      for (WorkStruct work : works) {
        cancel_work_sync(work);
        assertThat(schedule_work(work)).isTrue();
        flush_work(work);
        assertThat(work_pending(work)).isFalse();
      }
      cancel_delayed_work_sync(delayed);
      flush_scheduled_work();
      destroy_workqueue(queue);
      assertLogWorks(machine);
    }
  }

  /** Who was to be woken for an item may have been lost: who waits for the item wakes him. */
  @Test
  void recursion_inQueueWork_leavesNoItemThatAFlushWaitsForInVain() {
    AtomicInteger runs = new AtomicInteger();
    WorkStruct work = new WorkStruct();
    try (Machine machine = Machine.boot("nr_cpus=1 hz=1000");
        Attachment test = machine.attach("test")) {
      INIT_WORK(work, w -> runs.incrementAndGet());
      WorkqueueStruct queue = alloc_workqueue("recursion", 0, 0);
      for (int round = 0; round < ROUNDS / 4; round++) {
        overflow(
            machine,
            round,
            depth -> {
              int before = runs.get();
              queue_work(queue, work);
              for (int i = 0; i < 1_000 || runs.get() == before; i++) { // it comes to rest
                Thread.onSpinWait();
              }
            });
        flush_workqueue(queue);
        assertThat(work_pending(work)).isFalse();
      }
      destroy_workqueue(queue);
      assertLogWorks(machine);
    }
  }

  /** Pending and nowhere: it could never be queued again, and its cancel would never end. */
  @Test
  void recursion_inModDelayedWork_leavesNoItemPendingThatIsNowhere() {
    DelayedWork[] works = new DelayedWork[64];
    try (Machine machine = Machine.boot("nr_cpus=1 hz=1000");
        Attachment test = machine.attach("test")) {
      for (int i = 0; i < works.length; i++) {
        works[i] = new DelayedWork();
        INIT_DELAYED_WORK(works[i], work -> {});
      }
      for (int round = 0; round < ROUNDS; round++) {
        overflow(
            machine,
            round,
            depth -> {
              DelayedWork work = works[depth & 63];
              switch (depth % 5) {
                case 0 -> schedule_delayed_work(work, 100_000);
                case 1 -> cancel_delayed_work(work);
                default -> mod_delayed_work(system_wq(), work, 100_000 + depth);
              }
            });
        for (DelayedWork work : works) {
          cancel_delayed_work_sync(work);
          assertThat(work_pending(work.work)).isFalse();
        }
      }
    }
  }

  private static final class Fresh extends WorkStruct {
    Fresh() {
      INIT_WORK(this, work -> {});
    }
  }
}
