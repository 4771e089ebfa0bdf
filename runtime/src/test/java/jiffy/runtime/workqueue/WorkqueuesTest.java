package jiffy.runtime.workqueue;

import static jiffy.linux.ContainerOf.container_of;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static jiffy.linux.Workqueues.DECLARE_DELAYED_WORK;
import static jiffy.linux.Workqueues.DECLARE_WORK;
import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WQ_HIGHPRI;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.drain_workqueue;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.mod_delayed_work;
import static jiffy.linux.Workqueues.queue_delayed_work_on;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.schedule_delayed_work;
import static jiffy.linux.Workqueues.schedule_work;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.to_delayed_work;
import static jiffy.linux.Workqueues.work_busy;
import static jiffy.linux.Workqueues.workqueue_set_max_active;
import static jiffy.runtime.TestKernel.FAR;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Attachment;
import jiffy.types.DelayedWork;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Items and queues: what semprobe's section wq does not ask. */
@OnBothPlatforms
class WorkqueuesTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final Stay stay;
  private final List<String> ran = new CopyOnWriteArrayList<>();

  WorkqueuesTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    stay = new Stay(kernel);
  }

  @AfterEach
  void halt() {
    stay.close();
    kernel.close();
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
  void queue_delayed_work_on_runsThereAfterTheDelay() {
    AtomicLong ranAt = new AtomicLong();
    DelayedWork delayed =
        DECLARE_DELAYED_WORK(
            w -> {
              ranAt.set(jiffies());
              ran.add("cpu" + raw_smp_processor_id());
            });
    long begin = jiffies();
    assertThat(queue_delayed_work_on(1, system_wq(), delayed, 5)).isTrue();
    kernel.until("it ran", () -> !ran.isEmpty());
    assertThat(ran).containsExactly("cpu1");
    assertThat(ranAt.get() - begin).isBetween(5L, kernel.isSim() ? 10L : Long.MAX_VALUE);
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
    kernel.until("both ran", () -> ran.size() >= 2);
    kernel.settle();
    assertThat(ran).containsExactly("first", "second");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("ODEBUG"));
  }

  @Test
  void INIT_WORK_ofAPendingWork_isReportedAndItDoesNotRun() {
    WorkqueueStruct line = alloc_ordered_workqueue("line", 0);
    WorkStruct work = noting("old");
    DelayedWork delayed = new DelayedWork();
    INIT_DELAYED_WORK(delayed, w -> ran.add("old"));
    schedule_delayed_work(delayed, FAR);
    INIT_DELAYED_WORK(delayed, w -> ran.add("new"));
    queue_work(line, work(stay::stay));
    queue_work(line, work);
    INIT_WORK(work, w -> ran.add("new"));
    stay.letGo();
    flush_workqueue(line);
    kernel.settle(Duration.ofDays(1)); // beyond the delay
    assertThat(ran).isEmpty();
    assertThat(machine.dmesg().stream().filter(text -> text.contains("ODEBUG: init active")))
        .hasSize(2);
  }

  /** A capturing lambda is a new object each time; the item is still the same. */
  @Test
  void item_thatIsSetUpAnewWhileItRuns_doesNotRunTwiceAtOnce() {
    WorkStruct work = new WorkStruct();
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Runnable body =
        () -> {
          most.accumulateAndGet(inside.incrementAndGet(), Math::max);
          stay.stay();
          ran.add("ran");
          inside.decrementAndGet();
        };
    INIT_WORK(work, w -> body.run());
    schedule_work(work);
    stay.awaitEntered();
    INIT_WORK(work, w -> body.run());
    schedule_work(work);
    kernel.settle();
    stay.letGo();
    flush_work(work);
    assertThat(inside).hasValue(0);
    assertThat(most).hasValue(1);
    assertThat(ran).containsExactly("ran", "ran");
  }

  @Test
  void INIT_WORK_ofTheItemOfADelayedWorkWhoseDelayRuns_cancelsTheDelay() {
    DelayedWork delayed = new DelayedWork();
    INIT_DELAYED_WORK(delayed, w -> ran.add("old"));
    schedule_delayed_work(delayed, FAR);
    INIT_WORK(delayed.work, w -> ran.add("new"));
    kernel.settle(Duration.ofDays(1)); // beyond the delay
    assertThat(ran).isEmpty();
    assertThat(schedule_work(delayed.work)).isTrue();
    flush_work(delayed.work);
    assertThat(ran).containsExactly("new");
  }

  @Test
  void queue_delayed_work_whileTheQueueIsDrained_isTakenIfTheDelayIsLonger() {
    WorkqueueStruct queue = alloc_workqueue("drained", 0, 0);
    queue_work(queue, work(stay::stay));
    stay.awaitEntered();
    DelayedWork delayed = DECLARE_DELAYED_WORK(w -> ran.add("later"));
    stay.onceTheTestSleeps(
        () -> ran.add("queued " + queue_delayed_work_on(0, queue, delayed, FAR)));
    drain_workqueue(queue);
    assertThat(ran).containsExactly("queued true");
    assertThat(mod_delayed_work(queue, delayed, 1)).as("its delay runs").isTrue();
    kernel.until("it ran", () -> ran.contains("later"));
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
    flush_workqueue(queue);
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
              stay.stay();
              ran.add("first");
              queue_work(queue, second);
            }));
    stay.awaitEntered();
    stay.onceTheTestSleeps(() -> ran.add("stranger " + queue_work(queue, noting("never"))));
    drain_workqueue(queue);
    assertThat(ran).containsExactly("stranger false", "first", "chained");
    assertThat(queue_work(queue, noting("again"))).isTrue();
    flush_workqueue(queue);
    assertThat(ran).endsWith("again");
  }

  @Test
  void flush_workqueue_doesNotWaitForWhatIsQueuedLater() {
    WorkqueueStruct queue = alloc_workqueue("flushed", 0, 0);
    try (Stay longer = new Stay(kernel)) {
      WorkStruct later = work(longer::stay);
      queue_work(
          queue,
          work(
              () -> {
                stay.stay();
                queue_work(queue, later);
              }));
      stay.awaitEntered();
      stay.letGoOnceTheTestSleeps();
      flush_workqueue(queue); // for ever, if it waited for the later one
      assertThat(longer.isLeft()).isFalse();
      assertThat(work_busy(later)).isPositive();
    }
  }

  @Test
  void workqueue_set_max_active_letsMoreRunAtOnce_notInAnOrderedQueue() {
    WorkqueueStruct queue = alloc_workqueue("wide", 0, 1);
    for (int i = 0; i < 3; i++) {
      queue_work(
          queue,
          work(
              () -> {
                ran.add("in");
                stay.stay();
              }));
    }
    stay.awaitEntered();
    kernel.settle();
    assertThat(ran).hasSize(1);
    workqueue_set_max_active(queue, 3);
    kernel.until("all three run", () -> ran.size() == 3);
    stay.letGo();
    flush_workqueue(queue);
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
}
