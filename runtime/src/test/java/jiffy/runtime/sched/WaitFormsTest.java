package jiffy.runtime.sched;

import static jiffy.linux.Completions.wait_for_completion_killable_timeout;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.cond_resched;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.get_current_state;
import static jiffy.linux.Sched.get_task_struct;
import static jiffy.linux.Sched.need_resched;
import static jiffy.linux.Sched.put_task_struct;
import static jiffy.linux.Sched.schedule;
import static jiffy.linux.Sched.set_current_state;
import static jiffy.linux.Spinlocks.spin_is_locked;
import static jiffy.linux.Spinlocks.spin_lock_irq;
import static jiffy.linux.Spinlocks.spin_unlock_irq;
import static jiffy.linux.Wait.DECLARE_WAITQUEUE;
import static jiffy.linux.Wait.DEFINE_WAIT;
import static jiffy.linux.Wait.add_wait_queue;
import static jiffy.linux.Wait.add_wait_queue_exclusive;
import static jiffy.linux.Wait.remove_wait_queue;
import static jiffy.linux.Wait.wait_event;
import static jiffy.linux.Wait.wait_event_idle;
import static jiffy.linux.Wait.wait_event_idle_timeout;
import static jiffy.linux.Wait.wait_event_interruptible_exclusive;
import static jiffy.linux.Wait.wait_event_interruptible_lock_irq;
import static jiffy.linux.Wait.wait_event_killable_exclusive;
import static jiffy.linux.Wait.wait_event_killable_timeout;
import static jiffy.linux.Wait.wait_event_lock_irq;
import static jiffy.linux.Wait.waitqueue_active;
import static jiffy.linux.Wait.wake_up;
import static jiffy.linux.Wait.wake_up_interruptible_nr;
import static jiffy.linux.Wait.wake_up_interruptible_sync;
import static jiffy.linux.Wait.wake_up_nr;
import static jiffy.linux.Wait.wake_up_sync;
import static jiffy.linux.Wait.wq_has_sleeper;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Completion;
import jiffy.types.SpinlockT;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rarer forms of wait_event and wake_up, and wait queues by hand. */
@OnBothPlatforms
class WaitFormsTest {
  private final TestKernel kernel;
  private final Machine machine;
  private final WaitQueueHead wq = new WaitQueueHead();
  private final List<String> woken = new CopyOnWriteArrayList<>();
  private volatile boolean cond;

  WaitFormsTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  private void untilWoken(int count) {
    kernel.until(count + " are woken", () -> woken.size() >= count);
    kernel.settle();
  }

  @Test
  void wait_event_exclusive_isWokenOneByOne() {
    for (String name : List.of("a", "b", "c")) {
      kernel.task(
          name,
          () -> {
            int ret =
                name.equals("b")
                    ? wait_event_killable_exclusive(wq, () -> cond)
                    : wait_event_interruptible_exclusive(wq, () -> cond);
            woken.add(name);
            return ret;
          });
    }
    cond = true;
    wake_up_sync(wq);
    untilWoken(1);
    assertThat(woken).containsExactly("a");
    wake_up_interruptible_sync(wq);
    untilWoken(2);
    assertThat(woken).as("b does not sleep interruptibly").containsExactly("a", "c");
    wake_up_nr(wq, 5);
    untilWoken(3);
    assertThat(woken).containsExactly("a", "c", "b");
    assertThat(wq_has_sleeper(wq)).isFalse();
  }

  @Test
  void wake_up_interruptible_nr_wakesSoMany() {
    for (String name : List.of("a", "b", "c")) {
      kernel.task(
          name,
          () -> {
            wait_event_interruptible_exclusive(wq, () -> cond);
            woken.add(name);
            return 0;
          });
    }
    cond = true;
    wake_up_interruptible_nr(wq, 2);
    untilWoken(2);
    kernel.assertInOrder(woken, "a", "b");
    assertThat(wq_has_sleeper(wq)).isTrue();
  }

  @Test
  void wait_event_exclusive_signalled_returnsErestartsys() {
    Task waiter = kernel.task("a", () -> wait_event_interruptible_exclusive(wq, () -> false));
    kernel.signal(waiter, 1);
    assertThat(kernel.join(waiter)).isEqualTo(-ERESTARTSYS);
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void wait_event_killable_timeout_endsByTimeOrKill() {
    assertThat(wait_event_killable_timeout(wq, () -> false, 5)).isZero();
    assertThat(wait_event_killable_timeout(wq, () -> true, 5)).isEqualTo(5);
    assertThat(wait_event_idle_timeout(wq, () -> false, 5)).isZero();
    Task killed =
        kernel.task("a", () -> (int) wait_event_killable_timeout(wq, () -> false, TestKernel.FAR));
    Completion never = new Completion();
    Task other =
        kernel.task("b", () -> (int) wait_for_completion_killable_timeout(never, TestKernel.FAR));
    Task idle =
        kernel.task(
            "c",
            () -> {
              wait_event_idle(wq, () -> cond);
              return 3;
            });
    for (Task each : List.of(killed, other, idle)) {
      kernel.signal(each, Scheduler.SIGKILL);
    }
    assertThat(kernel.join(killed)).isEqualTo(-ERESTARTSYS);
    assertThat(kernel.join(other)).isEqualTo(-ERESTARTSYS);
    kernel.settle();
    assertThat(idle.isEnded()).isFalse();
    cond = true;
    wake_up(wq);
    assertThat(kernel.join(idle)).isEqualTo(3);
  }

  @Test
  void wait_event_lock_irq_givesTheLockBackWhileItSleeps() {
    SpinlockT lock = new SpinlockT();
    Task waiter =
        kernel.task(
            "waiter",
            () -> {
              spin_lock_irq(lock);
              wait_event_lock_irq(
                  wq,
                  () -> {
                    assertThat(spin_is_locked(lock)).isTrue();
                    return cond;
                  },
                  lock);
              boolean isHeld = spin_is_locked(lock) && irqs_disabled();
              spin_unlock_irq(lock);
              return isHeld ? 1 : 0;
            });
    assertThat(spin_is_locked(lock)).isFalse();
    spin_lock_irq(lock);
    cond = true;
    spin_unlock_irq(lock);
    wake_up(wq);
    assertThat(kernel.join(waiter)).isEqualTo(1);
    Task interrupted =
        kernel.task(
            "interrupted",
            () -> {
              spin_lock_irq(lock);
              int ret = wait_event_interruptible_lock_irq(wq, () -> false, lock);
              spin_unlock_irq(lock);
              return ret;
            });
    kernel.signal(interrupted, 1);
    assertThat(kernel.join(interrupted)).isEqualTo(-ERESTARTSYS);
    assertThat(waitqueue_active(wq)).isFalse();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("BUG"));
  }

  /** As LDD3's scull waits. */
  @Test
  void add_wait_queue_byHand_isWoken() {
    Task waiter =
        kernel.task(
            "waiter",
            () -> {
              WaitQueueEntry wait = DECLARE_WAITQUEUE(current());
              add_wait_queue(wq, wait);
              set_current_state(TASK_INTERRUPTIBLE);
              if (!cond) {
                schedule();
              }
              int state = get_current_state();
              remove_wait_queue(wq, wait);
              return state;
            });
    assertThat(waitqueue_active(wq)).isTrue();
    cond = true;
    wake_up(wq);
    assertThat(kernel.join(waiter)).isEqualTo(TASK_RUNNING);
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void add_wait_queue_exclusive_comesAfterTheOthers() {
    WaitQueueEntry first = DEFINE_WAIT();
    WaitQueueEntry last = DEFINE_WAIT();
    add_wait_queue_exclusive(wq, last);
    add_wait_queue(wq, first);
    assertThat(wq.__entries).containsExactly(first, last);
    assertThat(first.__private).isSameAs(current());
    wake_up(wq); // it is not asleep: nothing to wake, and the state stays
    assertThat(get_current_state()).isEqualTo(TASK_RUNNING);
    remove_wait_queue(wq, first);
    remove_wait_queue(wq, last);
    remove_wait_queue(wq, last);
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void wait_event_ofOthers_goesOnWhileTheyResched() {
    kernel.task(
        "waiter",
        () -> {
          wait_event(wq, () -> cond);
          woken.add("waiter");
          return 0;
        });
    cond = true;
    wake_up(wq);
    while (woken.isEmpty()) {
      assertThat(Thread.currentThread().isInterrupted()).as("timed out").isFalse();
      assertThat(need_resched()).isFalse();
      assertThat(cond_resched()).isZero();
    }
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(get_current_state()).isEqualTo(TASK_UNINTERRUPTIBLE);
    set_current_state(TASK_RUNNING);
    put_task_struct(get_task_struct(current()));
  }
}
