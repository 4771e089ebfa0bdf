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

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.types.Completion;
import jiffy.types.SpinlockT;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The rarer forms of wait_event and wake_up, and wait queues by hand. */
class WaitFormsTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final WaitQueueHead wq = new WaitQueueHead();
  private final List<String> woken = new ArrayList<>();
  private boolean cond;

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  private Task task(String name, Task.Body body) {
    Task task = machine.tasks().spawn(name, Owner.CORE, body);
    settle();
    return task;
  }

  private void settle() {
    sim.advance(Duration.ofMillis(1));
  }

  @Test
  void wait_event_exclusive_isWokenOneByOne() {
    for (String name : List.of("a", "b", "c")) {
      task(
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
    settle();
    assertThat(woken).containsExactly("a");
    wake_up_interruptible_sync(wq);
    settle();
    assertThat(woken).as("b does not sleep interruptibly").containsExactly("a", "c");
    wake_up_nr(wq, 5);
    settle();
    assertThat(woken).containsExactly("a", "c", "b");
    assertThat(wq_has_sleeper(wq)).isFalse();
  }

  @Test
  void wake_up_interruptible_nr_wakesSoMany() {
    for (String name : List.of("a", "b", "c")) {
      task(
          name,
          () -> {
            wait_event_interruptible_exclusive(wq, () -> cond);
            woken.add(name);
            return 0;
          });
    }
    cond = true;
    wake_up_interruptible_nr(wq, 2);
    settle();
    assertThat(woken).containsExactly("a", "b");
    assertThat(wq_has_sleeper(wq)).isTrue();
  }

  @Test
  void wait_event_exclusive_signalled_returnsErestartsys() {
    Task waiter = task("a", () -> wait_event_interruptible_exclusive(wq, () -> false));
    machine.scheduler().signal(waiter.struct, 1);
    settle();
    assertThat(waiter.exitValue()).isEqualTo(-ERESTARTSYS);
    assertThat(waitqueue_active(wq)).isFalse();
  }

  @Test
  void wait_event_killable_timeout_endsByTimeOrKill() {
    assertThat(wait_event_killable_timeout(wq, () -> false, 5)).isZero();
    assertThat(wait_event_killable_timeout(wq, () -> true, 5)).isEqualTo(5);
    assertThat(wait_event_idle_timeout(wq, () -> false, 5)).isZero();
    Task killed = task("a", () -> (int) wait_event_killable_timeout(wq, () -> false, 500));
    Completion never = new Completion();
    Task other = task("b", () -> (int) wait_for_completion_killable_timeout(never, 500));
    Task idle =
        task(
            "c",
            () -> {
              wait_event_idle(wq, () -> cond);
              return 3;
            });
    for (Task each : List.of(killed, other, idle)) {
      machine.scheduler().signal(each.struct, Scheduler.SIGKILL);
    }
    settle();
    assertThat(killed.exitValue()).isEqualTo(-ERESTARTSYS);
    assertThat(other.exitValue()).isEqualTo(-ERESTARTSYS);
    assertThat(idle.isEnded()).isFalse();
    cond = true;
    wake_up(wq);
    settle();
    assertThat(idle.exitValue()).isEqualTo(3);
  }

  @Test
  void wait_event_lock_irq_givesTheLockBackWhileItSleeps() {
    SpinlockT lock = new SpinlockT();
    Task waiter =
        task(
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
    settle();
    assertThat(waiter.failure()).isNull();
    assertThat(waiter.exitValue()).isEqualTo(1);
    Task interrupted =
        task(
            "interrupted",
            () -> {
              spin_lock_irq(lock);
              int ret = wait_event_interruptible_lock_irq(wq, () -> false, lock);
              spin_unlock_irq(lock);
              return ret;
            });
    machine.scheduler().signal(interrupted.struct, 1);
    settle();
    assertThat(interrupted.exitValue()).isEqualTo(-ERESTARTSYS);
    assertThat(waitqueue_active(wq)).isFalse();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("BUG"));
  }

  /** As LDD3's scull waits. */
  @Test
  void add_wait_queue_byHand_isWoken() {
    Task waiter =
        task(
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
    settle();
    assertThat(waiter.exitValue()).isEqualTo(TASK_RUNNING);
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
    task(
        "waiter",
        () -> {
          wait_event(wq, () -> cond);
          woken.add("waiter");
          return 0;
        });
    cond = true;
    wake_up(wq);
    while (woken.isEmpty()) {
      assertThat(need_resched()).isFalse();
      assertThat(cond_resched()).isZero();
    }
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(get_current_state()).isEqualTo(TASK_UNINTERRUPTIBLE);
    set_current_state(TASK_RUNNING);
    put_task_struct(get_task_struct(current()));
  }
}
