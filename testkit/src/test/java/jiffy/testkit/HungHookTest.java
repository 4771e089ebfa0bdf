package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.linux.Errno;
import jiffy.linux.Fs;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.ModuleState;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.Modules;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An init or exit that does not return: reported, given up, and what is left of its module. */
@Timeout(120)
class HungHookTest {
  private static final String HEAD =
      """
      package hung;
      import static jiffy.linux.Completions.*;
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Jiffies.*;
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.ProcFs.*;
      import static jiffy.linux.Spinlocks.*;
      import static jiffy.linux.Timers.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Hung extends KernelModule {
      """;

  /** Waits for what nobody will do. */
  private static final String WAITS =
      """
        @ModuleParam static boolean in, out;
        static final Completion never = DECLARE_COMPLETION();
        { module_init(() -> { if (in) { wait_for_completion(never); } return 0; });
          module_exit(() -> { if (out) { wait_for_completion(never); } }); }
      """;

  /** Neither waits in the kernel nor gives in, until the JVM's property says so. */
  private static final String STUBBORN =
      """
        @ModuleParam static boolean in, out;
        @ModuleParam(perm = 0644) static boolean locked;
        static final SpinlockT lock = new SpinlockT();
        static final TimerList timer = new TimerList();
        static void fire(TimerList t) { printk("fired\\n"); mod_timer(timer, jiffies() + 1); }
        static void stick() {
          if (locked) { spin_lock_bh(lock); }
          printk("stuck\\n");
          while (System.getProperty("hung.release") == null) {
            try {
              if (!locked) { mod_timer(timer, jiffies() + 1); }
              java.util.concurrent.locks.LockSupport.parkNanos(1_000_000);
            } catch (Throwable e) {
              System.setProperty("hung.refused", e.getMessage());
            }
          }
        }
        { timer_setup(timer, Hung::fire, 0);
          module_init(() -> { if (in) { stick(); } return 0; });
          module_exit(() -> { if (out) { stick(); } }); }
      """;

  @TempDir private Path directory;

  private Path jar(String body) {
    return ModuleJar.of(HEAD + body + "}\n").writeTo(directory.resolve("hung.jar"));
  }

  private static long count(Machine machine, String part) {
    return machine.dmesg().stream().filter(line -> line.contains(part)).count();
  }

  private static Task insmod(Machine machine, Path jar, String... words) {
    return machine
        .tasks()
        .spawn(
            "insmod",
            Owner.CORE,
            () -> machine.modules().insmod((Context) Current.get(), jar, List.of(words)));
  }

  @Test
  void init_thatDoesNotReturn_isReportedEachTwoMinutesTenTimes() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      Task insmod = insmod(machine, jar(WAITS), "in=1");
      sim.advance(Duration.ofMillis(119_999));
      assertThat(count(machine, "blocked")).isZero();
      sim.advance(Duration.ofMillis(1));
      assertThat(GoldenLog.texts(machine.dmesg()))
          .containsSequence(
              "INFO: task "
                  + insmod.struct.toString().replace('/', ':')
                  + " blocked for more than 120 seconds.",
              "      Tainted: G           OE      0.1.0 #1",
              "\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.",
              String.format(
                      Locale.ROOT,
                      "task:insmod          state:D pid:%-5d init of hung",
                      insmod.struct.pid)
                  .stripTrailing());
      assertThat(machine.dmesg())
          .anyMatch(line -> line.contains("(Hung.java:") && line.endsWith("[hung]"));
      sim.advance(Duration.ofHours(1));
      assertThat(count(machine, "blocked for more than")).isEqualTo(10);
      assertThat(count(machine, "Future hung task reports are suppressed")).isEqualTo(1);
      assertThat(insmod.isEnded()).isFalse();
      assertThat(shell.context().task().comm).isEqualTo("test");
    }
  }

  @Test
  void settings_changedMeanwhile_holdForWhatIsBeingWaitedFor() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      insmod(machine, jar(WAITS), "in=1");
      sim.advance(Duration.ofSeconds(10));
      write(machine, "/proc/sys/kernel/hung_task_timeout_secs", "0");
      sim.advance(Duration.ofHours(1));
      assertThat(count(machine, "blocked for more than")).as("0: never").isZero();
      write(machine, "/proc/sys/kernel/hung_task_timeout_secs", "7");
      sim.advance(Duration.ofSeconds(1)); // it is overdue
      assertThat(count(machine, "blocked for more than 7 seconds")).isEqualTo(1);
      write(machine, "/proc/sys/kernel/hung_task_warnings", "0");
      sim.advance(Duration.ofHours(1));
      assertThat(count(machine, "blocked for more than")).isEqualTo(1);
    }
  }

  private static void write(Machine machine, String file, String text) {
    try (Attachment here = machine.attach("sh");
        OpenFile open = machine.proc().open(here.context(), file, Fs.O_WRONLY)) {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      assertThat(open.write(here.context(), bytes, 0, bytes.length)).isEqualTo(bytes.length);
    }
  }

  @Test
  void exit_thatWaits_isThrownOutOfItsWaitAfter30SecondsAndTheModuleGoes() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2");
        Attachment shell = machine.attach("rmmod")) {
      machine.insmod(jar(WAITS), "out=1");
      long before = machine.uptimeNanos();
      assertThat(machine.modules().rmmod(shell.context(), "hung", false)).isEqualTo(-Errno.ETIME);
      assertThat(Duration.ofNanos(machine.uptimeNanos() - before))
          .isEqualTo(Duration.ofSeconds(30));
      assertThat(machine.modules().list()).isEmpty();
      assertThat(machine.modules().tainted()).as("R").isEqualTo(12288 + 8);
      machine.insmod(jar(WAITS));
    }
  }

  @Test
  void exit_withATimeoutOf0_isNeverGivenUp() {
    try (Machine machine = Machine.simulate("hz=250 nr_cpus=2 module.exit_timeout=0");
        Attachment shell = machine.attach("test")) {
      Simulation sim = machine.simulation().orElseThrow();
      machine.insmod(jar(WAITS), "out=1");
      Task rmmod =
          machine
              .tasks()
              .spawn(
                  "rmmod",
                  Owner.CORE,
                  () -> machine.modules().rmmod((Context) Current.get(), "hung", false));
      sim.advance(Duration.ofDays(1));
      assertThat(rmmod.isEnded()).isFalse();
      assertThat(machine.modules().list())
          .extracting(ModuleView::state)
          .containsExactly(ModuleState.GOING);
    }
  }

  @Test
  void exit_thatGivesInToNothing_leavesAZombieWhoseNameIsFreeByForce() {
    System.clearProperty("hung.release");
    System.clearProperty("hung.refused");
    try (ModuleKernel kernel =
        ModuleKernel.boot(Platform.HOST, "nr_cpus=2 module.exit_timeout=1")) {
      Machine machine = kernel.machine;
      Context self = (Context) Current.get();
      Path jar = jar(STUBBORN);
      machine.insmod(jar, "out=1");
      assertThat(machine.modules().rmmod(self, "hung", false)).isEqualTo(-Errno.ETIME);
      machine.log().clear();
      kernel.until("is refused", () -> System.getProperty("hung.refused") != null);
      assertThat(System.getProperty("hung.refused")).contains("hung: exit was given up");
      assertThat(machine.proc().read("/proc/modules").orElseThrow())
          .matches("hung \\d+ -1 - Zombie 0x[0-9a-f]+ \\(ROE\\)\n");
      assertThat(machine.modules().rmmod(self, "hung", true)).isEqualTo(-Errno.EBUSY);

      assertThat(machine.modules().insmod(self, jar, List.of())).isEqualTo(-Errno.EBUSY);
      assertThat(machine.dmesg()).anyMatch(line -> line.contains("hung: a zombie"));
      int force = Modules.MODULE_INIT_IGNORE_VERMAGIC;
      assertThat(machine.modules().insmod(self, jar, List.of(), force, module -> {})).isZero();
      assertThat(machine.modules().list())
          .extracting(ModuleView::state)
          .containsExactly(ModuleState.LIVE, ModuleState.ZOMBIE);
      assertThat(machine.modules().rmmod(self, "hung", false)).isZero();
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("fired"));

      System.setProperty("hung.release", "now");
      kernel.until("zombie goes", () -> machine.modules().list().isEmpty());
    } finally {
      System.setProperty("hung.release", "now");
    }
  }

  @Test
  void exit_thatComputesWithSoftirqsOff_keepsThemOffNoLonger() {
    System.clearProperty("hung.release");
    try (ModuleKernel kernel =
        ModuleKernel.boot(Platform.HOST, "nr_cpus=1 module.exit_timeout=1")) {
      Machine machine = kernel.machine;
      Context self = (Context) Current.get();
      machine.insmod(jar(STUBBORN), "out=1", "locked=1");
      assertThat(machine.modules().rmmod(self, "hung", false)).isEqualTo(-Errno.ETIME);
      String ticks =
          """
          package ticks;
          import static jiffy.linux.Jiffies.*;
          import static jiffy.linux.Printk.*;
          import static jiffy.linux.Timers.*;
          import jiffy.linux.*;
          import jiffy.types.*;
          @ModuleInfo(license = "GPL")
          public final class Ticks extends KernelModule {
            static final TimerList timer = new TimerList();
            { timer_setup(timer, t -> printk("ticked\\n"), 0);
              module_init(() -> { mod_timer(timer, jiffies() + 1); return 0; });
              module_exit(() -> del_timer_sync(timer)); }
          }
          """;
      machine.insmod(ModuleJar.of(ticks).writeTo(directory.resolve("ticks.jar")));
      kernel.untilPrinted(1, "ticked");
    } finally {
      System.setProperty("hung.release", "now");
    }
  }
}
