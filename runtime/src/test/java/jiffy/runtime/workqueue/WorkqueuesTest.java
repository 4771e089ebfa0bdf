package jiffy.runtime.workqueue;

import static jiffy.linux.ContainerOf.container_of;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static jiffy.linux.Workqueues.DECLARE_DELAYED_WORK;
import static jiffy.linux.Workqueues.DECLARE_WORK;
import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WQ_CPU_INTENSIVE;
import static jiffy.linux.Workqueues.WQ_HIGHPRI;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.drain_workqueue;
import static jiffy.linux.Workqueues.flush_delayed_work;
import static jiffy.linux.Workqueues.flush_scheduled_work;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_delayed_work_on;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.schedule_delayed_work;
import static jiffy.linux.Workqueues.schedule_work;
import static jiffy.linux.Workqueues.schedule_work_on;
import static jiffy.linux.Workqueues.system_highpri_wq;
import static jiffy.linux.Workqueues.system_unbound_wq;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.to_delayed_work;
import static jiffy.linux.Workqueues.work_pending;
import static jiffy.linux.Workqueues.workqueue_set_max_active;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.DelayedWork;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Workqueues on virtual time: what semprobe's section wq does not ask. */
class WorkqueuesTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final List<String> ran = new ArrayList<>();

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  private WorkStruct work(Runnable body) {
    WorkStruct work = new WorkStruct();
    INIT_WORK(work, w -> body.run());
    return work;
  }

  private WorkStruct noting(String name) {
    return work(() -> ran.add(name));
  }

  @Test
  void kworkers_haveLinuxsNames() {
    List<WorkqueueStruct> queues = List.of(system_wq(), system_highpri_wq(), system_unbound_wq());
    for (WorkqueueStruct queue : queues) {
      WorkStruct work = work(() -> ran.add(current().comm));
      queue_work_on(1, queue, work);
      flush_work(work);
    }
    assertThat(ran).containsExactly("kworker/1:0", "kworker/1:0H", "kworker/u4:0");
  }

  @Test
  void schedule_work_runsOnTheCallersCpu_schedule_work_onOnThatOne() {
    WorkStruct work = work(() -> ran.add("cpu" + raw_smp_processor_id()));
    schedule_work(work);
    flush_scheduled_work();
    schedule_work_on(1, work);
    flush_work(work);
    assertThat(ran).containsExactly("cpu0", "cpu1");
  }

  @Test
  void queue_delayed_work_on_runsThereAfterTheDelay() {
    DelayedWork delayed = DECLARE_DELAYED_WORK(w -> ran.add("cpu" + raw_smp_processor_id()));
    assertThat(queue_delayed_work_on(1, system_wq(), delayed, 5)).isTrue();
    assertThat(ran).isEmpty();
    msleep(40);
    assertThat(ran).containsExactly("cpu1");
  }

  @Test
  void declaredWork_isSetUpWhenItIsQueued() {
    WorkStruct work = DECLARE_WORK(w -> ran.add("ran"));
    assertThat(schedule_work(work)).isTrue();
    flush_work(work);
    assertThat(ran).containsExactly("ran");
  }

  private static final class Device {
    final WorkStruct work = WorkStruct.in(this);
    final DelayedWork delayed = DelayedWork.in(this);
  }

  @Test
  void container_of_findsTheObjectAroundTheWork() {
    Device device = new Device();
    assertThat(container_of(device.work, Device.class)).isSameAs(device);
    assertThat(container_of(to_delayed_work(device.delayed.work), Device.class)).isSameAs(device);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> container_of(new WorkStruct(), Device.class))
        .withMessageContaining("no object")
        .withMessageContaining("in(this)");
  }

  /** Seed 003's: the item is freed by its own function. Here: set up anew, as fresh memory is. */
  @Test
  void work_thatIsReusedInItsOwnFunction_isNotTouchedByTheKernelAfterwards() {
    WorkStruct work = new WorkStruct();
    INIT_WORK(
        work,
        w -> {
          ran.add("first");
          INIT_WORK(w, again -> ran.add("second"));
          schedule_work(w);
        });
    schedule_work(work);
    msleep(20);
    assertThat(ran).containsExactly("first", "second");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("ODEBUG"));
  }

  @Test
  void INIT_WORK_ofAPendingWork_isReportedAndItDoesNotRun() {
    WorkStruct work = noting("old");
    DelayedWork delayed = new DelayedWork();
    INIT_DELAYED_WORK(delayed, w -> ran.add("old"));
    schedule_delayed_work(delayed, 5);
    INIT_DELAYED_WORK(delayed, w -> ran.add("new"));
    preempt_disable();
    schedule_work(work);
    INIT_WORK(work, w -> ran.add("new"));
    jiffy.linux.Preempt.preempt_enable();
    msleep(100);
    assertThat(ran).isEmpty();
    assertThat(machine.dmesg().stream().filter(line -> line.contains("ODEBUG: init active")))
        .hasSize(2);
  }

  @Test
  void works_ofBusyKworker_waitForIt_thoseOfACpuIntensiveQueueDoNot() {
    WorkqueueStruct intensive = alloc_workqueue("intensive", WQ_CPU_INTENSIVE, 0);
    long begin = jiffies();
    queue_work(intensive, work(() -> mdelay(40)));
    schedule_work(work(() -> ran.add("after " + (jiffies() - begin))));
    msleep(100);
    schedule_work(work(() -> mdelay(40)));
    long second = jiffies();
    schedule_work(work(() -> ran.add("after " + (jiffies() - second))));
    msleep(100);
    assertThat(ran).containsExactly("after 0", "after 10");
  }

  @Test
  void work_thatComputesFor100ms_holdsUpTheOthersNoLonger() {
    long begin = jiffies();
    schedule_work(work(() -> mdelay(1000)));
    schedule_work(work(() -> ran.add("other")));
    while (ran.isEmpty()) {
      msleep(4);
    }
    assertThat(jiffies() - begin).isBetween(25L, 35L);
  }

  /** The kworker is idle, so the first item wakes it, and the second comes before it has risen. */
  @Test
  void work_thatComputesFor100ms_onAWarmKworker_holdsUpTheOthersNoLonger() {
    schedule_work(noting("warm"));
    flush_scheduled_work();
    WorkStruct long1 = work(() -> mdelay(1000));
    WorkStruct other = noting("other");
    long begin = jiffies();
    schedule_work(long1);
    schedule_work(other);
    while (!ran.contains("other")) {
      msleep(4);
    }
    assertThat(jiffies() - begin).isBetween(25L, 35L);
  }

  /** A capturing lambda is a new object each time; the item is still the same. */
  @Test
  void item_thatIsSetUpAnewWhileItRuns_doesNotRunTwiceAtOnce() {
    WorkStruct work = new WorkStruct();
    int[] inside = {0, 0};
    Runnable body =
        () -> {
          inside[1] = Math.max(inside[1], ++inside[0]);
          msleep(40);
          inside[0]--;
        };
    INIT_WORK(work, w -> body.run());
    schedule_work(work);
    msleep(8);
    INIT_WORK(work, w -> body.run());
    schedule_work(work);
    flush_work(work);
    assertThat(inside).containsExactly(0, 1);
  }

  @Test
  void INIT_WORK_ofTheItemOfADelayedWorkWhoseDelayRuns_cancelsTheDelay() {
    DelayedWork delayed = new DelayedWork();
    INIT_DELAYED_WORK(delayed, w -> ran.add("old"));
    schedule_delayed_work(delayed, 5);
    INIT_WORK(delayed.work, w -> ran.add("new"));
    msleep(100);
    assertThat(ran).isEmpty();
    assertThat(schedule_work(delayed.work)).isTrue();
    flush_work(delayed.work);
    assertThat(ran).containsExactly("new");
  }

  @Test
  void queue_delayed_work_whileTheQueueIsDrained_isTakenIfTheDelayIsLonger() {
    WorkqueueStruct queue = alloc_workqueue("drained", 0, 0);
    queue_work(queue, work(() -> msleep(40)));
    DelayedWork delayed = DECLARE_DELAYED_WORK(w -> ran.add("later"));
    machine
        .tasks()
        .spawn(
            "other",
            jiffy.kernel.Owner.CORE,
            () -> {
              msleep(8);
              ran.add("queued " + queue_delayed_work_on(0, queue, delayed, 100));
              return 0;
            });
    drain_workqueue(queue);
    assertThat(ran).containsExactly("queued true");
    msleep(1000);
    assertThat(ran).endsWith("later");
  }

  @Test
  void work_thatThrows_isAnOops_andTheNextOneRuns() {
    schedule_work(
        work(
            () -> {
              throw new IllegalStateException("no such register");
            }));
    schedule_work(noting("next"));
    msleep(20);
    assertThat(ran).containsExactly("next");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("threw java.lang.IllegalStateException: no such register"));
  }

  @Test
  void work_thatReturnsAtomic_isReportedAsOnLinux_andTheCountIsPutBack() {
    schedule_work(work(() -> preempt_disable()));
    WorkStruct next = work(() -> ran.add("" + jiffy.linux.Preempt.preempt_count()));
    schedule_work(next);
    flush_work(next);
    assertThat(ran).containsExactly("0");
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.matches(
                    ".*BUG: workqueue leaked lock or atomic: kworker/0:0/0x00000001/\\d+"));
  }

  @Test
  void flushAndCancelOfOneself_areReportedAndDoNotWait() {
    WorkqueueStruct queue = alloc_workqueue("own", 0, 0);
    WorkStruct work = new WorkStruct();
    INIT_WORK(
        work,
        w -> {
          ran.add("flush " + flush_work(w));
          ran.add("cancel " + cancel_work_sync(w));
          flush_workqueue(queue);
          drain_workqueue(queue);
        });
    queue_work(queue, work);
    msleep(20);
    assertThat(ran).containsExactly("flush false", "cancel false");
    assertThat(machine.dmesg().stream().filter(line -> line.contains("would wait for itself")))
        .hasSize(4);
  }

  @Test
  void queue_work_onDestroyedOrDrainedQueue_isRefusedByName() {
    WorkqueueStruct queue = alloc_workqueue("%s_%d", 0, 0, "gone", 1);
    destroy_workqueue(queue);
    assertThat(queue_work(queue, noting("never"))).isFalse();
    destroy_workqueue(queue);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("cannot be queued on gone_1, which is destroyed"))
        .anyMatch(line -> line.contains("destroy_workqueue of gone_1"));
  }

  @Test
  void drain_workqueue_takesOnlyWhatItsOwnItemsQueue() {
    WorkqueueStruct queue = alloc_ordered_workqueue("drained", 0);
    WorkStruct second = noting("chained");
    queue_work(
        queue,
        work(
            () -> {
              msleep(20);
              ran.add("first");
              queue_work(queue, second);
            }));
    var stranger =
        machine
            .tasks()
            .spawn(
                "stranger",
                jiffy.kernel.Owner.CORE,
                () -> {
                  msleep(4);
                  ran.add("stranger " + queue_work(queue, noting("never")));
                  return 0;
                });
    drain_workqueue(queue);
    assertThat(stranger.failure()).isNull();
    assertThat(ran).containsExactly("stranger false", "first", "chained");
    assertThat(queue_work(queue, noting("again"))).isTrue();
    flush_workqueue(queue);
    assertThat(ran).endsWith("again");
  }

  @Test
  void flush_workqueue_doesNotWaitForWhatIsQueuedLater() {
    WorkqueueStruct queue = alloc_workqueue("flushed", 0, 0);
    WorkStruct later = work(() -> msleep(1000));
    queue_work(
        queue,
        work(
            () -> {
              msleep(20);
              queue_work(queue, later);
            }));
    long begin = jiffies();
    flush_workqueue(queue);
    assertThat(jiffies() - begin).isLessThan(50);
  }

  @Test
  void workqueue_set_max_active_letsMoreRunAtOnce_notInAnOrderedQueue() {
    WorkqueueStruct queue = alloc_workqueue("wide", 0, 1);
    for (int i = 0; i < 3; i++) {
      queue_work(queue, work(() -> msleep(100)));
    }
    workqueue_set_max_active(queue, 3);
    long begin = jiffies();
    flush_workqueue(queue);
    assertThat(jiffies() - begin).isLessThan(50);
    workqueue_set_max_active(alloc_ordered_workqueue("strict", 0), 3);
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("max_active of strict"));
  }

  @Test
  void max_active_outOfRange_isClampedWithAWarning() {
    alloc_workqueue("huge", WQ_HIGHPRI, 100_000);
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains(
                    "workqueue: max_active 100000 requested for huge is out of range, clamping"
                        + " between 1 and 512"));
  }

  @Test
  void wrongCalls_sayWhatIsWrong() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue_work_on(7, system_wq(), noting("x")))
        .withMessageContaining("there is no CPU 7")
        .withMessageContaining("nr_cpus");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> queue_work(null, noting("x")))
        .withMessageContaining("workqueue is null");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> schedule_work(new WorkStruct()))
        .withMessageContaining("INIT_WORK");
  }

  @Test
  void workOfAnotherKernel_isRefusedByName() {
    WorkStruct work = noting("x");
    try (Machine other = Machine.boot("nr_cpus=1")) {
      Thread thread =
          new Thread(
              () -> {
                try (Attachment there = other.attach("there")) {
                  assertThatIllegalStateException()
                      .isThrownBy(() -> queue_work(system_wq(), work))
                      .withMessageContaining("belongs to kernel");
                  ran.add("refused");
                }
              });
      thread.start();
      join(thread);
    }
    assertThat(ran).containsExactly("refused");
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void flush_delayed_work_endsTheDelay() {
    DelayedWork delayed = new DelayedWork();
    INIT_DELAYED_WORK(delayed, w -> ran.add("ran"));
    schedule_delayed_work(delayed, 10_000);
    assertThat(work_pending(delayed.work)).isTrue();
    assertThat(flush_delayed_work(delayed)).isTrue();
    assertThat(ran).containsExactly("ran");
    assertThat(work_pending(delayed.work)).isFalse();
  }

  @Test
  void idleKworkers_thatAreTooMany_endAfterFiveMinutes() {
    for (int i = 0; i < 5; i++) {
      schedule_work(work(() -> msleep(100)));
    }
    flush_scheduled_work();
    assertThat(kworkers()).isEqualTo(5);
    machine.simulation().orElseThrow().advance(Duration.ofSeconds(301));
    assertThat(kworkers()).isEqualTo(2);
  }

  private long kworkers() {
    return machine.tasks().running().stream()
        .filter(task -> task.struct.comm.startsWith("kworker/0:"))
        .count();
  }
}
