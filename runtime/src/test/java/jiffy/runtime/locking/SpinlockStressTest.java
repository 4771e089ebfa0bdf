package jiffy.runtime.locking;

import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Four tasks on one lock around a plain counter. Forbidden: a lost increment, a waiter that is
 * never woken. Length: {@code -Djiffy.stress=SECONDS}.
 */
class SpinlockStressTest {
  private static final int TASKS = 4;

  private final SpinlockT lock = new SpinlockT();
  private long counter;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void counter_underTheLock_losesNoIncrement() {
    long seconds = Long.getLong("jiffy.stress", 1);
    long total = 0;
    try (Machine machine = Machine.boot("nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      long until = machine.uptimeNanos() + seconds * 1_000_000_000L;
      List<Task> tasks = new ArrayList<>();
      for (int n = 0; n < TASKS; n++) {
        tasks.add(machine.tasks().spawn("t" + n, Owner.CORE, () -> work(machine, until)));
      }
      for (Task task : tasks) {
        task.join(test.context());
        assertThat(task.failure()).isNull();
        total += task.exitValue();
      }
    }
    assertThat(counter).isEqualTo(total);
  }

  private int work(Machine machine, long until) {
    int done = 0;
    while (machine.uptimeNanos() < until) {
      for (int i = 0; i < 100; i++) {
        spin_lock(lock);
        counter++;
        spin_unlock(lock);
        done++;
      }
    }
    return done;
  }
}
