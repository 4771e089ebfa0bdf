package jiffy.runtime.workqueue;

import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.complete_all;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Completions.wait_for_completion_timeout;
import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.alloc_workqueue;
import static jiffy.linux.Workqueues.cancel_delayed_work;
import static jiffy.linux.Workqueues.cancel_delayed_work_sync;
import static jiffy.linux.Workqueues.delayed_work_pending;
import static jiffy.linux.Workqueues.flush_delayed_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.mod_delayed_work;
import static jiffy.linux.Workqueues.queue_delayed_work;
import static jiffy.linux.Workqueues.to_delayed_work;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.types.Completion;
import jiffy.types.DelayedWork;
import jiffy.types.TaskStruct;
import jiffy.types.WorkFunction;
import jiffy.types.WorkqueueStruct;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md on delayed works that do not depend on time, on real threads: a delay
 * is so long that it does not end in the test, or none.
 */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
class DelayedWorkFactsHostTest {
  /** Jiffies in which no test ends. */
  private static final long FAR = 1_000_000;

  /** Jiffies after which a wait for what must come has failed. */
  private static final long NEVER = 2_500;

  private final Machine machine = Machine.boot("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("test", 0);
  private final WorkqueueStruct queue = alloc_workqueue("bound", 0, 0);
  private final DelayedWork work = new DelayedWork();
  private final Completion entered = new Completion();
  private final Completion release = new Completion();
  private final AtomicInteger runs = new AtomicInteger();
  private final ConcurrentLinkedQueue<Object> seen = new ConcurrentLinkedQueue<>();
  private volatile boolean left;
  private volatile boolean waits;
  private volatile boolean over;

  @AfterEach
  void halt() {
    over = true;
    complete_all(release);
    self.close();
    machine.close();
  }

  private void init(WorkFunction function) {
    INIT_DELAYED_WORK(
        work,
        x -> {
          runs.incrementAndGet();
          function.call(x);
        });
  }

  private void awaitEntered() {
    assertThat(wait_for_completion_timeout(entered, NEVER)).as("has begun").isPositive();
  }

  /** Returns when the item sleeps in its function. */
  private void holdRunning() {
    init(
        x -> {
          complete(entered);
          wait_for_completion(release);
          left = true;
        });
    assertThat(queue_delayed_work(queue, work, 0)).isTrue();
    awaitEntered();
  }

  @Test
  void delayedWork_thatIsIdle_isNotPendingAndNothingToCancelOrFlush() {
    init(x -> {});
    assertThat(delayed_work_pending(work)).isFalse();
    assertThat(cancel_delayed_work(work)).isFalse();
    assertThat(cancel_delayed_work_sync(work)).isFalse();
    assertThat(flush_delayed_work(work)).isFalse();
    assertThat(runs).hasValue(0);
  }

  @Test
  void queue_delayed_work_twice_returnsTrueThenFalseAndTheFirstDelayStays() {
    init(x -> {});
    assertThat(queue_delayed_work(queue, work, FAR)).isTrue();
    assertThat(queue_delayed_work(queue, work, 0)).isFalse();
    flush_workqueue(queue);
    assertThat(delayed_work_pending(work)).isTrue();
    assertThat(runs).hasValue(0);
  }

  @Test
  void queue_delayed_work_withoutDelay_runsLikeQueueWork() {
    init(x -> {});
    assertThat(queue_delayed_work(queue, work, 0)).isTrue();
    flush_workqueue(queue);
    assertThat(runs).hasValue(1);
  }

  @Test
  void mod_delayed_work_ofAnIdleOne_returnsFalse_ofAPendingOneTrueWithTheNewDelay() {
    init(x -> complete(entered));
    assertThat(mod_delayed_work(queue, work, FAR)).isFalse();
    assertThat(delayed_work_pending(work)).isTrue();
    assertThat(mod_delayed_work(queue, work, 2 * FAR)).isTrue();
    assertThat(runs).hasValue(0);
    assertThat(mod_delayed_work(queue, work, 1)).isTrue();
    awaitEntered();
    flush_delayed_work(work);
    assertThat(delayed_work_pending(work)).isFalse();
    assertThat(runs).hasValue(1);
  }

  @Test
  void mod_delayed_work_fromItsOwnFunction_returnsFalse() {
    init(
        x -> {
          if (runs.get() < 4) {
            seen.add(mod_delayed_work(queue, to_delayed_work(x), 1));
          } else {
            complete(entered);
          }
        });
    queue_delayed_work(queue, work, 1);
    awaitEntered();
    assertThat(seen).containsExactly(false, false, false);
    assertThat(runs).hasValue(4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cancel_delayed_work_ofAPendingOne_returnsTrue(boolean sync) {
    init(x -> {});
    queue_delayed_work(queue, work, FAR);
    assertThat(sync ? cancel_delayed_work_sync(work) : cancel_delayed_work(work)).isTrue();
    assertThat(delayed_work_pending(work)).isFalse();
    assertThat(cancel_delayed_work(work)).isFalse();
    assertThat(flush_delayed_work(work)).isFalse();
    assertThat(runs).hasValue(0);
  }

  @Test
  void cancel_delayed_work_ofARunningOne_returnsFalseAtOnce_syncWaits() {
    holdRunning();
    assertThat(cancel_delayed_work(work)).isFalse();
    assertThat(left).isFalse();
    TaskStruct me = current();
    kthread_run(
        data -> {
          while (!over && !(waits && me.__state != TASK_RUNNING)) {
            Sched.yield();
          }
          complete_all(release);
          return 0;
        },
        null,
        "releaser");
    waits = true;
    assertThat(cancel_delayed_work_sync(work)).isFalse();
    assertThat(left).isTrue();
    assertThat(runs).hasValue(1);
  }

  /** What it returns is a race of the kworker's with the caller: not asked here. */
  @Test
  void flush_delayed_work_ofAPendingOne_runsItAtOnce() {
    init(x -> {});
    queue_delayed_work(queue, work, FAR);
    flush_delayed_work(work);
    assertThat(runs).hasValue(1);
    assertThat(delayed_work_pending(work)).isFalse();
  }

  @Test
  void flush_workqueue_doesNotWaitForADelay() {
    init(x -> {});
    queue_delayed_work(queue, work, FAR);
    flush_workqueue(queue);
    assertThat(runs).hasValue(0);
    assertThat(delayed_work_pending(work)).isTrue();
    assertThat(cancel_delayed_work_sync(work)).isTrue();
  }
}
