package jiffy.runtime.sched;

import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.complete_all;
import static jiffy.linux.Completions.completion_done;
import static jiffy.linux.Completions.reinit_completion;
import static jiffy.linux.Completions.try_wait_for_completion;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Completions.wait_for_completion_timeout;
import static jiffy.linux.Delay.msleep;
import static jiffy.linux.Delay.msleep_interruptible;
import static jiffy.linux.Delay.usleep_range;
import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Errno.ERESTARTSYS;
import static jiffy.linux.Errno.ETIME;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Kthreads.kthread_create;
import static jiffy.linux.Kthreads.kthread_park;
import static jiffy.linux.Kthreads.kthread_parkme;
import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Kthreads.kthread_should_park;
import static jiffy.linux.Kthreads.kthread_should_stop;
import static jiffy.linux.Kthreads.kthread_stop;
import static jiffy.linux.Kthreads.kthread_unpark;
import static jiffy.linux.Mutexes.mutex_is_locked;
import static jiffy.linux.Mutexes.mutex_lock_interruptible;
import static jiffy.linux.Mutexes.mutex_trylock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.Preempt.softirq_count;
import static jiffy.linux.RwSemaphores.down_read;
import static jiffy.linux.RwSemaphores.down_read_trylock;
import static jiffy.linux.RwSemaphores.down_write_trylock;
import static jiffy.linux.RwSemaphores.rwsem_is_locked;
import static jiffy.linux.RwSemaphores.up_read;
import static jiffy.linux.Rwlocks.read_lock;
import static jiffy.linux.Rwlocks.read_trylock;
import static jiffy.linux.Rwlocks.read_unlock;
import static jiffy.linux.Rwlocks.write_lock;
import static jiffy.linux.Rwlocks.write_trylock;
import static jiffy.linux.Rwlocks.write_unlock;
import static jiffy.linux.Sched.TASK_RUNNING;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Sched.get_current_state;
import static jiffy.linux.Sched.schedule_timeout;
import static jiffy.linux.Sched.set_current_state;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Semaphores.down_interruptible;
import static jiffy.linux.Semaphores.down_timeout;
import static jiffy.linux.Semaphores.down_trylock;
import static jiffy.linux.Semaphores.up;
import static jiffy.linux.Spinlocks.spin_is_locked;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_irqsave;
import static jiffy.linux.Spinlocks.spin_trylock;
import static jiffy.linux.Spinlocks.spin_trylock_bh;
import static jiffy.linux.Spinlocks.spin_trylock_irqsave;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Spinlocks.spin_unlock_irqrestore;
import static jiffy.linux.Wait.wait_event_interruptible;
import static jiffy.linux.Wait.wait_event_timeout;
import static jiffy.linux.Wait.waitqueue_active;
import static jiffy.linux.Wait.wake_up;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.types.Completion;
import jiffy.types.Mutex;
import jiffy.types.RwSemaphore;
import jiffy.types.RwlockT;
import jiffy.types.Semaphore;
import jiffy.types.SpinlockT;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** truth/semprobe_sync.dmesg on real threads: nothing is too early, and all returns as recorded. */
@Timeout(value = 1, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SAME_THREAD)
class SyncHostTest {
  private final Machine machine = Machine.boot("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final SpinlockT lock = new SpinlockT();
  private final WaitQueueHead wq = new WaitQueueHead();
  private final Completion c = new Completion();
  private volatile boolean cond;

  @AfterEach
  void halt() {
    self.close();
    machine.close();
  }

  @Test
  void trylocks_ofABusyLock_returnWhatTheyReturnedOnLinux() {
    assertThat(spin_trylock(lock)).isTrue();
    assertThat(spin_is_locked(lock)).isTrue();
    assertThat(spin_trylock(lock)).isFalse();
    spin_unlock(lock);
    assertThat(spin_is_locked(lock)).isFalse();
    Mutex mutex = new Mutex();
    assertThat(mutex_trylock(mutex)).isTrue();
    assertThat(mutex_trylock(mutex)).isFalse();
    mutex_unlock(mutex);
    assertThat(mutex_is_locked(mutex)).isFalse();
    assertThat(mutex_lock_interruptible(mutex)).isZero();
    Semaphore sem = new Semaphore(2);
    assertThat(down_trylock(sem)).isZero();
    assertThat(down_trylock(sem)).isZero();
    assertThat(down_trylock(sem)).isEqualTo(1);
    RwlockT rw = new RwlockT();
    read_lock(rw);
    assertThat(read_trylock(rw)).isTrue();
    assertThat(write_trylock(rw)).isFalse();
    read_unlock(rw);
    read_unlock(rw);
    write_lock(rw);
    assertThat(read_trylock(rw)).isFalse();
    write_unlock(rw);
    RwSemaphore rs = new RwSemaphore();
    down_read(rs);
    assertThat(down_read_trylock(rs)).isTrue();
    assertThat(down_write_trylock(rs)).isFalse();
    up_read(rs);
    up_read(rs);
    assertThat(rwsem_is_locked(rs)).isFalse();
  }

  @Test
  void spin_trylock_irqsaveAndBh_thatFail_restoreTheState() {
    long flags = spin_trylock_irqsave(lock);
    assertThat(flags).isNotNegative();
    assertThat(irqs_disabled()).isTrue();
    spin_unlock_irqrestore(lock, flags);
    assertThat(irqs_disabled()).isFalse();
    spin_lock(lock);
    assertThat(spin_trylock_irqsave(lock)).isNegative();
    assertThat(irqs_disabled()).isFalse();
    assertThat(spin_trylock_bh(lock)).isFalse();
    assertThat(softirq_count()).isZero();
    spin_unlock(lock);
  }

  @Test
  void spin_lock_irqsave_nested_keepsInterruptsOffUntilTheOuterRestore() {
    SpinlockT inner = new SpinlockT();
    long outerFlags = spin_lock_irqsave(lock);
    long flags = spin_lock_irqsave(inner);
    spin_unlock_irqrestore(inner, flags);
    assertThat(irqs_disabled()).isTrue();
    spin_unlock_irqrestore(lock, outerFlags);
    assertThat(irqs_disabled()).isFalse();
  }

  @Test
  void down_timeout_ofABusyOne_returnsEtimeNotTooEarly() {
    Semaphore sem = new Semaphore();
    long before = jiffies();
    assertThat(down_timeout(sem, 10)).isEqualTo(-ETIME);
    assertThat(jiffies() - before).isGreaterThanOrEqualTo(11);
    up(sem);
    assertThat(down_timeout(sem, 10)).isZero();
  }

  @Test
  void up_beyondTheInitialCount_counts() {
    Semaphore sem = new Semaphore();
    up(sem);
    up(sem);
    up(sem);
    assertThat(sem.count).isEqualTo(3);
    assertThat(down_interruptible(sem)).isZero();
    assertThat(sem.count).isEqualTo(2);
  }

  @Test
  void completions_countAndCompleteAllLetsAllPass() {
    complete(c);
    complete(c);
    wait_for_completion(c);
    assertThat(wait_for_completion_timeout(c, 10)).isEqualTo(10);
    long before = jiffies();
    assertThat(wait_for_completion_timeout(c, 10)).isZero();
    assertThat(jiffies() - before).isGreaterThanOrEqualTo(11);
    assertThat(try_wait_for_completion(c)).isFalse();
    complete(c);
    assertThat(wait_for_completion_timeout(c, 0)).isEqualTo(1);
    assertThat(wait_for_completion_timeout(c, 0)).isZero();
    Task completer =
        machine
            .tasks()
            .spawn(
                "completer",
                Owner.CORE,
                () -> {
                  complete(c);
                  return 0;
                });
    assertThat(wait_for_completion_timeout(c, 100_000)).isBetween(1L, 100_000L);
    completer.join(self.context());
    complete_all(c);
    for (int i = 0; i < 3; i++) {
      wait_for_completion(c);
    }
    assertThat(completion_done(c)).isTrue();
    assertThat(wait_for_completion_timeout(c, 50)).isEqualTo(50);
    reinit_completion(c);
    assertThat(c.done).isZero();
  }

  @Test
  void wait_event_timeout_returnsWhatItReturnedOnLinux() {
    long before = jiffies();
    assertThat(wait_event_timeout(wq, () -> false, 10)).isZero();
    assertThat(jiffies() - before).isGreaterThanOrEqualTo(11);
    assertThat(wait_event_timeout(wq, () -> true, 10)).isEqualTo(10);
    assertThat(wait_event_timeout(wq, () -> true, 0)).isEqualTo(1);
    assertThat(wait_event_timeout(wq, () -> false, 0)).isZero();
    Task waker =
        machine
            .tasks()
            .spawn(
                "waker",
                Owner.CORE,
                () -> {
                  while (!waitqueue_active(wq)) {
                    Sched.yield();
                  }
                  wake_up(wq); // while it does not hold: sleeps on
                  cond = true;
                  wake_up(wq);
                  return 0;
                });
    assertThat(wait_event_timeout(wq, () -> cond, 100_000)).isBetween(1L, 100_000L);
    waker.join(self.context());
  }

  @Test
  void schedule_timeout_isNeverEarlyAndReturnsWhatItReturnedOnLinux() {
    for (long timeout : new long[] {0, 1, 2, 10, 63, 64}) {
      long before = jiffies();
      set_current_state(TASK_UNINTERRUPTIBLE);
      assertThat(schedule_timeout(timeout)).isZero();
      assertThat(jiffies() - before).isGreaterThan(timeout);
      assertThat(get_current_state()).isEqualTo(TASK_RUNNING);
    }
    assertThat(schedule_timeout(100_000)).as("TASK_RUNNING: at once").isBetween(1L, 100_000L);
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(schedule_timeout(-5)).isZero();
    TaskStruct me = current();
    Task waker =
        machine
            .tasks()
            .spawn(
                "waker",
                Owner.CORE,
                () -> {
                  while (wake_up_process(me) == 0) {
                    Sched.yield();
                  }
                  return 0;
                });
    set_current_state(TASK_UNINTERRUPTIBLE);
    assertThat(schedule_timeout(100_000)).isPositive();
    waker.join(self.context());
    assertThat(wake_up_process(me)).isZero();
  }

  @Test
  void msleep_takesAtLeastOneJiffyMoreThanAsked() {
    for (int ms : new int[] {0, 1, 4, 5, 20}) {
      long before = jiffies();
      msleep(ms);
      assertThat(jiffies() - before).isGreaterThanOrEqualTo(msecs_to_jiffies(ms) + 1);
    }
    assertThat(msleep_interruptible(20)).isZero();
    long before = machine.uptimeNanos();
    usleep_range(500, 600);
    assertThat(machine.uptimeNanos() - before).isGreaterThanOrEqualTo(500_000);
  }

  @Test
  void msleep_interruptible_signalled_returnsWhatIsLeft() {
    Task sleeper =
        machine.tasks().spawn("sleeper", Owner.CORE, () -> (int) msleep_interruptible(100_000));
    machine.scheduler().signal(sleeper.struct, 1);
    sleeper.join(self.context());
    assertThat(sleeper.exitValue()).isPositive();
    Task waiter =
        machine
            .tasks()
            .spawn("waiter", Owner.CORE, () -> wait_event_interruptible(wq, () -> false));
    machine.scheduler().signal(waiter.struct, 1);
    waiter.join(self.context());
    assertThat(waiter.exitValue()).isEqualTo(-ERESTARTSYS);
  }

  private static int untilStopped(Object data) {
    complete((Completion) data);
    while (!kthread_should_stop()) {
      msleep(1);
    }
    return 77;
  }

  @Test
  void kthread_stop_returnsWhatItReturnedOnLinux() {
    TaskStruct running = kthread_run(SyncHostTest::untilStopped, c, "sp_k");
    wait_for_completion(c);
    assertThat(kthread_stop(running)).isEqualTo(77);
    AtomicInteger runs = new AtomicInteger();
    TaskStruct never = kthread_create(data -> runs.incrementAndGet(), null, "sp_k2");
    assertThat(kthread_stop(never)).isEqualTo(-EINTR);
    assertThat(runs).hasValue(0);
    TaskStruct waiting =
        kthread_run(
            data -> {
              complete(c);
              return wait_event_interruptible(wq, () -> kthread_should_stop());
            },
            null,
            "sp_k3");
    wait_for_completion(c);
    assertThat(kthread_stop(waiting)).isZero();
    TaskStruct gone =
        kthread_run(
            data -> {
              complete(c);
              return 5;
            },
            null,
            "a_very_long_kthread_name_indeed");
    wait_for_completion(c);
    assertThat(gone.comm).isEqualTo("a_very_long_kth");
    assertThat(kthread_stop(gone)).isEqualTo(5);
  }

  @Test
  void kthread_park_andUnpark_stopAndLetGo() {
    AtomicInteger rounds = new AtomicInteger();
    TaskStruct thread =
        kthread_run(
            data -> {
              while (!kthread_should_stop()) {
                if (kthread_should_park()) {
                  kthread_parkme();
                }
                rounds.incrementAndGet();
                Sched.yield();
              }
              return 7;
            },
            null,
            "parker");
    for (int i = 0; i < 100; i++) {
      assertThat(kthread_park(thread)).isZero();
      int before = rounds.get();
      Sched.yield();
      assertThat(rounds).hasValue(before);
      kthread_unpark(thread);
    }
    assertThat(kthread_stop(thread)).isEqualTo(7);
  }
}
