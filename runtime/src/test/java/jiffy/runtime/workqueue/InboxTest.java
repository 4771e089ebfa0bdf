package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.work_pending;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Items that are queued while a kworker of their pool computes. */
@OnBothPlatforms
class InboxTest {
  private static final int MANY = 3_000; // more than the inbox takes

  private final TestKernel kernel;
  private final List<Integer> ran = new CopyOnWriteArrayList<>();
  private final WorkStruct computing = new WorkStruct();
  private volatile boolean computes;
  private volatile boolean sleeps;
  private volatile boolean released;

  InboxTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  /** The kworker of CPU 1 computes, and two items have come since: the inbox is open. */
  @BeforeEach
  void keepTheKworkerBusy() {
    INIT_WORK(
        computing,
        work -> {
          computes = true;
          while (!released) {
            if (sleeps) {
              msleep(1);
            }
            cpu_relax();
          }
        });
    queue_work_on(1, system_wq(), computing);
    kernel.until("it computes", () -> computes);
    queue(system_wq(), item(-2));
    queue(system_wq(), item(-1));
  }

  @AfterEach
  void halt() {
    released = true;
    kernel.close();
  }

  private WorkStruct item(int number) {
    WorkStruct work = new WorkStruct();
    INIT_WORK(work, w -> ran.add(number));
    return work;
  }

  private static boolean queue(WorkqueueStruct queue, WorkStruct work) {
    return queue_work_on(1, queue, work);
  }

  private List<WorkStruct> queueMany() {
    List<WorkStruct> works = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      works.add(item(i));
      assertThat(queue(system_wq(), works.get(i))).isTrue();
    }
    return works;
  }

  private void release() {
    released = true;
    flush_work(computing);
  }

  @Test
  void queue_work_ofMoreThanItTakes_runsAllInOrder() {
    queueMany();
    assertThat(ran).isEmpty();
    release();
    flush_workqueue(system_wq());
    assertThat(ran).containsExactlyElementsOf(IntStream.range(-2, MANY).boxed().toList());
  }

  @Test
  void queue_work_ofAnItemThatIsThere_returnsFalse() {
    List<WorkStruct> works = queueMany();
    assertThat(works).allMatch(work -> work_pending(work)).noneMatch(w -> queue(system_wq(), w));
  }

  @Test
  void cancel_work_takesItemsOutAndLeavesTheOthersInOrder() {
    List<WorkStruct> works = queueMany();
    for (int i = 0; i < MANY; i += 3) {
      assertThat(cancel_work(works.get(i))).isTrue();
      assertThat(work_pending(works.get(i))).isFalse();
      assertThat(cancel_work_sync(works.get(i))).isFalse();
      if (i % 300 == 0) {
        assertThat(queue(system_wq(), works.get(i))).isTrue(); // the inbox is in use again
      }
    }
    release();
    flush_workqueue(system_wq());
    List<Integer> expected = new ArrayList<>(List.of(-2, -1));
    IntStream.range(0, MANY).filter(i -> i % 3 != 0).forEach(expected::add);
    IntStream.range(0, MANY).filter(i -> i % 300 == 0).forEach(expected::add);
    assertThat(ran).containsExactlyElementsOf(expected);
  }

  @Test
  void flush_work_ofAnItemThatIsThere_waitsForIt() {
    WorkStruct last = item(7);
    queue(system_wq(), last);
    kernel.start(
        "releaser",
        () -> {
          msleep(8);
          released = true;
          return 0;
        });
    assertThat(flush_work(last)).isTrue();
    assertThat(ran).containsExactly(-2, -1, 7);
  }

  @Test
  void destroy_workqueue_waitsForItemsThatAreThere() {
    WorkqueueStruct own = alloc_workqueue("own", 0, 0);
    for (int i = 0; i < 10; i++) {
      queue(own, item(i));
    }
    kernel.start(
        "releaser",
        () -> {
          msleep(8);
          released = true;
          return 0;
        });
    destroy_workqueue(own);
    assertThat(ran).hasSize(12).endsWith(8, 9);
  }

  /** The promise of the inbox: running falls to 0, and the next kworker takes what is there. */
  @Test
  void itemThatGoesToSleep_letsThoseRunThatCameMeanwhile() {
    queue(system_wq(), item(1));
    sleeps = true;
    kernel.until("they ran", () -> ran.size() == 3);
    assertThat(ran).containsExactly(-2, -1, 1);
    queue(system_wq(), item(2));
    kernel.until("one more ran", () -> ran.size() == 4);
    assertThat(released).isFalse();
  }

  /** As above, for an item that the kernel does not see sleep: PoolWatch sees it. */
  @Test
  void itemThatComputesForLong_letsThoseRunThatCameMeanwhile() {
    queue(system_wq(), item(1));
    kernel.until("they ran", () -> ran.size() == 3);
    assertThat(released).isFalse();
  }

  @Test
  void maxActive_holdsForItemsThatCameMeanwhile() {
    WorkqueueStruct single = alloc_workqueue("single", 0, 1);
    WorkStruct sleeper = new WorkStruct();
    INIT_WORK(
        sleeper,
        work -> {
          while (!ran.contains(9)) {
            msleep(1);
          }
          ran.add(100);
        });
    queue(single, sleeper);
    queue(single, item(101));
    released = true;
    kernel.until("it sleeps, and others ran", () -> ran.size() == 2);
    kernel.settle();
    assertThat(ran).as("the queue has had its one").containsExactly(-2, -1);
    queue_work_on(1, system_wq(), item(9));
    flush_workqueue(single);
    assertThat(ran).containsExactly(-2, -1, 9, 100, 101);
    destroy_workqueue(single);
  }

  @Test
  void itemQueuedToTwoQueuesMeanwhile_neverRunsTwiceAtOnce() {
    WorkqueueStruct own = alloc_workqueue("own", 0, 0);
    List<Integer> at = new CopyOnWriteArrayList<>();
    WorkStruct work = new WorkStruct();
    INIT_WORK(
        work,
        w -> {
          at.add(1);
          msleep(8);
          at.add(-1);
        });
    queue(own, work);
    released = true;
    kernel.until("it runs", () -> at.size() == 1);
    queue_work_on(1, own, work);
    queue_work(own, item(5));
    flush_workqueue(own);
    assertThat(at).containsExactly(1, -1, 1, -1);
    destroy_workqueue(own);
  }
}
