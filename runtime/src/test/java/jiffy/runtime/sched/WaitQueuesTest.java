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
import static jiffy.linux.Sched.schedule;
import static jiffy.linux.Sched.signal_pending;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.types.Completion;
import jiffy.types.TaskStruct;
import jiffy.types.TimerList;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** wait_event in its forms and completions, beside truth/semprobe_sync.dmesg. */
class WaitQueuesTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final WaitQueueHead wq = DECLARE_WAIT_QUEUE_HEAD();
  private final Completion c = new Completion();
  private boolean cond;

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  private void inJiffies(long n, Runnable action) {
    TimerList timer = new TimerList();
    timer_setup(timer, t -> action.run(), 0);
    mod_timer(timer, jiffies() + n);
  }

  private Task task(String name, Task.Body body) {
    Task task = machine.tasks().spawn(name, Owner.CORE, body);
    sim.advance(Duration.ofMillis(1));
    return task;
  }

  @Test
  void wait_event_timeout_returnsWhatItReturnedOnLinux() {
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> false, 10)).isZero();
    assertThat(jiffies() - before).isEqualTo(11);
    assertThat(wait_event_timeout(wq, () -> true, 10)).isEqualTo(10);
    assertThat(wait_event_timeout(wq, () -> true, 0)).isEqualTo(1);
    assertThat(wait_event_timeout(wq, () -> false, 0)).isZero();
    assertThat(wait_event_interruptible_timeout(wq, () -> false, 5)).isZero();
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void wait_event_timeout_wokenAt5Of100_returns94() {
    inJiffies(
        5,
        () -> {
          cond = true;
          wake_up(wq);
        });
    assertThat(wait_event_timeout(wq, () -> cond, 100)).isEqualTo(94);
  }

  @Test
  void wait_event_timeout_trueWithoutAWakeUp_returns1AtTheEnd() {
    inJiffies(5, () -> cond = true);
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> cond, 20)).isEqualTo(1);
    assertThat(jiffies() - before).isEqualTo(21);
  }

  @Test
  void wait_event_timeout_wokenWhileFalse_sleepsOn() {
    inJiffies(5, () -> wake_up(wq));
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> cond, 20)).isZero();
    assertThat(jiffies() - before).isEqualTo(21);
  }

  @Test
  void wait_event_interruptible_signalled_returnsErestartsys() {
    assertThat(wait_event_interruptible(wq, () -> true)).isZero();
    inJiffies(5, () -> machine.scheduler().signal(self.context().task(), 1));
    assertThat(wait_event_interruptible(wq, () -> false)).isEqualTo(-ERESTARTSYS);
    assertThat(signal_pending(self.context().task())).isTrue();
    assertThat(wait_event_interruptible(wq, () -> false)).isEqualTo(-ERESTARTSYS);
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void signal_thatIsNotFatal_endsNoOtherWait() {
    List<Integer> ends = new ArrayList<>();
    Task killable = task("killable", () -> ends.add(wait_event_killable(wq, () -> false)) ? 0 : 1);
    Task deep =
        task(
            "deep",
            () -> {
              wait_event(wq, () -> cond);
              return 0;
            });
    machine.scheduler().signal(killable.struct, 1);
    machine.scheduler().signal(deep.struct, Scheduler.SIGKILL);
    sim.advance(Duration.ofSeconds(1));
    assertThat(ends).isEmpty();
    machine.scheduler().signal(killable.struct, Scheduler.SIGKILL);
    sim.advance(Duration.ofSeconds(1));
    assertThat(ends).containsExactly(-ERESTARTSYS);
    assertThat(deep.isEnded()).isFalse();
    cond = true;
    wake_up_interruptible(wq);
    sim.advance(Duration.ofSeconds(1));
    assertThat(deep.isEnded()).as("it does not sleep interruptibly").isFalse();
    wake_up(wq);
    sim.advance(Duration.ofSeconds(1));
    assertThat(deep.isEnded()).isTrue();
  }

  @Test
  void wake_up_ofExclusiveWaiters_wakesTheFirst() {
    List<String> woken = new ArrayList<>();
    for (String name : List.of("e1", "e2", "e3")) {
      task(name, () -> waitOnce(name, true, woken));
    }
    task("n1", () -> waitOnce("n1", false, woken));
    task("n2", () -> waitOnce("n2", false, woken));
    wake_up(wq);
    sim.advance(Duration.ofMillis(1));
    assertThat(woken).containsExactly("n2", "n1", "e1");
    wake_up_all(wq);
    sim.advance(Duration.ofMillis(1));
    assertThat(woken).containsExactly("n2", "n1", "e1", "e2", "e3");
  }

  private int waitOnce(String name, boolean exclusive, List<String> woken) {
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
    List<String> ends = new ArrayList<>();
    inJiffies(
        5,
        () -> {
          wait_event(wq, () -> cond);
          ends.add("woken");
        });
    sim.advance(Duration.ofSeconds(1));
    assertThat(ends).isEmpty();
    cond = true;
    wake_up(wq);
    sim.advance(Duration.ofSeconds(1));
    assertThat(ends).containsExactly("woken");
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
    assertThat(jiffies() - before).isEqualTo(11);
    assertThat(try_wait_for_completion(c)).isFalse();
    complete(c);
    assertThat(completion_done(c)).isTrue();
    assertThat(try_wait_for_completion(c)).isTrue();
    assertThat(completion_done(c)).isFalse();
    inJiffies(5, () -> complete(c));
    assertThat(wait_for_completion_timeout(c, 100)).isEqualTo(94);
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
    assertThat(wait_for_completion_timeout(c, 50)).isEqualTo(50);
    reinit_completion(c);
    assertThat(c.done).isZero();
  }

  @Test
  void wake_up_process_ofATaskThatHasEnded_returns0() {
    TaskStruct gone = task("gone", () -> 0).struct;
    assertThat(jiffy.linux.Sched.wake_up_process(gone)).isZero();
  }
}
