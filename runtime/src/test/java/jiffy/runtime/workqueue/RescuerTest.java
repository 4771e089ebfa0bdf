package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Smp.raw_smp_processor_id;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WORK_BUSY_PENDING;
import static jiffy.linux.Workqueues.WORK_BUSY_RUNNING;
import static jiffy.linux.Workqueues.WQ_MEM_RECLAIM;
import static jiffy.linux.Workqueues.WQ_UNBOUND;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.create_singlethread_workqueue;
import static jiffy.linux.Workqueues.create_workqueue;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.work_busy;
import static jiffy.linux.Workqueues.work_pending;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.ThreadShortage;
import jiffy.runtime.context.Owned;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What becomes of the items of WQ_MEM_RECLAIM queues, and of others, if no kworker can be made. */
@OnBothPlatforms
class RescuerTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final ThreadShortage shortage;
  private final Stay stay;
  private final WorkqueueStruct rescued;
  private final WorkqueueStruct plain;
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  RescuerTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
    shortage = new ThreadShortage(machine);
    stay = new Stay(kernel);
    rescued = alloc_workqueue("rescued", WQ_MEM_RECLAIM, 0);
    plain = alloc_workqueue("plain", 0, 0);
    shortage.refuseKworkers();
  }

  @AfterEach
  void halt() {
    shortage.end();
    stay.close();
    kernel.close();
  }

  /** An item that notes its name, who runs it, and how many do at once. */
  private WorkStruct work(String name, WorkFunction function) {
    WorkStruct work = new WorkStruct();
    INIT_WORK(
        work,
        w -> {
          mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          ran.add(name + " by " + current().comm.replaceAll(":\\d+$", ""));
          function.call(w);
          atOnce.decrementAndGet();
        });
    return work;
  }

  private WorkStruct work(String name) {
    return work(name, w -> {});
  }

  /** Returns when the rescuer sleeps in the item. */
  private WorkStruct holdRunning() {
    WorkStruct work = work("held", w -> stay.stay());
    assertThat(queue_work(rescued, work)).isTrue();
    stay.awaitEntered();
    assertThat(ran).containsExactly("held by rescued");
    return work;
  }

  private List<String> tasks() {
    return machine.tasks().running().stream().map(task -> task.struct.comm).toList();
  }

  @Test
  void works_withoutAKworker_areRunByTheRescuer_thoseOfOtherQueuesWait() {
    WorkStruct waits = work("waits");
    WorkStruct first = work("first");
    WorkStruct second = work("second");
    queue_work(plain, waits);
    queue_work(rescued, first);
    queue_work(rescued, second);
    flush_workqueue(rescued);
    kernel.settle();
    assertThat(ran).containsExactly("first by rescued", "second by rescued");
    assertThat(work_pending(waits)).isTrue();
    shortage.end();
    flush_work(waits);
    kernel.settle();
    assertThat(ran).containsExactly("first by rescued", "second by rescued", "waits by kworker/0");
    assertThat(machine.dmesg().stream().filter(line -> line.contains("no thread can be made")))
        .singleElement()
        .asString()
        .contains("kworker/0:0, its works wait, but those of WQ_MEM_RECLAIM queues")
        .contains("too many");
  }

  @Test
  void works_runOnTheirPoolsCpu() {
    WorkqueueStruct unbound = alloc_workqueue("anywhere", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
    for (int cpu : new int[] {1, 0, 1}) {
      WorkStruct work = work("", w -> ran.add("cpu" + raw_smp_processor_id()));
      queue_work_on(cpu, rescued, work);
      flush_work(work);
    }
    WorkStruct work = work("");
    queue_work(unbound, work);
    flush_work(work);
    assertThat(ran)
        .containsExactly(
            " by rescued", "cpu1", " by rescued", "cpu0", " by rescued", "cpu1", " by anywhere");
  }

  @Test
  void works_ofTwoQueues_areRunEachByItsOwnRescuer() {
    WorkqueueStruct other = create_workqueue("other");
    List<WorkStruct> works = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      WorkStruct work = work("" + i);
      works.add(work);
      queue_work(i % 2 == 0 ? rescued : other, work);
    }
    works.forEach(work -> flush_work(work));
    assertThat(ran)
        .containsExactlyInAnyOrder(
            "0 by rescued",
            "1 by other",
            "2 by rescued",
            "3 by other",
            "4 by rescued",
            "5 by other");
  }

  @Test
  void works_behindOneThatSleepsInTheRescuer_waitForAKworkerWhichTakesThem() {
    WorkStruct held = holdRunning();
    WorkStruct next = work("next");
    queue_work(rescued, next);
    kernel.settle();
    assertThat(work_pending(next)).isTrue();
    shortage.end();
    flush_work(next);
    assertThat(ran).containsExactly("held by rescued", "next by kworker/0");
    assertThat(work_busy(held)).isEqualTo(WORK_BUSY_RUNNING);
  }

  @Test
  void work_queuedAgainWhileTheRescuerRunsIt_isRunByItOnceMore_neverByTwo() {
    WorkStruct held = holdRunning();
    shortage.end();
    assertThat(queue_work(rescued, held)).isTrue();
    WorkStruct other = work("other");
    queue_work(plain, other);
    flush_work(other); // a kworker has come, and has met it
    assertThat(work_busy(held)).isEqualTo(WORK_BUSY_RUNNING | WORK_BUSY_PENDING);
    stay.letGo();
    flush_work(held);
    assertThat(ran).containsExactly("held by rescued", "other by kworker/0", "held by rescued");
  }

  @Test
  void work_thatQueuesItself_doesNotKeepTheRescuerFromAnotherCpusItems() {
    WorkStruct self = new WorkStruct();
    INIT_WORK(
        self,
        w -> {
          cpu_relax();
          queue_work(rescued, w);
        });
    queue_work(rescued, self);
    WorkStruct other = work("other");
    queue_work_on(1, rescued, other);
    flush_work(other);
    cancel_work_sync(self);
    assertThat(work_busy(self)).isZero();
    assertThat(ran).containsExactly("other by rescued");
  }

  @Test
  void works_ofAnOrderedQueue_stayInOrderThoughKworkersComeMeanwhile() {
    WorkqueueStruct ordered = alloc_ordered_workqueue("ordered", WQ_MEM_RECLAIM);
    List<WorkStruct> works = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String name = "" + i;
      works.add(work(name, w -> stay.stay()));
      queue_work(ordered, works.get(i));
    }
    for (int i = 0; i < 6; i++) {
      stay.awaitEntered();
      assertThat(ran).hasSize(i + 1);
      assertThat(ran.get(i)).startsWith(i + " by " + (i < 3 ? "ordered" : ""));
      if (i == 2) {
        shortage.end();
      }
      stay.letOneGo();
    }
    flush_workqueue(ordered);
    assertThat(mostAtOnce).hasValue(1);
  }

  @Test
  void flush_work_ofOneThatTheRescuerRuns_waitsForIt() {
    WorkStruct held = holdRunning();
    assertThat(work_busy(held)).isEqualTo(WORK_BUSY_RUNNING);
    stay.letGoOnceTheTestSleeps();
    assertThat(flush_work(held)).isTrue();
    assertThat(stay.isLeft()).isTrue();
    assertThat(work_busy(held)).isZero();
  }

  @Test
  void flush_workqueue_whileTheRescuerRunsOne_waitsForIt() {
    holdRunning();
    stay.letGoOnceTheTestSleeps();
    flush_workqueue(rescued);
    assertThat(stay.isLeft()).isTrue();
  }

  @Test
  void cancel_work_sync_ofOneThatTheRescuerRuns_waitsForIt_ofAPendingOneDoesNot() {
    WorkStruct held = holdRunning();
    WorkStruct next = work("next");
    queue_work(rescued, next);
    assertThat(cancel_work_sync(next)).isTrue();
    assertThat(stay.isLeft()).isFalse();
    queue_work(rescued, held);
    stay.letGoOnceTheTestSleeps();
    assertThat(cancel_work_sync(held)).isTrue();
    assertThat(stay.isLeft()).isTrue();
    kernel.settle();
    assertThat(ran).containsExactly("held by rescued");
  }

  @Test
  void destroy_workqueue_runsWhatIsPending_andEndsTheRescuer() {
    WorkqueueStruct queue = create_singlethread_workqueue("single");
    assertThat(tasks()).contains("rescued", "single");
    queue_work(queue, work("a"));
    queue_work(queue, work("b"));
    destroy_workqueue(queue);
    assertThat(ran).containsExactly("a by single", "b by single");
    assertThat(tasks()).contains("rescued").doesNotContain("single");
  }

  /** It drains nothing then, and must not wait for itself. */
  @Test
  void destroy_workqueue_byAnItemThatTheRescuerRuns_returns_andEndsIt() {
    queue_work(rescued, work("destroys", w -> destroy_workqueue(rescued)));
    kernel.until("the rescuer has ended", () -> !tasks().contains("rescued"));
    assertThat(ran).containsExactly("destroys by rescued");
  }

  @Test
  void alloc_workqueue_withoutAThreadForTheRescuer_returnsNullAndSaysSo() {
    shortage.refuse(name -> true);
    assertThat(create_workqueue("none")).isNull();
    assertThat(alloc_workqueue("some", 0, 0)).isNotNull();
    assertThat(kernel.hasLogged("Failed to create a rescuer kthread for wq \"none\"")).isTrue();
    assertThat(tasks()).doesNotContain("none");
  }

  /** As at rmmod: the items and the queue are a module's, which goes. */
  @Test
  void release_whileTheRescuerRunsAModulesItem_waitsForIt_andEndsTheRescuer() {
    Owner module = new Owner(machine.kernel(), "module");
    kernel.self.context().setOwner(module);
    WorkqueueStruct queue = create_workqueue("modules");
    WorkStruct held = work("held", w -> stay.stay());
    WorkStruct next = work("next");
    queue_work(queue, held);
    queue_work(queue, next);
    stay.awaitEntered();
    kernel.self.context().setOwner(Owner.CORE);
    module.setGoing();
    Owned books = ((Workqueues) machine.kernel().works).books();
    assertThat(books.heldBy(module))
        .satisfiesExactly(
            line -> assertThat(line).endsWith(", pending"),
            line -> assertThat(line).endsWith(", running"),
            line -> assertThat(line).isEqualTo("workqueue modules, not destroyed"));
    kernel.start(
        "releaser",
        () -> {
          while (work_pending(next)) { // it is taken back first
            Sched.yield();
          }
          stay.letGo();
          return 0;
        });
    assertThat(books.release(kernel.self.context(), module)).isEqualTo(2);
    assertThat(stay.isLeft()).as("it was waited for").isTrue();
    kernel.until("the rescuer has ended", () -> !tasks().contains("modules"));
    assertThat(ran).containsExactly("held by modules");
  }

  /** What that has left in the thread's ThreadLocals would keep its classes. */
  @Test
  void release_ofAModuleWhoseItemAnotherQueuesRescuerHasRun_putsANewOneInItsPlace() {
    Owner module = new Owner(machine.kernel(), "module");
    List<Integer> pids = new CopyOnWriteArrayList<>();
    kernel.self.context().setOwner(module);
    WorkStruct modules = work("module's", w -> pids.add(current().pid));
    queue_work(rescued, modules);
    flush_work(modules);
    kernel.self.context().setOwner(Owner.CORE);
    module.setGoing();
    ((Workqueues) machine.kernel().works).books().release(kernel.self.context(), module);
    WorkStruct ours = work("ours", w -> pids.add(current().pid));
    queue_work(rescued, ours);
    flush_work(ours);
    assertThat(ran).containsExactly("module's by rescued", "ours by rescued");
    assertThat(pids).hasSize(2).doesNotHaveDuplicates();
    kernel.until(
        "the old one has ended",
        () -> tasks().stream().filter(name -> name.equals("rescued")).count() == 1);
  }
}
