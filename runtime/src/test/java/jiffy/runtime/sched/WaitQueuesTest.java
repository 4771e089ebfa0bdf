package jiffy.runtime.sched;

import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.complete_all;
import static jiffy.linux.Completions.completion_done;
import static jiffy.linux.Completions.init_completion;
import static jiffy.linux.Completions.reinit_completion;
import static jiffy.linux.Completions.try_wait_for_completion;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Completions.wait_for_completion_interruptible_timeout;
import static jiffy.linux.Completions.wait_for_completion_timeout;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.schedule;
import static jiffy.linux.Sched.signal_pending;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Wait.DECLARE_WAIT_QUEUE_HEAD;
import static jiffy.linux.Wait.finish_wait;
import static jiffy.linux.Wait.prepare_to_wait;
import static jiffy.linux.Wait.prepare_to_wait_exclusive;
import static jiffy.linux.Wait.wait_event;
import static jiffy.linux.Wait.wait_event_interruptible;
import static jiffy.linux.Wait.wait_event_interruptible_timeout;
import static jiffy.linux.Wait.wait_event_killable;
import static jiffy.linux.Wait.wait_event_timeout;
import static jiffy.linux.Wait.waitqueue_active;
import static jiffy.linux.Wait.wake_up;
import static jiffy.linux.Wait.wake_up_all;
import static jiffy.linux.Wait.wake_up_interruptible;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.SleepWatcher;
import jiffy.types.Completion;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** wait_event in its forms and completions, beside truth/semprobe_sync.dmesg. */
@OnBothPlatforms
class WaitQueuesTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final WaitQueueHead wq = DECLARE_WAIT_QUEUE_HEAD();
  private final Completion c = new Completion();
  private final List<String> woken = new CopyOnWriteArrayList<>();
  private volatile boolean cond;

  WaitQueuesTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @Test
  void wait_event_timeout_returnsWhatItReturnedOnLinux() {
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> false, 10)).isZero();
    kernel.assertPassed(11, before);
    assertThat(wait_event_timeout(wq, () -> true, 10)).isEqualTo(10);
    assertThat(wait_event_timeout(wq, () -> true, 0)).isEqualTo(1);
    assertThat(wait_event_timeout(wq, () -> false, 0)).isZero();
    assertThat(wait_event_interruptible_timeout(wq, () -> false, 5)).isZero();
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void wait_event_timeout_wokenAt5_returnsWhatIsLeft() {
    kernel.inJiffies(
        5,
        () -> {
          cond = true;
          wake_up(wq);
        });
    kernel.assertLeft(6, TestKernel.FAR, wait_event_timeout(wq, () -> cond, TestKernel.FAR));
  }

  @Test
  void wait_event_timeout_trueWithoutAWakeUp_returns1AtTheEnd() {
    kernel.self.context().sleepWatcher = new BecomesTrue();
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> cond, 20)).isEqualTo(1);
    kernel.assertPassed(21, before);
  }

  /** Makes the condition true as soon as the waiter looks no more. */
  private final class BecomesTrue implements SleepWatcher {
    @Override
    public void sleeps(Context context) {
      cond = true;
    }

    @Override
    public void wakes(Context context) {}
  }

  @Test
  void wait_event_timeout_wokenWhileFalse_sleepsOn() {
    kernel.inJiffies(5, () -> wake_up(wq));
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> cond, 20)).isZero();
    kernel.assertPassed(21, before);
  }

  @Test
  void wait_event_timeout_wokenWhileFalseAndThenTrue_returnsWhatIsLeft() {
    Task waiter =
        kernel.task("waiter", () -> (int) wait_event_timeout(wq, () -> cond, TestKernel.FAR));
    wake_up(wq);
    kernel.settle();
    assertThat(waiter.isEnded()).isFalse();
    cond = true;
    wake_up(wq);
    assertThat(kernel.join(waiter)).isBetween(1, (int) TestKernel.FAR);
  }

  @Test
  void wait_event_interruptible_signalled_returnsErestartsys() {
    assertThat(wait_event_interruptible(wq, () -> true)).isZero();
    TaskStruct me = current();
    kernel.inJiffies(5, () -> machine.sched().signal(me, 1));
    assertThat(wait_event_interruptible(wq, () -> false)).isEqualTo(-ERESTARTSYS);
    assertThat(signal_pending(me)).isTrue();
    assertThat(wait_event_interruptible(wq, () -> false)).isEqualTo(-ERESTARTSYS);
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void signal_thatIsNotFatal_endsNoOtherWait() {
    Task killable = kernel.task("killable", () -> wait_event_killable(wq, () -> false));
    Task deep =
        kernel.task(
            "deep",
            () -> {
              wait_event(wq, () -> cond);
              return 0;
            });
    kernel.signal(killable, 1);
    kernel.signal(deep, Scheduler.SIGKILL);
    kernel.settle();
    assertThat(killable.isEnded()).isFalse();
    kernel.signal(killable, Scheduler.SIGKILL);
    assertThat(kernel.join(killable)).isEqualTo(-ERESTARTSYS);
    assertThat(deep.isEnded()).isFalse();
    cond = true;
    wake_up_interruptible(wq);
    kernel.settle();
    assertThat(deep.isEnded()).as("it does not sleep interruptibly").isFalse();
    wake_up(wq);
    kernel.join(deep);
  }

  @Test
  void wake_up_ofExclusiveWaiters_wakesTheFirst() {
    for (String name : List.of("e1", "e2", "e3")) {
      kernel.task(name, () -> waitOnce(name, true));
    }
    kernel.task("n1", () -> waitOnce("n1", false));
    kernel.task("n2", () -> waitOnce("n2", false));
    wake_up(wq);
    kernel.until("three are woken", () -> woken.size() >= 3);
    kernel.settle();
    kernel.assertInOrder(woken, "n2", "n1", "e1");
    wake_up_all(wq);
    kernel.until("all are woken", () -> woken.size() >= 5);
    kernel.assertInOrder(woken, "n2", "n1", "e1", "e2", "e3");
  }

  private int waitOnce(String name, boolean exclusive) {
    WaitQueueEntry entry = new WaitQueueEntry();
    if (exclusive) {
      prepare_to_wait_exclusive(wq, entry, TASK_UNINTERRUPTIBLE);
    } else {
      prepare_to_wait(wq, entry, TASK_UNINTERRUPTIBLE);
    }
    schedule();
    finish_wait(wq, entry);
    woken.add(name);
    return 0;
  }

  @Test
  void wait_event_inATimer_isReportedAndWaits() {
    kernel.inJiffies(
        5,
        () -> {
          wait_event(wq, () -> cond);
          woken.add("handler");
        });
    kernel.until("the handler waits", () -> waitqueue_active(wq));
    kernel.settle();
    assertThat(woken).isEmpty();
    cond = true;
    wake_up(wq);
    kernel.until("the handler goes on", () -> !woken.isEmpty());
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("BUG: sleeping function called from invalid context at "))
        .anyMatch(line -> line.contains("in_atomic(): 1, irqs_disabled(): 0, non_block: 0, pid: 0"))
        .anyMatch(line -> line.contains("BUG: scheduling while atomic: swapper/0/0/0x00000102"));
  }

  @Test
  void completion_counted_returnsWhatItReturnedOnLinux() {
    init_completion(c);
    complete(c);
    complete(c);
    wait_for_completion(c);
    assertThat(wait_for_completion_timeout(c, 10)).isEqualTo(10);
    long before = jiffies();
    assertThat(wait_for_completion_timeout(c, 10)).isZero();
    kernel.assertPassed(11, before);
    assertThat(try_wait_for_completion(c)).isFalse();
    complete(c);
    assertThat(completion_done(c)).isTrue();
    assertThat(try_wait_for_completion(c)).isTrue();
    assertThat(completion_done(c)).isFalse();
    kernel.inJiffies(5, () -> complete(c));
    long far = TestKernel.FAR;
    kernel.assertLeft(6, far, wait_for_completion_timeout(c, far));
    complete(c);
    assertThat(wait_for_completion_timeout(c, 0)).isEqualTo(1);
    assertThat(wait_for_completion_timeout(c, 0)).isZero();
    assertThat(wait_for_completion_interruptible_timeout(c, 5)).isZero();
  }

  @Test
  void complete_all_letsEveryWaitPassUntilReinit() {
    complete_all(c);
    for (int i = 0; i < 3; i++) {
      wait_for_completion(c);
    }
    assertThat(Integer.toUnsignedLong(c.done)).isEqualTo(4_294_967_295L);
    assertThat(completion_done(c)).isTrue();
    assertThat(wait_for_completion_timeout(c, 50)).isEqualTo(50);
    reinit_completion(c);
    assertThat(c.done).isZero();
  }

  @Test
  void wake_up_process_ofATaskThatHasEnded_returns0() {
    Task gone = kernel.start("gone", () -> 0);
    kernel.join(gone);
    assertThat(wake_up_process(gone.struct)).isZero();
  }
}
