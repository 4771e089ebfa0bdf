package jiffy.testkit.race;

import static jiffy.linux.Delay.msleep;

import com.google.common.hash.Hashing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import jiffy.runtime.Machine;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.explore.Exploration;
import jiffy.testkit.explore.Run;

/**
 * A busy machine under schedules from a seed: timers, works, kernel threads and a lock, all of
 * which print. What they print depends on who runs when, and on nothing else.
 */
final class SameSeed {
  private static final int SCHEDULES = 20;
  private static final long TICK_NANOS = 4_000_000;

  private static final String SOURCE =
      """
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Jiffies.jiffies;
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Printk.printk;
      import static jiffy.linux.Sched.current;
      import static jiffy.linux.Spinlocks.*;
      import static jiffy.linux.Timers.*;
      import static jiffy.linux.Workqueues.*;
      import jiffy.linux.KernelModule;
      import jiffy.linux.ModuleInfo;
      import jiffy.types.SpinlockT;
      import jiffy.types.TaskStruct;
      import jiffy.types.TimerList;
      import jiffy.types.WorkStruct;

      @ModuleInfo(license = "GPL")
      public final class Busy extends KernelModule {
        static final SpinlockT lock = new SpinlockT();
        static final TimerList timer = new TimerList();
        static final WorkStruct work = new WorkStruct();
        static final TaskStruct[] tasks = new TaskStruct[3];
        static int turns;

        static void say(String who) {
          spin_lock_bh(lock);
          turns++;
          printk("%d: %s, %s/%d at %lu, %p\\n",
              turns, who, current().comm, current().pid, jiffies(), timer);
          spin_unlock_bh(lock);
        }

        static void tick(TimerList t) {
          say("tick");
          schedule_work(work);
          mod_timer(timer, jiffies() + 1);
        }

        static int live(Object data) {
          while (!kthread_should_stop()) {
            say("task");
            msleep(4);
          }
          return 0;
        }

        static int busy_init() {
          INIT_WORK(work, w -> say("work"));
          timer_setup(timer, Busy::tick, 0);
          mod_timer(timer, jiffies() + 1);
          for (int i = 0; i < tasks.length; i++) {
            tasks[i] = kthread_run(Busy::live, null, "busy%d", i);
          }
          return 0;
        }

        static void busy_exit() {
          for (TaskStruct task : tasks) {
            kthread_stop(task);
          }
          del_timer_sync(timer);
          cancel_work_sync(work);
        }

        {
          module_init(Busy::busy_init);
          module_exit(Busy::busy_exit);
        }
      }
      """;

  private final Weaver weaver = new Weaver();
  private final Path jar;

  SameSeed(Path directory) {
    jar = ModuleJar.of(SOURCE).writeTo(directory.resolve("busy.jar"));
  }

  /** Prints the digest of the logs. @param args the seed */
  public static void main(String[] args) {
    try {
      Path directory = Files.createTempDirectory("same-seed");
      System.out.println(new SameSeed(directory).digest(Long.parseLong(args[0])));
      System.exit(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of all logs, byte for byte; but for the line that names the JVM. */
  String digest(long seed) {
    return Hashing.sha256().hashString(logs(seed), StandardCharsets.UTF_8).toString();
  }

  /** The logs of a few schedules, one after the other. */
  String logs(long seed) {
    StringBuilder logs = new StringBuilder();
    new Exploration(
            seed,
            TICK_NANOS,
            run -> {
              logs.append(log(run)).append('\n');
              return null;
            })
        .explore(SCHEDULES);
    return logs.toString();
  }

  private String log(Run run) {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2", run, weaver);
        Attachment test = machine.attach("test", 0)) {
      run.begin();
      machine.insmod(jar);
      msleep(20);
      machine.rmmod("busy");
      run.end();
      return String.join(
          "\n", machine.dmesg().stream().filter(line -> !line.contains("Jiffy version")).toList());
    }
  }
}
