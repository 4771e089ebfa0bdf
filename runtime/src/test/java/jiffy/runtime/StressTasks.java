package jiffy.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;

/** The tasks of a stress test. Length: {@code -Djiffy.stress=SECONDS}. */
public final class StressTasks {
  /** What one of them does. */
  @FunctionalInterface
  public interface Work {
    /**
     * Works until the time is over.
     *
     * @param seed the task's number
     * @param untilNanos by {@link Machine#uptimeNanos}
     * @return nothing of interest
     */
    int run(int seed, long untilNanos);
  }

  private StressTasks() {}

  /** Has so many tasks work at the same time; what one of them throws fails the test. */
  public static void run(Machine machine, int count, Work work) {
    long seconds = Long.getLong("jiffy.stress", 1);
    long until = machine.uptimeNanos() + seconds * 1_000_000_000L;
    List<Task> tasks = new ArrayList<>();
    for (int n = 0; n < count; n++) {
      int seed = n;
      tasks.add(machine.tasks().spawn("t" + n, Owner.CORE, () -> work.run(seed, until)));
    }
    try (Attachment here = machine.attach("stress")) {
      for (Task task : tasks) {
        task.join(here.context());
        assertThat(task.failure()).isNull();
      }
    }
  }
}
