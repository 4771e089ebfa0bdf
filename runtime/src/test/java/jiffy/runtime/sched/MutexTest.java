package jiffy.runtime.sched;

import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Mutexes.DEFINE_MUTEX;
import static jiffy.linux.Mutexes.mutex_init;
import static jiffy.linux.Mutexes.mutex_is_locked;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_lock_interruptible;
import static jiffy.linux.Mutexes.mutex_lock_killable;
import static jiffy.linux.Mutexes.mutex_trylock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.linux.Jiffies;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.types.Mutex;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Mutexes, beside truth/semprobe_sync.dmesg and truth/crash. */
class MutexTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Mutex mutex = DEFINE_MUTEX();
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  private Task task(String name, Task.Body body) {
    Task task = machine.tasks().spawn(name, Owner.CORE, body);
    sim.advance(Duration.ofMillis(1));
    return task;
  }

  private Task holderFor(int millis) {
    return task(
        "holder",
        () -> {
          mutex_lock(mutex);
          msleep(millis);
          order.add("holder");
          mutex_unlock(mutex);
          return 0;
        });
  }

  @Test
  void mutex_trylock_takesAFreeMutexOnce() {
    assertThat(mutex_trylock(mutex)).isTrue();
    assertThat(mutex_is_locked(mutex)).isTrue();
    assertThat(mutex_trylock(mutex)).isFalse();
    assertThat(preempt_count()).isZero();
    mutex_unlock(mutex);
    assertThat(mutex_is_locked(mutex)).isFalse();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("WARNING"));
  }

  @Test
  void mutex_init_givesAnUnlockedMutex() {
    mutex_lock(mutex);
    mutex_init(mutex);
    assertThat(mutex_is_locked(mutex)).isFalse();
  }

  @Test
  void mutex_lock_ofAHeldMutex_sleepsUntilItIsGivenBack() {
    holderFor(100);
    mutex_lock(mutex);
    order.add("waiter");
    assertThat(order).containsExactly("holder", "waiter");
    mutex_unlock(mutex);
    assertThat(mutex.__wait.__entries).isEmpty();
  }

  @Test
  void mutex_lock_interruptible_ofAFreeMutex_returns0EvenIfASignalWaits() {
    machine.scheduler().signal(self.context().task(), 1);
    assertThat(mutex_lock_interruptible(mutex)).isZero();
    assertThat(mutex_is_locked(mutex)).isTrue();
  }

  @Test
  void mutex_lock_interruptible_signalled_returnsEintrWithoutIt() {
    Task holder = holderFor(1_000);
    List<Integer> ends = new ArrayList<>();
    Task waiter = task("waiter", () -> ends.add(mutex_lock_interruptible(mutex)) ? 0 : 1);
    Task killable = task("killable", () -> ends.add(mutex_lock_killable(mutex)) ? 0 : 1);
    machine.scheduler().signal(waiter.struct, 1);
    machine.scheduler().signal(killable.struct, 1);
    sim.advance(Duration.ofMillis(10));
    assertThat(ends).containsExactly(-EINTR);
    machine.scheduler().signal(killable.struct, Scheduler.SIGKILL);
    sim.advance(Duration.ofMillis(10));
    assertThat(ends).containsExactly(-EINTR, -EINTR);
    assertThat(holder.isEnded()).isFalse();
    assertThat(mutex.__wait.__entries).isEmpty();
    mutex_lock(mutex);
    assertThat(order).containsExactly("holder");
  }

  /** The waiter is woken, but overtaken; the next unlock hands the mutex to him. */
  @Test
  void mutex_unlock_afterAWaiterWasOvertaken_handsItOver() {
    mutex_lock(mutex);
    Task waiter =
        task(
            "waiter",
            () -> {
              mutex_lock(mutex);
              order.add("waiter");
              mutex_unlock(mutex);
              return 0;
            });
    mutex_unlock(mutex); // it is woken, but only this thread runs
    assertThat(mutex_trylock(mutex)).as("the woken waiter is overtaken").isTrue();
    sim.advance(Duration.ofMillis(1));
    assertThat(order).isEmpty();
    mutex_unlock(mutex);
    assertThat(mutex_trylock(mutex)).as("he is not overtaken a second time").isFalse();
    assertThat(mutex_is_locked(mutex)).isTrue();
    sim.advance(Duration.ofMillis(1));
    assertThat(order).containsExactly("waiter");
    assertThat(waiter.isEnded()).isTrue();
    assertThat(mutex_is_locked(mutex)).isFalse();
  }

  @Test
  void signal_toTheHeirTogetherWithTheUnlock_isTooLate() {
    mutex_lock(mutex);
    Task heir = task("heir", () -> mutex_lock_interruptible(mutex));
    mutex_unlock(mutex);
    mutex_trylock(mutex);
    sim.advance(Duration.ofMillis(1)); // now it is heir
    machine.scheduler().signal(heir.struct, 1);
    mutex_unlock(mutex);
    sim.advance(Duration.ofMillis(1));
    assertThat(heir.isEnded()).isTrue();
    assertThat(heir.exitValue()).isZero();
    assertThat(mutex_is_locked(mutex)).isTrue();
  }

  @Test
  void signal_toTheHeirBeforeTheUnlock_passesTheMutexOn() {
    mutex_lock(mutex);
    Task heir =
        task("heir", () -> mutex_lock_interruptible(mutex) == -EINTR && order.add("heir") ? 0 : 1);
    task(
        "second",
        () -> {
          mutex_lock(mutex);
          order.add("second");
          return 0;
        });
    mutex_unlock(mutex);
    mutex_trylock(mutex);
    sim.advance(Duration.ofMillis(1));
    machine.scheduler().signal(heir.struct, 1);
    sim.advance(Duration.ofMillis(1));
    assertThat(order).containsExactly("heir");
    mutex_unlock(mutex);
    sim.advance(Duration.ofMillis(1));
    assertThat(order).containsExactly("heir", "second");
  }

  /** On Linux insmod hangs in D state, and no message came within the 40 s recorded. */
  @Test
  void mutex_lock_twiceByOneTask_isReportedAndHangsUntilItIsKilled() {
    Task twice =
        task(
            "twice",
            () -> {
              mutex_lock(mutex);
              mutex_lock(mutex);
              order.add("after");
              mutex_unlock(mutex);
              return 0;
            });
    sim.advance(Duration.ofSeconds(40));
    assertThat(twice.isEnded()).isFalse();
    assertThat(order).isEmpty();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains("mutex_lock: twice/" + twice.struct.pid + " waits for ")
                    && line.contains(", which it holds itself: it will wait until it is killed"));
    machine.scheduler().signal(twice.struct, Scheduler.SIGKILL);
    sim.advance(Duration.ofMillis(1));
    assertThat(twice.isEnded()).isTrue();
    assertThat(order).containsExactly("after");
    assertThat(mutex_is_locked(mutex)).isFalse();
  }

  @Test
  void mutex_unlock_byAnotherTask_isReportedAndUnlocks() {
    Task holder =
        task(
            "holder",
            () -> {
              mutex_lock(mutex);
              msleep(1_000_000);
              return 0;
            });
    mutex_unlock(mutex);
    assertThat(mutex_is_locked(mutex)).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains(
                        "DEBUG_LOCKS_WARN_ON(__owner_task(owner) != current): mutex_unlock of ")
                    && line.contains(" by insmod/" + self.context().task().pid)
                    && line.endsWith(
                        ", held by holder/"
                            + holder.struct.pid
                            + ", of kernel: released all the same"));
  }

  @Test
  void mutex_unlock_ofAFreeOne_isReportedAndIgnored() {
    mutex_unlock(mutex);
    assertThat(mutex_is_locked(mutex)).isFalse();
    assertThat(machine.dmesg()).anyMatch(line -> line.endsWith(", held by nobody: ignored"));
    mutex_lock(mutex);
    mutex_unlock(mutex);
  }

  @Test
  void mutex_lock_withASpinlockHeld_isReportedAndWorks() {
    SpinlockT spinlock = new SpinlockT();
    spin_lock(spinlock);
    mutex_lock(mutex);
    spin_unlock(spinlock);
    assertThat(mutex_is_locked(mutex)).isTrue();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("BUG: sleeping function called from invalid context at "))
        .anyMatch(line -> line.contains("in_atomic(): 1, irqs_disabled(): 0, non_block: 0"));
  }

  /** truth/crash/timer_mutex_contended.txt. */
  @Test
  void mutex_lock_contendedInATimer_isReportedSleepsAndTheCpuGoesOn() {
    mutex_lock(mutex);
    TimerList sleeper = new TimerList();
    timer_setup(
        sleeper,
        t -> {
          mutex_lock(mutex);
          order.add("sleeper");
          mutex_unlock(mutex);
        },
        0);
    mod_timer(sleeper, Jiffies.jiffies() + 1);
    sim.advance(Duration.ofMillis(20));
    TimerList other = new TimerList();
    timer_setup(other, t -> order.add("other"), 0);
    mod_timer(other, Jiffies.jiffies() + 1);
    sim.advance(Duration.ofMillis(20));
    assertThat(order).containsExactly("other");
    mutex_unlock(mutex);
    sim.advance(Duration.ofMillis(20));
    assertThat(order).containsExactly("other", "sleeper");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("BUG: scheduling while atomic: swapper/0/0/0x00000102"));
  }

  @Test
  void task_thatEndsWithAMutex_isReportedAndSoIsWhoWaitsForIt() {
    Task gone =
        task(
            "gone",
            () -> {
              mutex_lock(mutex);
              return 0;
            });
    assertThat(gone.isEnded()).isTrue();
    task("waiter", () -> mutex_lock_killable(mutex));
    assertThat(machine.dmesg())
        .anyMatch(
            line -> line.contains("WARNING: gone/" + gone.struct.pid + " still has locks held!"))
        .anyMatch(
            line ->
                line.contains("WARNING: waiter/")
                    && line.contains("held by a task that has ended"));
  }
}
