package jiffy.runtime.sched;

import static jiffy.linux.Completions.complete;
import static jiffy.linux.Completions.wait_for_completion;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.schedule_timeout_uninterruptible;
import static jiffy.linux.Sched.wake_up_process;
import static jiffy.linux.Wait.finish_wait;
import static jiffy.linux.Wait.prepare_to_wait;
import static jiffy.linux.Wait.wait_event;
import static jiffy.linux.Wait.wake_up;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.linux.Sched;
import jiffy.runtime.Machine;
import jiffy.types.Completion;
import jiffy.types.WaitQueueEntry;
import jiffy.types.WaitQueueHead;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Tasks that wake each other, on real threads. Forbidden: a wake-up that is lost, for then somebody
 * sleeps for ever; a completion that lets too few or too many pass. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class SleepStressTest {
  private static final int ROUNDS = 5_000 * Math.max(1, Integer.getInteger("jiffy.stress", 1));
  private static final int TASKS = 4;

  private final WaitQueueHead wq = new WaitQueueHead();
  private int turn; // plain: the wake-up itself has to publish it

  private static void joinAll(Attachment test, List<Task> tasks) {
    for (Task task : tasks) {
      task.join(test.context());
      assertThat(task.failure()).isNull();
    }
  }

  @Test
  void wait_event_ofTasksThatTakeTurns_missesNoWakeUp() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      List<Task> tasks = new ArrayList<>();
      for (int n = 0; n < TASKS; n++) {
        int mine = n;
        tasks.add(machine.tasks().spawn("t" + n, Owner.CORE, () -> takeTurns(mine)));
      }
      joinAll(test, tasks);
      assertThat(turn).isEqualTo(ROUNDS * TASKS);
      assertThat(wq.__entries).isEmpty();
    }
  }

  private int takeTurns(int mine) {
    for (int i = 0; i < ROUNDS; i++) {
      wait_event(wq, () -> turn % TASKS == mine);
      turn++;
      wake_up(wq);
    }
    return 0;
  }

  @Test
  void completions_ofManyTasks_letPassAsManyAsWereCompleted() {
    Completion done = new Completion();
    AtomicInteger passed = new AtomicInteger();
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      List<Task> tasks = new ArrayList<>();
      for (int n = 0; n < TASKS; n++) {
        tasks.add(
            machine
                .tasks()
                .spawn(
                    "waiter",
                    Owner.CORE,
                    () -> {
                      for (int i = 0; i < ROUNDS; i++) {
                        wait_for_completion(done);
                        passed.incrementAndGet();
                      }
                      return 0;
                    }));
      }
      for (int i = 0; i < ROUNDS * TASKS; i++) {
        complete(done);
      }
      joinAll(test, tasks);
      assertThat(passed).hasValue(ROUNDS * TASKS);
      assertThat(done.done).isZero();
    }
  }

  /** A wake-up that comes while the sleeper is on its way into schedule() counts. */
  @Test
  void wake_up_process_onTheWayToSleep_isNotLost() {
    AtomicInteger asked = new AtomicInteger();
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2");
        Attachment test = machine.attach("stress")) {
      Task sleeper =
          machine
              .tasks()
              .spawn(
                  "sleeper",
                  Owner.CORE,
                  () -> {
                    WaitQueueEntry entry = new WaitQueueEntry();
                    for (int i = 1; i <= ROUNDS; i++) {
                      prepare_to_wait(wq, entry, TASK_UNINTERRUPTIBLE);
                      asked.set(i);
                      Sched.schedule();
                      finish_wait(wq, entry);
                    }
                    return 0;
                  });
      for (int i = 1; i <= ROUNDS; i++) {
        while (asked.get() != i) {
          Sched.yield();
        }
        assertThat(wake_up_process(sleeper.struct)).isEqualTo(1);
      }
      sleeper.join(test.context());
      assertThat(schedule_timeout_uninterruptible(1)).isZero();
    }
  }
}
