package jiffy.runtime.workqueue;

import static jiffy.linux.Completions.complete_all;
import static jiffy.linux.Completions.wait_for_completion_timeout;
import static jiffy.linux.Workqueues.INIT_WORK;
import static jiffy.linux.Workqueues.WQ_UNBOUND;
import static jiffy.linux.Workqueues.alloc_ordered_workqueue;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_work;
import static jiffy.linux.Workqueues.cancel_work_sync;
import static jiffy.linux.Workqueues.create_singlethread_workqueue;
import static jiffy.linux.Workqueues.create_workqueue;
import static jiffy.linux.Workqueues.destroy_workqueue;
import static jiffy.linux.Workqueues.flush_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.queue_work;
import static jiffy.linux.Workqueues.system_unbound_wq;
import static jiffy.linux.Workqueues.system_wq;
import static jiffy.linux.Workqueues.work_busy;
import static jiffy.linux.Workqueues.work_pending;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.Completion;
import jiffy.types.WorkFunction;
import jiffy.types.WorkStruct;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md on works that do not depend on time. An item is held pending behind
 * another that sleeps in an ordered queue, and held running by a {@link Stay}; who waits for it in
 * the kernel is seen to sleep before it is let go.
 */
@OnBothPlatforms
class WorkqueueFactsTest extends WorkFixture {
  private static final int PENDING = 1;
  private static final int RUNNING = 2;

  private final WorkqueueStruct line;
  private final WorkStruct work = new WorkStruct();
  private final WorkStruct first = new WorkStruct();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();

  WorkqueueFactsTest(Platform platform) {
    super(platform);
    line = alloc_ordered_workqueue("line", 0);
  }

  private void init(WorkFunction function) {
    INIT_WORK(work, counted(function));
  }

  /** Returns when the item sleeps in its function. */
  private void holdRunning() {
    init(x -> stay.stay());
    assertThat(queue_work(queue, work)).isTrue();
    stay.awaitEntered();
  }

  /** Returns when the item is queued behind one that sleeps. */
  private void holdPending() {
    init(x -> {});
    INIT_WORK(first, x -> stay.stay());
    queue_work(line, first);
    stay.awaitEntered();
    assertThat(queue_work(line, work)).isTrue();
  }

  private void letGo() {
    stay.letGo();
    flush_workqueue(line);
    flush_workqueue(queue);
  }

  @Test
  void queue_work_twice_returnsTrueThenFalse_alsoOnAnotherQueue() {
    holdPending();
    assertThat(queue_work(line, work)).isFalse();
    assertThat(queue_work(queue, work)).isFalse();
    assertThat(work_pending(work)).isTrue();
    assertThat(work_busy(work)).isEqualTo(PENDING);
    assertThat(runs).hasValue(0);
    letGo();
    assertThat(runs).hasValue(1);
    assertThat(work_busy(work)).isZero();
  }

  @Test
  void work_inItsFunction_isRunningAndNotPending() {
    init(
        x -> {
          seen.add(work_pending(x));
          seen.add(work_busy(x));
        });
    queue_work(queue, work);
    flush_work(work);
    assertThat(seen).containsExactly(false, RUNNING);
  }

  @Test
  void queue_work_whileItRuns_makesItBusyBothWays() {
    holdRunning();
    assertThat(work_pending(work)).isFalse();
    assertThat(work_busy(work)).isEqualTo(RUNNING);
    assertThat(queue_work(queue, work)).isTrue();
    assertThat(work_busy(work)).isEqualTo(PENDING | RUNNING);
    assertThat(queue_work(queue, work)).isFalse();
    assertThat(runs).hasValue(1);
    letGo();
    assertThat(runs).hasValue(2);
  }

  @Test
  void queue_work_fromItsOwnFunction_returnsTrueThenFalse() {
    init(
        x -> {
          int most = mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
          if (runs.get() < 4) {
            seen.add(queue_work(queue, x));
            seen.add(queue_work(queue, x));
          } else {
            seen.add(most);
            stay.enter();
          }
          atOnce.decrementAndGet();
        });
    queue_work(queue, work);
    stay.awaitEntered();
    flush_work(work);
    assertThat(seen).containsExactly(true, false, true, false, true, false, 1);
    assertThat(runs).hasValue(4);
  }

  @Test
  void cancel_work_ofAnIdleOne_returnsFalse() {
    init(x -> {});
    assertThat(work_pending(work)).isFalse();
    assertThat(work_busy(work)).isZero();
    for (int i = 0; i < 2; i++) {
      assertThat(cancel_work(work)).isFalse();
      assertThat(cancel_work_sync(work)).isFalse();
      assertThat(flush_work(work)).isFalse();
      queue_work(queue, work); // the second time it has run before
      flush_work(work);
    }
    assertThat(runs).hasValue(2);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_work_ofAPendingOne_returnsTrueAndItDoesNotRun(boolean sync) {
    holdPending();
    assertThat(sync ? cancel_work_sync(work) : cancel_work(work)).isTrue();
    assertThat(work_pending(work)).isFalse();
    assertThat(cancel_work(work)).isFalse();
    assertThat(stay.isLeft()).as("waited for another item").isFalse();
    letGo();
    assertThat(runs).hasValue(0);
  }

  @Test
  void cancel_work_ofARunningOne_returnsFalseAtOnce() {
    holdRunning();
    assertThat(cancel_work(work)).isFalse();
    assertThat(stay.isLeft()).isFalse();
    assertThat(work_busy(work)).isEqualTo(RUNNING);
  }

  @Test
  void cancel_work_inItsOwnFunction_returnsFalse_andTrueIfQueuedAgain() {
    init(
        x -> {
          seen.add(cancel_work(x));
          queue_work(queue, x);
          seen.add(cancel_work(x));
        });
    queue_work(queue, work);
    flush_workqueue(queue);
    assertThat(seen).containsExactly(false, true);
    assertThat(runs).hasValue(1);
  }

  @Test
  void cancel_work_sync_ofARunningOne_waitsAndReturnsFalse() {
    holdRunning();
    stay.letGoOnceTheTestSleeps();
    assertThat(cancel_work_sync(work)).isFalse();
    assertThat(stay.isLeft()).isTrue();
    assertThat(work_busy(work)).isZero();
    assertThat(runs).hasValue(1);
  }

  @Test
  void cancel_work_sync_ofOneThatRunsAndIsPending_waitsAndReturnsTrue() {
    holdRunning();
    queue_work(queue, work);
    stay.letGoOnceTheTestSleeps();
    assertThat(cancel_work_sync(work)).isTrue();
    assertThat(stay.isLeft()).isTrue();
    assertThat(work_busy(work)).isZero();
    flush_workqueue(queue);
    assertThat(runs).hasValue(1);
  }

  @Test
  void cancel_work_sync_ofOneThatQueuesItself_stopsItAndReturnsTrue() {
    init(
        x -> {
          seen.add(queue_work(queue, x));
          if (runs.get() == 3) {
            stay.stay();
            seen.add(queue_work(queue, x)); // while it is being cancelled
          }
        });
    queue_work(queue, work);
    stay.awaitEntered();
    stay.letGoOnceTheTestSleeps();
    assertThat(cancel_work_sync(work)).isTrue();
    assertThat(work_busy(work)).isZero();
    flush_workqueue(queue);
    assertThat(runs).hasValue(3);
    assertThat(seen).containsExactly(true, true, true, false);
  }

  @Test
  void flush_work_ofAPendingOne_waitsAndReturnsTrue() {
    holdPending();
    stay.letGoOnceTheTestSleeps();
    assertThat(flush_work(work)).isTrue();
    assertThat(runs).hasValue(1);
    assertThat(flush_work(work)).isFalse();
  }

  @Test
  void flush_work_ofARunningOne_waitsAndReturnsTrue() {
    holdRunning();
    stay.letGoOnceTheTestSleeps();
    assertThat(flush_work(work)).isTrue();
    assertThat(stay.isLeft()).isTrue();
    assertThat(flush_work(work)).isFalse();
  }

  private WorkqueueStruct queueOf(String kind) {
    return switch (kind) {
      case "ordered" -> line;
      case "create_singlethread" -> create_singlethread_workqueue("sp_single");
      case "create_workqueue" -> create_workqueue("sp_create");
      case "max_active=1" -> alloc_workqueue("sp_max1", 0, 1);
      case "bound" -> queue;
      case "unbound" -> alloc_workqueue("sp_unbound", WQ_UNBOUND, 0);
      default -> system_wq();
    };
  }

  private List<WorkStruct> queueSix(WorkqueueStruct onto, WorkFunction function) {
    List<WorkStruct> works = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      int number = i;
      WorkStruct each = new WorkStruct();
      INIT_WORK(
          each,
          x -> {
            mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
            seen.add(number);
            function.call(x);
            atOnce.decrementAndGet();
          });
      works.add(each);
      assertThat(queue_work(onto, each)).isTrue();
    }
    return works;
  }

  /** Returns when kworkers of this CPU, and of none, have taken up all that they might by now. */
  private static void letKworkersPass() {
    for (WorkqueueStruct each : List.of(system_wq(), system_unbound_wq())) {
      WorkStruct marker = new WorkStruct();
      INIT_WORK(marker, x -> {});
      queue_work(each, marker);
      flush_work(marker);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"ordered", "create_singlethread", "create_workqueue", "max_active=1"})
  void works_ofAQueueOfOneAtATime_runFirstComeFirstServedThoughTheySleep(String kind) {
    WorkqueueStruct one = queueOf(kind);
    List<WorkStruct> works = queueSix(one, x -> stay.stay());
    for (int i = 0; i < 6; i++) {
      stay.awaitEntered();
      letKworkersPass();
      for (int j = i; j < 6; j++) {
        assertThat(work_busy(works.get(j))).isEqualTo(j == i ? RUNNING : PENDING);
      }
      stay.letOneGo();
    }
    flush_workqueue(one);
    assertThat(seen).containsExactly(0, 1, 2, 3, 4, 5);
    assertThat(mostAtOnce).hasValue(1);
  }

  /** In which order they come to do something is up to the host, once two run. */
  @ParameterizedTest
  @ValueSource(strings = {"system_wq", "bound", "unbound"})
  void works_thatSleep_allOverlap(String kind) {
    WorkqueueStruct many = queueOf(kind);
    Completion allThere = new Completion();
    queueSix(
        many,
        x -> {
          if (runs.incrementAndGet() == 6) {
            complete_all(allThere);
          }
          wait_for_completion_timeout(allThere, Stay.NEVER);
        });
    flush_workqueue(many);
    assertThat(seen).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5);
    assertThat(mostAtOnce).hasValue(6);
  }

  @Test
  void destroy_workqueue_runsAllThatIsPending() {
    INIT_WORK(first, x -> stay.stay());
    queue_work(line, first);
    stay.awaitEntered();
    for (int i = 0; i < 3; i++) {
      WorkStruct each = new WorkStruct();
      INIT_WORK(each, x -> runs.incrementAndGet());
      queue_work(line, each);
    }
    stay.letGoOnceTheTestSleeps();
    destroy_workqueue(line);
    assertThat(runs).hasValue(3);
  }

  @Test
  void destroy_workqueue_runsAChainThatQueuesItselfMeanwhile() {
    init(
        x -> {
          if (runs.get() == 1) {
            stay.stay();
          }
          if (runs.get() < 4) {
            seen.add(queue_work(line, x));
          }
        });
    queue_work(line, work);
    stay.awaitEntered();
    stay.letGoOnceTheTestSleeps();
    destroy_workqueue(line);
    assertThat(seen).containsExactly(true, true, true);
    assertThat(runs).hasValue(4);
  }
}
