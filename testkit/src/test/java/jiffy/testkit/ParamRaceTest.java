package jiffy.testkit;

import static jiffy.linux.Fs.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Writers, readers and the module itself, on real threads: nobody ever sees half a value.
 * Forbidden: an array of which some elements are of one write and some of another.
 */
class ParamRaceTest {
  private static final int ROUNDS = 300;
  private static final String FILE = "/sys/module/race/parameters/all";

  private static final String SOURCE =
      """
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Modules.*;
      import static jiffy.linux.Moduleparam.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.Sched.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Race extends KernelModule {
        @ModuleParam(perm = 0644) static long[] all = {1, 1, 1, 1};
        static TaskStruct watcher;
        static int watch() {
          while (!kthread_should_stop()) {
            kernel_param_lock(THIS_MODULE());
            if (all[0] != all[1] || all[1] != all[2] || all[2] != all[3]) pr_err("torn\\n");
            kernel_param_unlock(THIS_MODULE());
            schedule();
          }
          return 0;
        }
        { module_init(() -> { watcher = kthread_run(data -> watch(), null, "watch"); return 0; });
          module_exit(() -> kthread_stop(watcher)); }
      }
      """;

  @TempDir private Path directory;

  @Test
  void array_writtenAndReadAtOnce_isNeverTorn() {
    Set<String> seen = ConcurrentHashMap.newKeySet();
    try (Machine machine = Machine.boot("nr_cpus=2");
        Attachment self = machine.attach("test")) {
      machine.insmod(ModuleJar.of(SOURCE).writeTo(directory.resolve("race.jar")));
      List<Task> tasks = new ArrayList<>();
      for (String value :
          List.of("1,1,1,1", "-7,-7,-7,-7", "0x7fffffffffff,".repeat(3) + "0x7fffffffffff")) {
        tasks.add(spawn(machine, () -> write(machine, value)));
        tasks.add(spawn(machine, () -> seen.add(read(machine))));
      }
      tasks.forEach(task -> task.join(self.context()));
      assertThat(tasks).allSatisfy(task -> assertThat(task.failure()).isNull());
      machine.rmmod("race");
      assertThat(machine.dmesg()).noneMatch(line -> line.endsWith("torn"));
    }
    assertThat(seen)
        .isNotEmpty()
        .isSubsetOf(
            "1,1,1,1\n",
            "-7,-7,-7,-7\n",
            "140737488355327,140737488355327,140737488355327,140737488355327\n");
  }

  private static Task spawn(Machine machine, Runnable body) {
    return machine
        .tasks()
        .spawn(
            "racer",
            Owner.CORE,
            () -> {
              for (int i = 0; i < ROUNDS; i++) {
                body.run();
              }
              return 0;
            });
  }

  private static void write(Machine machine, String value) {
    Context self = (Context) Current.get();
    try (OpenFile file = machine.proc().open(self, FILE, O_WRONLY)) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      assertThat(file.write(self, bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }
  }

  private static String read(Machine machine) {
    return machine.proc().read((Context) Current.get(), FILE).orElse("unreadable");
  }
}
