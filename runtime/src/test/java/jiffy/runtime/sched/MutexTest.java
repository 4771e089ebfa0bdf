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
import static jiffy.linux.Wait.waitqueue_active;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.linux.Jiffies;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.types.Mutex;
import jiffy.types.SpinlockT;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;

/** Mutexes, beside truth/semprobe_sync.dmesg and truth/crash. */
@OnBothPlatforms
class MutexTest extends HoldersFixture {
  private final Mutex mutex = DEFINE_MUTEX();

  MutexTest(Platform platform) {
    super(platform);
  }

  private Task passer(String name) {
    return holders.passer(name, () -> mutex_lock(mutex), () -> mutex_unlock(mutex));
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
    kernel.task(
        "holder",
        () -> {
          mutex_lock(mutex);
          msleep(100);
          order.add("holder");
          mutex_unlock(mutex);
          return 0;
        });
    mutex_lock(mutex);
    order.add("waiter");
    assertThat(order).containsExactly("holder", "waiter");
    mutex_unlock(mutex);
    assertThat(mutex.__wait.__entries).isEmpty();
  }

  @Test
  void mutex_lock_interruptible_ofAFreeMutex_returns0EvenIfASignalWaits() {
    machine.sched().signal(kernel.self.context().task(), 1);
    assertThat(mutex_lock_interruptible(mutex)).isZero();
    assertThat(mutex_is_locked(mutex)).isTrue();
  }

  @Test
  void mutex_lock_interruptible_signalled_returnsEintrWithoutIt() {
    mutex_lock(mutex);
    Task waiter = kernel.task("waiter", () -> mutex_lock_interruptible(mutex));
    Task killable = kernel.task("killable", () -> mutex_lock_killable(mutex));
    kernel.signal(waiter, 1);
    kernel.signal(killable, 1);
    assertThat(kernel.join(waiter)).isEqualTo(-EINTR);
    kernel.settle();
    assertThat(killable.isEnded()).isFalse();
    kernel.signal(killable, Scheduler.SIGKILL);
    assertThat(kernel.join(killable)).isEqualTo(-EINTR);
    assertThat(mutex.__wait.__entries).isEmpty();
    assertThat(mutex_is_locked(mutex)).isTrue();
  }

  /** The waiter is woken, but overtaken; the next unlock hands the mutex to him. */
  @Test
  void mutex_unlock_afterAWaiterWasOvertaken_handsItOver() {
    kernel.virtualTimeOnly("who overtakes whom is chance there");
    mutex_lock(mutex);
    Task waiter = passer("waiter");
    mutex_unlock(mutex); // it is woken, but only this thread runs
    assertThat(mutex_trylock(mutex)).as("the woken waiter is overtaken").isTrue();
    kernel.settle();
    assertThat(order).isEmpty();
    mutex_unlock(mutex);
    assertThat(mutex_trylock(mutex)).as("he is not overtaken a second time").isFalse();
    assertThat(mutex_is_locked(mutex)).isTrue();
    kernel.join(waiter);
    assertThat(order).containsExactly("waiter");
    assertThat(mutex_is_locked(mutex)).isFalse();
  }

  @Test
  void signal_toTheHeirTogetherWithTheUnlock_isTooLate() {
    kernel.virtualTimeOnly("who overtakes whom is chance there");
    mutex_lock(mutex);
    Task heir = kernel.task("heir", () -> mutex_lock_interruptible(mutex));
    mutex_unlock(mutex);
    mutex_trylock(mutex);
    kernel.settle(); // now it is heir
    kernel.signal(heir, 1);
    mutex_unlock(mutex);
    assertThat(kernel.join(heir)).isZero();
    assertThat(mutex_is_locked(mutex)).isTrue();
  }

  @Test
  void signal_toTheHeirBeforeTheUnlock_passesTheMutexOn() {
    kernel.virtualTimeOnly("who overtakes whom is chance there");
    mutex_lock(mutex);
    Task heir = kernel.task("heir", () -> mutex_lock_interruptible(mutex));
    Task second = holders.keeper("second", () -> mutex_lock(mutex), () -> {});
    mutex_unlock(mutex);
    mutex_trylock(mutex);
    kernel.settle();
    kernel.signal(heir, 1);
    assertThat(kernel.join(heir)).isEqualTo(-EINTR);
    assertThat(order).isEmpty();
    mutex_unlock(mutex);
    holders.letGo("second");
    kernel.join(second);
    assertThat(order).containsExactly("second");
  }

  /** On Linux insmod hangs in D state, and no message came within the 40 s recorded. */
  @Test
  void mutex_lock_twiceByOneTask_isReportedAndHangsUntilItIsKilled() {
    Task twice =
        kernel.task(
            "twice",
            () -> {
              mutex_lock(mutex);
              mutex_lock(mutex);
              order.add("after");
              mutex_unlock(mutex);
              return 0;
            });
    kernel.settle();
    assertThat(twice.isEnded()).isFalse();
    assertThat(order).isEmpty();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains("mutex_lock: twice/" + twice.struct.pid + " waits for ")
                    && line.contains(", which it holds itself: it will wait until it is killed"));
    kernel.signal(twice, Scheduler.SIGKILL);
    kernel.join(twice);
    assertThat(order).containsExactly("after");
    assertThat(mutex_is_locked(mutex)).isFalse();
  }

  @Test
  void mutex_unlock_byAnotherTask_isReportedAndUnlocks() {
    Task holder = holders.keeper("holder", () -> mutex_lock(mutex), () -> {});
    mutex_unlock(mutex);
    assertThat(mutex_is_locked(mutex)).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains(
                        "DEBUG_LOCKS_WARN_ON(__owner_task(owner) != current): mutex_unlock of ")
                    && line.contains(" by insmod/" + kernel.self.context().task().pid)
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
    kernel.until("the timer waits", () -> waitqueue_active(mutex.__wait));
    TimerList other = new TimerList();
    timer_setup(other, t -> order.add("other"), 0);
    mod_timer(other, Jiffies.jiffies() + 1);
    kernel.until("the other timer ran", () -> !order.isEmpty());
    assertThat(order).containsExactly("other");
    mutex_unlock(mutex);
    kernel.until("the first goes on", () -> order.size() == 2);
    assertThat(order).containsExactly("other", "sleeper");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("BUG: scheduling while atomic: swapper/0/0/0x00000102"));
  }

  @Test
  void task_thatEndsWithAMutex_isReportedAndSoIsWhoWaitsForIt() {
    Task gone =
        kernel.task(
            "gone",
            () -> {
              mutex_lock(mutex);
              return 0;
            });
    kernel.join(gone);
    Task waiter = kernel.task("waiter", () -> mutex_lock_killable(mutex));
    assertThat(machine.dmesg())
        .anyMatch(
            line -> line.contains("WARNING: gone/" + gone.struct.pid + " still has locks held!"))
        .anyMatch(
            line ->
                line.contains("WARNING: waiter/")
                    && line.contains("held by a task that has ended"));
    kernel.signal(waiter, Scheduler.SIGKILL);
    assertThat(kernel.join(waiter)).isEqualTo(-EINTR);
  }
}
