package jiffy.runtime.workqueue;

import static jiffy.linux.Delay.cpu_relax;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WORK_BUSY_PENDING;
import static jiffy.linux.Workqueues.WORK_BUSY_RUNNING;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.queue_work_on;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.work_busy;
import static jiffy.linux.Workqueues.work_pending;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Items that a kworker runs straight from the inbox, without the pool's lock. */
@OnBothPlatforms
class RaceTest {
  private static final long MSEC = 1_000_000;

  /** More than the inbox has seats. */
  private static final int MANY = Inbox.SIZE + 500;

  private final TestKernel kernel;
  private final List<Integer> ran = new CopyOnWriteArrayList<>();
  private final WorkStruct computing = new WorkStruct();
  private volatile boolean computes;
  private volatile boolean released;

  RaceTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  /**
   * CPU 1 has a kworker that rests: what comes next comes in by the inbox, and is run from there.
   */
  @BeforeEach
  void makeAKworkerThatRests() {
    INIT_WORK(
        computing,
        work -> {
          computes = true;
          while (!released) {
            cpu_relax();
          }
        });
    queue(item(0));
    kernel.until("it ran", () -> ran.size() == 1);
    kernel.settle();
    ran.clear();
  }

  @AfterEach
  void halt() {
    released = true;
    kernel.close();
  }

  private static WorkStruct work(WorkFunction function) {
    WorkStruct work = new WorkStruct();
    INIT_WORK(work, function);
    return work;
  }

  private WorkStruct item(int number) {
    return work(w -> ran.add(number));
  }

  private static boolean queue(WorkStruct work) {
    return queue_work_on(1, system_wq(), work);
  }

  private void compute() {
    assertThat(queue(computing)).isTrue();
    kernel.until("it computes", () -> computes);
  }

  private void releaseSoon() {
    kernel.start(
        "releaser",
        () -> {
          msleep(8);
          released = true;
          return 0;
        });
  }

  @Test
  void queue_work_ofItemsOverAndOver_runsEachOnceATime() {
    List<WorkStruct> works = IntStream.range(0, MANY).mapToObj(this::item).toList();
    for (int round = 0; round < 2; round++) {
      for (WorkStruct work : works) {
        assertThat(queue(work)).isTrue();
      }
      flush_workqueue(system_wq());
      assertThat(ran).containsExactlyElementsOf(IntStream.range(0, MANY).boxed().toList());
      assertThat(works).noneMatch(work -> work_pending(work));
      ran.clear();
    }
  }

  @Test
  void queue_work_whileTheKworkerRests_wakesIt() {
    WorkStruct work = item(1);
    for (int i = 1; i <= 3; i++) {
      queue(work);
      int runs = i;
      kernel.until("it ran again", () -> ran.size() == runs);
      kernel.settle();
    }
  }

  @Test
  void queue_work_ofAnItemThatIsIn_returnsFalse() {
    compute();
    WorkStruct work = item(1);
    for (int i = 0; i < 2; i++) {
      assertThat(queue(work)).isTrue();
      assertThat(work_pending(work)).isTrue();
      assertThat(work_busy(work)).isEqualTo(WORK_BUSY_PENDING);
      assertThat(queue(work)).isFalse();
      assertThat(cancel_work(work)).isTrue();
      assertThat(work_pending(work)).isFalse();
    }
    assertThat(ran).isEmpty();
  }

  /** Seats are numbered by pool: an item that comes from another one has no seat here. */
  @Test
  void queue_work_ofAnItemOfAnotherCpu_isNotTakenForOneThatIsIn() {
    WorkStruct here = item(1);
    queue(here);
    queue_work_on(0, system_wq(), item(0));
    kernel.until("CPU 0 has a kworker", () -> ran.size() == 2);
    kernel.settle();
    WorkStruct other = item(2);
    queue_work_on(0, system_wq(), other); // as its first one, as the one here
    for (int i = 0; i < 2; i++) {
      flush_work(other);
      kernel.settle();
      assertThat(queue(other)).isTrue();
    }
    flush_work(other);
    compute();
    assertThat(queue(here)).isTrue();
    assertThat(queue(other)).isTrue();
    assertThat(queue(here)).isFalse();
    assertThat(queue(other)).isFalse();
  }

  @Test
  void work_busy_ofOneThatRuns_saysSo() {
    compute();
    assertThat(work_pending(computing)).isFalse();
    assertThat(work_busy(computing)).isEqualTo(WORK_BUSY_RUNNING);
    assertThat(queue(computing)).isTrue();
    assertThat(work_busy(computing)).isEqualTo(WORK_BUSY_RUNNING | WORK_BUSY_PENDING);
    assertThat(queue(computing)).isFalse();
  }

  @Test
  void work_busy_ofItself_saysThatItRuns() {
    List<Integer> busy = new CopyOnWriteArrayList<>();
    WorkStruct work = work(w -> busy.add(work_busy(w)));
    queue(work);
    flush_work(work);
    assertThat(busy).containsExactly(WORK_BUSY_RUNNING);
  }

  @Test
  void flush_work_ofOneThatRuns_waitsForIt() {
    compute();
    releaseSoon();
    assertThat(flush_work(computing)).isTrue();
    assertThat(released).isTrue();
    assertThat(flush_work(computing)).isFalse();
  }

  @Test
  void cancel_work_sync_ofOneThatRuns_waitsForIt() {
    compute();
    releaseSoon();
    assertThat(cancel_work_sync(computing)).isFalse();
    assertThat(released).isTrue();
    assertThat(work_busy(computing)).isZero();
  }

  @Test
  void flush_workqueue_waitsForOneThatRuns() {
    compute();
    releaseSoon();
    flush_workqueue(system_wq());
    assertThat(released).isTrue();
  }

  @Test
  void flush_ofItself_saysSoAndDoesNotWait() {
    WorkStruct work =
        work(
            w -> {
              ran.add(flush_work(w) ? 1 : 0);
              ran.add(cancel_work_sync(w) ? 1 : 0);
              flush_workqueue(system_wq());
              ran.add(2);
            });
    queue(work);
    kernel.until("it ran", () -> ran.size() == 3);
    assertThat(ran).containsExactly(0, 0, 2);
    assertThat(kernel.machine.dmesg())
        .anyMatch(line -> line.contains("flush_work of"))
        .anyMatch(line -> line.contains("cancel_work_sync of"))
        .anyMatch(line -> line.contains("flush_workqueue of"));
  }

  @Test
  void destroy_workqueue_letsItsOwnItemsQueueThere() {
    WorkqueueStruct own = alloc_workqueue("own", 0, 0);
    WorkStruct work =
        work(
            w -> {
              msleep(2);
              ran.add(1);
              if (ran.size() < 3) {
                queue_work_on(1, own, w);
              }
            });
    queue_work_on(1, own, work);
    destroy_workqueue(own);
    assertThat(ran).hasSize(3);
    assertThat(queue_work(own, work)).isFalse();
  }

  @Test
  void itemThatComputesForLong_letsThoseRunThatCameMeanwhile() {
    compute();
    queue(item(1));
    queue(item(2));
    kernel.until("they ran", () -> ran.size() == 2);
    assertThat(released).isFalse();
  }

  @Test
  void itemThatSleeps_letsThoseRunThatComeMeanwhile() {
    WorkStruct sleeper =
        work(
            w -> {
              while (!released) {
                msleep(1);
              }
              ran.add(100);
            });
    queue(sleeper);
    queue(item(1));
    long begin = kernel.machine.uptimeNanos();
    kernel.until("another ran", () -> ran.size() == 1);
    if (kernel.machine.simulation().isPresent()) {
      assertThat(kernel.machine.uptimeNanos() - begin).as("not by PoolWatch").isLessThan(10 * MSEC);
    }
    queue(item(2));
    kernel.until("one more ran", () -> ran.size() == 2);
    assertThat(released).isFalse();
    released = true;
    flush_work(sleeper);
    assertThat(ran).containsExactly(1, 2, 100);
  }

  @Test
  void itemThatThrows_letsTheNextRun() {
    WorkStruct broken =
        work(
            w -> {
              throw new IllegalStateException("on purpose");
            });
    queue(broken);
    queue(item(1));
    flush_workqueue(system_wq());
    assertThat(ran).containsExactly(1);
    assertThat(kernel.machine.dmesg()).anyMatch(line -> line.contains("on purpose"));
  }
}
