package jiffy.runtime.workqueue;

import static jiffy.linux.Workqueues.INIT_DELAYED_WORK;
import static jiffy.linux.Workqueues.cancel_delayed_work;
import static jiffy.linux.Workqueues.cancel_delayed_work_sync;
import static jiffy.linux.Workqueues.delayed_work_pending;
import static jiffy.linux.Workqueues.flush_delayed_work;
import static jiffy.linux.Workqueues.flush_workqueue;
import static jiffy.linux.Workqueues.mod_delayed_work;
import static jiffy.linux.Workqueues.queue_delayed_work;
import static jiffy.linux.Workqueues.to_delayed_work;
import static jiffy.linux.Workqueues.work_pending;
import static jiffy.runtime.TestKernel.FAR;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.DelayedWork;
import jiffy.types.WorkFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The rows of truth/FACTS.md on delayed works that do not depend on time: a delay is so long that
 * it does not end in the test, or none.
 */
@OnBothPlatforms
class DelayedWorkFactsTest extends WorkFixture {
  private final DelayedWork work = new DelayedWork();

  DelayedWorkFactsTest(Platform platform) {
    super(platform);
  }

  private void init(WorkFunction function) {
    INIT_DELAYED_WORK(work, counted(function));
  }

  /** Returns when the item sleeps in its function. */
  private void holdRunning() {
    init(x -> stay.stay());
    assertThat(queue_delayed_work(queue, work, 0)).isTrue();
    stay.awaitEntered();
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
    init(x -> stay.enter());
    assertThat(mod_delayed_work(queue, work, FAR)).isFalse();
    assertThat(delayed_work_pending(work)).isTrue();
    assertThat(mod_delayed_work(queue, work, 2 * FAR)).isTrue();
    assertThat(runs).hasValue(0);
    assertThat(mod_delayed_work(queue, work, 1)).isTrue();
    stay.awaitEntered();
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
            stay.enter();
          }
        });
    queue_delayed_work(queue, work, 1);
    stay.awaitEntered();
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
    assertThat(stay.isLeft()).isFalse();
    stay.letGoOnceTheTestSleeps();
    assertThat(cancel_delayed_work_sync(work)).isFalse();
    assertThat(stay.isLeft()).isTrue();
    assertThat(runs).hasValue(1);
  }

  @Test
  void flush_delayed_work_ofAPendingOne_runsItAtOnce() {
    init(x -> {});
    queue_delayed_work(queue, work, FAR);
    assertThat(work_pending(work.work)).isTrue();
    boolean waited = flush_delayed_work(work);
    assertThat(runs).hasValue(1);
    assertThat(delayed_work_pending(work)).isFalse();
    assertThat(work_pending(work.work)).isFalse();
    if (kernel.isSim()) { // with real threads the kworker may be done before there is a wait
      assertThat(waited).isTrue();
    }
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
