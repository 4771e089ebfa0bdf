package jiffy.runtime.sched;

import static jiffy.linux.Delay.usleep_range;
import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_lock_interruptible;
import static jiffy.linux.Mutexes.mutex_trylock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.RwSemaphores.down_read;
import static jiffy.linux.RwSemaphores.down_read_trylock;
import static jiffy.linux.RwSemaphores.down_write;
import static jiffy.linux.RwSemaphores.down_write_trylock;
import static jiffy.linux.RwSemaphores.downgrade_write;
import static jiffy.linux.RwSemaphores.up_read;
import static jiffy.linux.RwSemaphores.up_write;
import static jiffy.linux.Sched.current;
import static jiffy.linux.Semaphores.down;
import static jiffy.linux.Semaphores.down_interruptible;
import static jiffy.linux.Semaphores.down_timeout;
import static jiffy.linux.Semaphores.down_trylock;
import static jiffy.linux.Semaphores.up;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.types.Mutex;
import jiffy.types.RwSemaphore;
import jiffy.types.Semaphore;
import jiffy.types.TaskStruct;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Mutexes, semaphores and rw_semaphores under many tasks, some of them with signals and timeouts,
 * on real threads. Forbidden: two holders of a mutex, or a lost increment under it; more than count
 * past a semaphore; a writer together with anybody; a waiter that waits for ever (a lost wake-up),
 * or that is left in a queue; a waiter that is overtaken again and again. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SleepLockStressTest {
  private static final int TASKS = 6;

  private final Machine machine = Machine.boot("hz=1000 nr_cpus=2");
  private final AtomicInteger violations = new AtomicInteger();
  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger total = new AtomicInteger();
  private final Map<Integer, TaskStruct> tasks = new ConcurrentHashMap<>();
  private int plain; // guarded by the lock that is tested, and by nothing else

  /**
   * In the section of which there are {@code most}, sometimes so long that others have to sleep.
   */
  private void section(Random random, int most) {
    if (inside.incrementAndGet() > most) {
      violations.incrementAndGet();
    }
    if (random.nextInt(64) == 0) {
      usleep_range(20, 50);
    } else if (random.nextInt(8) == 0) {
      Sched.yield();
    }
    inside.decrementAndGet();
  }

  /** Signals somebody, perhaps; one who notices it forgets it. */
  private void maybeSignal(Random random) {
    TaskStruct other = tasks.get(random.nextInt(TASKS));
    if (other != null && random.nextInt(16) == 0) {
      machine.sched().signal(other, 1);
    }
  }

  private void join(int seed) {
    tasks.put(seed, current());
  }

  @Test
  void mutex_underManyTasks_hasOneHolderAndForgetsNobody() {
    Mutex mutex = new Mutex();
    try (machine) {
      StressTasks.run(machine, TASKS, (seed, until) -> lockAndUnlock(mutex, seed, until));
    }
    assertThat(violations).hasValue(0);
    assertThat(plain).isEqualTo(total.get()).isPositive();
    assertThat(mutex.__word).isZero();
    assertThat(mutex.__wait.__entries).isEmpty();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("WARN"));
  }

  private int lockAndUnlock(Mutex mutex, int seed, long until) {
    Random random = new Random(seed);
    join(seed);
    while (machine.uptimeNanos() < until) {
      boolean isTaken = true;
      switch (random.nextInt(4)) {
        case 0 -> isTaken = mutex_trylock(mutex);
        case 1 -> {
          int result = mutex_lock_interruptible(mutex);
          isTaken = result == 0;
          current().__signal = 0;
          assertThat(result).isIn(0, -EINTR);
        }
        default -> mutex_lock(mutex);
      }
      if (isTaken) {
        plain++;
        section(random, 1);
        mutex_unlock(mutex);
        total.incrementAndGet();
      }
      maybeSignal(random);
    }
    return 0;
  }

  /** One who asks now and then, among others who take it again at once. */
  @Test
  void mutex_whoseHoldersTakeItAgainAtOnce_isHandedToWhoWaits() {
    Mutex mutex = new Mutex();
    AtomicInteger patient = new AtomicInteger();
    try (machine) {
      StressTasks.run(
          machine,
          3,
          (seed, until) -> {
            while (machine.uptimeNanos() < until) {
              mutex_lock(mutex);
              plain++;
              mutex_unlock(mutex);
              if (seed == 0) {
                patient.incrementAndGet();
              }
            }
            return 0;
          });
    }
    assertThat(patient.get()).isGreaterThan(10);
  }

  @Test
  void semaphore_underManyTasks_letsNoMoreThanItsCountPass() {
    Semaphore sem = new Semaphore(2);
    try (machine) {
      StressTasks.run(machine, TASKS, (seed, until) -> downAndUp(sem, seed, until));
    }
    assertThat(violations).hasValue(0);
    assertThat(total.get()).isPositive();
    assertThat(sem.count).isEqualTo(2);
    assertThat(sem.__wait.__entries).isEmpty();
  }

  private int downAndUp(Semaphore sem, int seed, long until) {
    Random random = new Random(seed);
    join(seed);
    while (machine.uptimeNanos() < until) {
      int result = 0;
      switch (random.nextInt(5)) {
        case 0 -> result = down_trylock(sem);
        case 1 -> {
          result = down_interruptible(sem);
          current().__signal = 0;
        }
        case 2 -> result = down_timeout(sem, random.nextInt(3));
        default -> down(sem);
      }
      if (result == 0) {
        section(random, 2);
        up(sem);
        total.incrementAndGet();
      }
      maybeSignal(random);
    }
    return 0;
  }

  @Test
  void rwsem_underManyTasks_hasReadersOrOneWriter() {
    RwSemaphore sem = new RwSemaphore();
    try (machine) {
      StressTasks.run(machine, TASKS, (seed, until) -> readAndWrite(sem, seed, until));
    }
    assertThat(violations).hasValue(0);
    assertThat(plain).isEqualTo(total.get()).isPositive();
    assertThat(sem.__count).isZero();
    assertThat(sem.__wait.__entries).isEmpty();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("WARN"));
  }

  private int readAndWrite(RwSemaphore sem, int seed, long until) {
    Random random = new Random(seed);
    while (machine.uptimeNanos() < until) {
      int what = random.nextInt(6);
      if (what == 0 && down_write_trylock(sem) || what == 1) {
        if (what == 1) {
          down_write(sem);
        }
        plain++;
        total.incrementAndGet();
        section(random, 1);
        if (random.nextBoolean()) {
          downgrade_write(sem);
          read(random);
          up_read(sem);
        } else {
          up_write(sem);
        }
      } else if (what > 2 || what == 2 && down_read_trylock(sem)) {
        if (what > 2) {
          down_read(sem);
        }
        read(random);
        up_read(sem);
      }
    }
    return 0;
  }

  /** Nobody writes meanwhile. */
  private void read(Random random) {
    int before = plain;
    if (inside.get() != 0) {
      violations.incrementAndGet();
    }
    if (random.nextInt(32) == 0) {
      usleep_range(20, 50);
    }
    if (plain != before || inside.get() != 0) {
      violations.incrementAndGet();
    }
  }
}
