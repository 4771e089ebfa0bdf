package jiffy.benchmarks.sim;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.linux.Delay;
import jiffy.linux.Mutexes;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.SimThreads;
import jiffy.runtime.module.weave.Weaver;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.explore.Exploration;
import jiffy.testkit.explore.Run;
import jiffy.types.Mutex;

/**
 * A test under many schedules, as {@code @KernelTest(schedules = ...)} runs it, but for the test's
 * own thread and the look at what is left: three tasks that take turns with a mutex, or a module
 * with three such threads.
 */
final class Schedules {
  private static final String COMMAND_LINE = "hz=250 nr_cpus=2 log_buf_len=128K";
  private static final long HOLD_UP_NANOS = 8_000_000;
  private static final int TASKS = 3;
  private static final String NAME = "turns";

  private final Weaver weaver = new Weaver();
  private final SimThreads threads = new SimThreads();
  private final List<Path> modules;
  private int count;

  /**
   * @param modules to load in each run; none: tasks of the test's own
   */
  Schedules(List<Path> modules) {
    this.modules = modules;
  }

  void explore(int schedules) {
    new Exploration(1, HOLD_UP_NANOS, this::thrownBy)
        .explore(schedules)
        .ifPresent(
            failure -> {
              throw new IllegalStateException(failure.thrown());
            });
  }

  private Throwable thrownBy(Run run) {
    try (Machine machine = Machine.simulate(COMMAND_LINE, run, weaver, threads);
        Attachment test = machine.attach("test", 0)) {
      run.begin();
      if (modules.isEmpty()) {
        tasks(machine);
      } else {
        modules.forEach(machine::insmod);
      }
      machine.simulation().orElseThrow().advance(Duration.ofSeconds(1));
      if (modules.isEmpty() && count != TASKS) {
        return new AssertionError(count + " tasks have had their turn");
      }
      if (!modules.isEmpty()) {
        machine.rmmod(NAME);
      }
      run.end();
      return null;
    } catch (RuntimeException e) {
      return e;
    }
  }

  private void tasks(Machine machine) {
    Mutex lock = new Mutex();
    count = 0;
    for (int i = 0; i < TASKS; i++) {
      machine
          .tasks()
          .spawn(
              "task/" + i,
              Owner.CORE,
              () -> {
                Mutexes.mutex_lock(lock);
                count++;
                Delay.msleep(1);
                Mutexes.mutex_unlock(lock);
                return 0;
              });
    }
  }

  /** A module with three threads that count under a lock; its JAR goes when the JVM does. */
  static Path module() throws IOException {
    Path directory = Files.createTempDirectory("jiffy-bench");
    Path jar =
        ModuleJar.of(
                """
                import static jiffy.linux.Kthreads.*;
                import static jiffy.linux.Mutexes.*;
                import static jiffy.linux.Printk.*;
                import jiffy.linux.*;
                @ModuleInfo(name = "turns", license = "GPL")
                public final class Turns extends KernelModule {
                  static final jiffy.types.Mutex lock = new jiffy.types.Mutex();
                  static int count;
                  static int turn(Object none) {
                    mutex_lock(lock);
                    count++;
                    Delay.msleep(1);
                    mutex_unlock(lock);
                    return 0;
                  }
                  static int init() {
                    for (int i = 0; i < 3; i++) { kthread_run(Turns::turn, null, "turn/" + i); }
                    return 0;
                  }
                  static void exit() { printk("count %d\\n", count); }
                  { module_init(Turns::init); module_exit(Turns::exit); }
                }
                """)
            .writeTo(directory.resolve(NAME + ".jar"));
    directory.toFile().deleteOnExit(); // in reverse order: the file first
    jar.toFile().deleteOnExit();
    return jar;
  }
}
