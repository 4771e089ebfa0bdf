package jiffy.testkit;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Errno.ETIME;
import static jiffy.linux.Fs.O_WRONLY;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.context.Context;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A parameter's lock or function that is never given back keeps no rmmod and no writer. */
@Timeout(120)
class ParamGivenUpTest {
  private static final String SOURCE =
      """
      import static jiffy.linux.Completions.*;
      import static jiffy.linux.Errno.*;
      import static jiffy.linux.Modules.*;
      import static jiffy.linux.Moduleparam.*;
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Stuck extends KernelModule {
        @ModuleParam static boolean fails, keeps, hangs, frees;
        static final Completion never = DECLARE_COMPLETION();
        static final KernelParamOps ops = new KernelParamOps();
        static {
          ops.set = (val, kp) -> { wait_for_completion(never); return 0; };
          ops.free = arg -> { pr_info("free\\n"); if (frees) { wait_for_completion(never); } };
        }
        @ModuleParam(ops = "ops", perm = 0644) static int sleeper;
        @ModuleParam(perm = 0644) static int plain;
        { module_init(() -> {
            if (fails) { kernel_param_lock(THIS_MODULE()); return -EINVAL; }
            return 0;
          });
          module_exit(() -> {
            if (keeps) { kernel_param_lock(THIS_MODULE()); }
            if (hangs) { wait_for_completion(never); }
          }); }
      }
      """;

  private static final String FILES = "/sys/module/stuck/parameters/";
  private static final int UNKNOWN = 12345;

  @TempDir private Path directory;
  private Path jar;

  @BeforeEach
  void compile() {
    jar = ModuleJar.of(SOURCE).writeTo(directory.resolve("stuck.jar"));
  }

  private static Machine boot() {
    return Machine.simulate("hz=250 nr_cpus=2");
  }

  private static AtomicInteger rmmod(Machine machine) {
    return spawn(
        machine, "rmmod", () -> machine.modules().rmmod((Context) Current.get(), "stuck", false));
  }

  /** Opens it at once. */
  private static AtomicInteger write(Machine machine, String name) {
    return spawn(
        machine,
        "echo",
        () -> {
          Context self = (Context) Current.get();
          try (OpenFile file = machine.proc().open(self, FILES + name, O_WRONLY)) {
            byte[] bytes = "7".getBytes(StandardCharsets.UTF_8);
            return (int) file.write(self, bytes, 0, bytes.length);
          }
        });
  }

  /** What the body returns is in the result as soon as it has. */
  private static AtomicInteger spawn(Machine machine, String comm, Task.Body body) {
    AtomicInteger result = new AtomicInteger(UNKNOWN);
    machine
        .tasks()
        .spawn(
            comm,
            Owner.CORE,
            () -> {
              result.set(body.run());
              return 0;
            });
    return result;
  }

  private static boolean said(Machine machine, String... parts) {
    return machine.dmesg().stream().anyMatch(line -> Stream.of(parts).allMatch(line::contains));
  }

  @Test
  void exit_thatKeepsTheLock_holdsRmmodUpForFiveSeconds() {
    try (Machine machine = boot();
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      machine.insmod(jar, "keeps=1");
      AtomicInteger rmmod = rmmod(machine);
      sim.advance(Duration.ofSeconds(4));
      assertThat(rmmod).hasValue(UNKNOWN);
      sim.advance(Duration.ofSeconds(2));
      assertThat(rmmod).hasValue(0);
      assertThat(said(machine, "stuck: rmmod: kernel_param_lock", "by a task that has ended"))
          .isTrue();
      assertThat(machine.modules().list()).isEmpty();
      machine.insmod(jar);
    }
  }

  @Test
  void init_thatKeepsTheLockAndFails_isGoneAfterFiveSeconds() {
    try (Machine machine = boot();
        Attachment shell = machine.attach("test")) {
      assertThat(machine.modules().insmod(shell.context(), jar, List.of("fails=1")))
          .isEqualTo(-EINVAL);
      assertThat(said(machine, "stuck: failed init: kernel_param_lock")).isTrue();
      assertThat(machine.modules().list()).isEmpty();
    }
  }

  @Test
  void set_thatSleepsForEver_isCutOffByRmmodAndSoAreItsWriters() {
    try (Machine machine = boot();
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      machine.insmod(jar);
      AtomicInteger holder = write(machine, "sleeper");
      sim.advance(Duration.ofMillis(10));
      AtomicInteger plain = write(machine, "plain");
      AtomicInteger second = write(machine, "sleeper");
      sim.advance(Duration.ofMinutes(1));
      assertThat(List.of(holder.get(), plain.get(), second.get())).containsOnly(UNKNOWN);
      AtomicInteger rmmod = rmmod(machine);
      sim.advance(Duration.ofSeconds(7));
      assertThat(rmmod).hasValue(0);
      assertThat(List.of(holder.get(), plain.get(), second.get())).containsOnly(-ENODEV);
      assertThat(said(machine, "stuck: rmmod: kernel_param_lock", "held by echo/")).isTrue();
      assertThat(said(machine, "stuck: parameter sleeper is cut off")).isTrue();
    }
  }

  @Test
  void exit_thatIsGivenUpWithTheLock_letsWritersGo() {
    try (Machine machine = boot();
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      machine.insmod(jar, "keeps=1", "hangs=1");
      AtomicInteger rmmod = rmmod(machine);
      sim.advance(Duration.ofSeconds(1));
      AtomicInteger plain = write(machine, "plain");
      AtomicInteger sleeper = write(machine, "sleeper");
      sim.advance(Duration.ofSeconds(28));
      assertThat(List.of(plain.get(), sleeper.get())).containsOnly(UNKNOWN);
      sim.advance(Duration.ofSeconds(3));
      assertThat(rmmod).hasValue(-ETIME);
      assertThat(List.of(plain.get(), sleeper.get())).containsOnly(-ENODEV);
    }
  }

  @Test
  void exit_thatIsGivenUp_takesTheCallbackThatRunsWithIt() {
    try (Machine machine = boot();
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      machine.insmod(jar, "hangs=1");
      AtomicInteger sleeper = write(machine, "sleeper");
      sim.advance(Duration.ofSeconds(1));
      AtomicInteger rmmod = rmmod(machine);
      sim.advance(Duration.ofSeconds(32));
      assertThat(rmmod).hasValue(-ETIME);
      assertThat(sleeper).hasValue(-ENODEV);
    }
  }

  @Test
  void free_thatHangs_isGivenUpAfterTheTimeOfAnExit() {
    try (Machine machine = boot();
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      machine.insmod(jar, "frees=1");
      AtomicInteger rmmod = rmmod(machine);
      sim.advance(Duration.ofSeconds(29));
      assertThat(rmmod).hasValue(UNKNOWN);
      sim.advance(Duration.ofSeconds(3));
      assertThat(rmmod).hasValue(0);
      assertThat(said(machine, "stuck: free of sleeper has not returned after 30000 ms")).isTrue();
      assertThat(machine.modules().list()).isEmpty();
    }
  }
}
