package jiffy.runtime.sched;

import static jiffy.linux.Kthreads.kthread_create;
import static jiffy.linux.Kthreads.kthread_park;
import static jiffy.linux.Kthreads.kthread_parkme;
import static jiffy.linux.Kthreads.kthread_run;
import static jiffy.linux.Kthreads.kthread_should_park;
import static jiffy.linux.Kthreads.kthread_should_stop;
import static jiffy.linux.Kthreads.kthread_stop;
import static jiffy.linux.Kthreads.kthread_unpark;
import static jiffy.linux.Wait.wait_event_interruptible;
import static jiffy.linux.Wait.wait_event_interruptible_exclusive;
import static jiffy.linux.Wait.wake_up;
import static jiffy.linux.Wait.wake_up_all;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.types.TaskStruct;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Kernel threads that are started, parked, unparked and stopped while they wait on one queue for
 * work that others bring, on real threads. Forbidden: a thread that does not see its stop or park
 * (a lost wake-up), that returns another value than its own, or that works while it is parked; work
 * that is left though somebody waits for it, or done twice. Length: {@code -Djiffy.stress=SECONDS}.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class KthreadStressTest {
  private static final int TASKS = 4;

  private final WaitQueueHead wq = new WaitQueueHead();
  private final AtomicInteger work = new AtomicInteger();
  private final AtomicInteger brought = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger violations = new AtomicInteger();

  /** What a worker is given: its value at the end, and whether it is parked, as others know. */
  private static final class Worker {
    final int value;
    volatile boolean isParked;

    Worker(int value) {
      this.value = value;
    }
  }

  private boolean takeWork() {
    int seen;
    do {
      seen = work.get();
    } while (seen > 0 && !work.compareAndSet(seen, seen - 1));
    return seen > 0;
  }

  private int serve(Worker worker) {
    while (!kthread_should_stop()) {
      if (kthread_should_park()) {
        kthread_parkme();
        continue;
      }
      wait_event_interruptible(
          wq, () -> work.get() > 0 || kthread_should_stop() || kthread_should_park());
      if (takeWork()) {
        if (worker.isParked) {
          violations.incrementAndGet();
        }
        done.incrementAndGet();
      }
    }
    return worker.value;
  }

  @Test
  void kthreads_startedParkedAndStopped_seeItAll() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2")) {
      StressTasks.run(machine, TASKS, (seed, until) -> manage(machine, seed, until));
    }
    assertThat(violations).hasValue(0);
    assertThat(done.get() + work.get()).isEqualTo(brought.get()).isPositive();
    assertThat(done.get()).isPositive();
    assertThat(wq.__entries).isEmpty();
  }

  private int manage(Machine machine, int seed, long until) {
    Random random = new Random(seed);
    while (machine.uptimeNanos() < until) {
      Worker worker = new Worker(random.nextInt(1_000));
      TaskStruct thread =
          random.nextInt(8) == 0
              ? kthread_create(data -> serve((Worker) data), worker, "never")
              : kthread_run(data -> serve((Worker) data), worker, "worker");
      for (int i = 0; i < 10; i++) {
        bring(1 + random.nextInt(3));
        if (random.nextInt(4) == 0) {
          assertThat(kthread_park(thread)).isZero();
          worker.isParked = true;
          bring(1);
          worker.isParked = false;
          kthread_unpark(thread);
        }
      }
      assertThat(kthread_stop(thread)).isIn(worker.value, -Errno.EINTR);
    }
    return 0;
  }

  private void bring(int amount) {
    brought.addAndGet(amount);
    work.addAndGet(amount);
    if (amount == 1) {
      wake_up(wq);
    } else {
      wake_up_all(wq);
    }
  }

  /** Each wake-up wakes one of many who each take one; none of it may stay. */
  @Test
  void wait_event_exclusive_ofManyWaiters_leavesNoWork() {
    int rounds = 3_000 * Math.max(1, Integer.getInteger("jiffy.stress", 1));
    AtomicInteger left = new AtomicInteger(rounds);
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2")) {
      StressTasks.run(
          machine,
          TASKS,
          (seed, until) -> {
            if (seed == 0) {
              for (int i = 0; i < rounds; i++) {
                work.incrementAndGet();
                wake_up(wq);
              }
              return 0;
            }
            while (left.get() > 0) {
              wait_event_interruptible_exclusive(wq, () -> work.get() > 0 || left.get() <= 0);
              if (takeWork() && left.decrementAndGet() == 0) {
                wake_up_all(wq);
              }
            }
            return 0;
          });
    }
    assertThat(left).hasValue(0);
    assertThat(work).hasValue(0);
  }
}
