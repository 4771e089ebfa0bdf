package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Modules that use works, delayed works, waits, kernel threads and timers, loaded and unloaded by
 * several tasks at once. Forbidden: a callback that runs after its {@code _sync} cancel, a work
 * that was flushed and has not run, a wake-up that is lost (an exit that hangs), anything left
 * behind. Length: {@code -Djiffy.stress=SECONDS}.
 */
class ChurnStressTest {
  private static final int MODULES = 4;

  private static final String SOURCE =
      """
      package NAME;
      import static jiffy.linux.Completions.*;
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Jiffies.*;
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.Timers.*;
      import static jiffy.linux.Wait.*;
      import static jiffy.linux.Workqueues.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Churn extends KernelModule {
        static WorkqueueStruct queue;
        static final WorkStruct work = DECLARE_WORK(Churn::works);
        static final WorkStruct again = DECLARE_WORK(Churn::worksAgain);
        static final DelayedWork delayed = DECLARE_DELAYED_WORK(Churn::later);
        static final TimerList timer = new TimerList();
        static final WaitQueueHead wq = new WaitQueueHead();
        static final Completion seen = new Completion();
        static TaskStruct thread;
        static volatile boolean gone;
        static volatile int wanted;
        static volatile int runs;

        static void check(String what) {
          if (gone) {
            printk(KERN_ERR + "NAME: %s runs after its cancel\\n", what);
          }
        }

        static void works(WorkStruct w) {
          check("work");
          wanted++;
          wake_up(wq);
        }

        static void worksAgain(WorkStruct w) {
          check("again");
          runs++;
          queue_work(queue, w);
          if (runs % 64 == 0) {
            msleep(1);
          }
        }

        static void later(WorkStruct w) {
          check("delayed");
          schedule_delayed_work(delayed, 1);
        }

        static void ticks(TimerList t) {
          check("timer");
          queue_work(queue, work);
          mod_timer(timer, jiffies() + 1);
        }

        /* Waits for each work, and says so. */
        static int lives(Object data) {
          int last = 0;
          while (!kthread_should_stop()) {
            int from = last;
            wait_event_interruptible(wq, () -> wanted != from || kthread_should_stop());
            last = wanted;
            complete(seen);
          }
          return last;
        }

        static int begin() {
          queue = alloc_workqueue("NAME_q", 0, 4);
          timer_setup(timer, Churn::ticks, 0);
          thread = kthread_run(Churn::lives, null, "NAME_k");
          mod_timer(timer, jiffies() + 1);
          schedule_delayed_work(delayed, 1);
          queue_work(queue, again);
          wait_for_completion(seen);
          return 0;
        }

        static void end() {
          timer_shutdown_sync(timer);
          cancel_delayed_work_sync(delayed);
          cancel_work_sync(again);
          int before = wanted;
          if (queue_work(queue, work)) {
            flush_work(work);
            if (wanted == before) {
              printk(KERN_ERR + "NAME: a flushed work has not run\\n");
            }
          }
          destroy_workqueue(queue);
          gone = true;
          kthread_stop(thread);
        }

        { module_init(Churn::begin); module_exit(Churn::end); }
      }
      """;

  @TempDir private Path directory;

  @Test
  @Timeout(value = 10, unit = TimeUnit.MINUTES)
  void modules_loadedAndUnloadedWhileAllRuns_loseNothingAndLeaveNothing() {
    AtomicInteger cycles = new AtomicInteger();
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2 log_buf_len=4M")) {
      long until =
          machine.uptimeNanos() + TimeUnit.SECONDS.toNanos(Long.getLong("jiffy.stress", 1));
      List<Task> tasks = new ArrayList<>();
      for (int i = 0; i < MODULES; i++) {
        String name = "churn" + i;
        Path jar =
            ModuleJar.of(SOURCE.replace("NAME", name)).writeTo(directory.resolve(name + ".jar"));
        tasks.add(
            machine
                .tasks()
                .spawn(
                    name,
                    Owner.CORE,
                    () -> {
                      while (machine.uptimeNanos() < until) {
                        machine.insmod(jar);
                        machine.rmmod(name);
                        cycles.incrementAndGet();
                      }
                      return 0;
                    }));
      }
      try (Attachment here = machine.attach("test")) {
        for (Task task : tasks) {
          task.join(here.context());
          assertThat(task.failure()).isNull();
        }
      }
      assertThat(machine.modules().list()).isEmpty();
      assertThat(machine.dmesg())
          .noneMatch(line -> line.contains("after its cancel"))
          .noneMatch(line -> line.contains("has not run"))
          .noneMatch(line -> line.contains("left behind"))
          .noneMatch(line -> line.contains("threw"));
    }
    assertThat(cycles.get()).isPositive();
    System.out.println("churn: " + cycles + " modules loaded and unloaded");
  }
}
