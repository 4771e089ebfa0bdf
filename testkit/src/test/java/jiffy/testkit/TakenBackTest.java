package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What a module began is undone, kind by kind, whichever way it ends without having seen to it
 * itself: its init fails, its init hangs, its exit hangs.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SAME_THREAD) // boot() attaches it
class TakenBackTest {
  private static final String LIBRARY =
      """
      package library;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Library extends KernelModule {
        static ModuleStruct self;
        @ExportSymbol public static ModuleStruct library() { return self; }
        { module_init(() -> { self = Modules.THIS_MODULE(); return 0; }); module_exit(() -> {}); }
      }
      """;

  /** Begins one thing of the kind that it is told, and then ends as it is told. */
  private static final String FORGETFUL =
      """
      package forgetful;
      import static jiffy.linux.Delay.*;
      import static jiffy.linux.Hrtimers.*;
      import static jiffy.linux.Interrupts.*;
      import static jiffy.linux.Jiffies.*;
      import static jiffy.linux.Kthreads.*;
      import static jiffy.linux.Ktime.*;
      import static jiffy.linux.Modules.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.ProcFs.*;
      import static jiffy.linux.Timers.*;
      import static jiffy.linux.Workqueues.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(license = "GPL")
      public final class Forgetful extends KernelModule {
        @ModuleParam static String kind = "";
        @ModuleParam static String end = "";

        static final TimerList timer = new TimerList();
        static final Hrtimer hrtimer = new Hrtimer();
        static final TaskletStruct tasklet = new TaskletStruct();
        static final WorkStruct work = new WorkStruct();
        static final DelayedWork delayed = DECLARE_DELAYED_WORK(Forgetful::fire);
        static final ProcOps ops = new ProcOps();

        static void fired() { printk(KERN_ERR + "fired\\n"); }
        static void fire(TimerList t) { fired(); mod_timer(timer, jiffies() + 5); }
        static HrtimerRestart fire(Hrtimer t) {
          fired();
          hrtimer_forward_now(t, 20_000_000L);
          return HrtimerRestart.HRTIMER_RESTART;
        }
        static void fire(TaskletStruct t) { fired(); tasklet_schedule(tasklet); }
        static void fire(WorkStruct w) {
          fired();
          msleep(20);
          if (kind.equals("work")) { schedule_work(work); } else { schedule_delayed_work(delayed, 5); }
        }
        static int fire(Object data) {
          while (!kthread_should_stop()) { fired(); msleep(20); }
          return 0;
        }
        static int fire(int irq, Object dev) { fired(); return IRQ_HANDLED; }
        static long read(File f, UserBuffer b, long n, LoffT p) { fired(); return 0; }

        static void begin() {
          switch (kind) {
            case "timer" -> { timer_setup(timer, Forgetful::fire, 0); mod_timer(timer, jiffies() + 5); }
            case "hrtimer" -> {
              hrtimer_init(hrtimer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
              hrtimer.function = Forgetful::fire;
              hrtimer_start(hrtimer, 20_000_000L, HRTIMER_MODE_REL);
            }
            case "tasklet" -> { tasklet_setup(tasklet, Forgetful::fire); tasklet_disable(tasklet); tasklet_schedule(tasklet); }
            case "work" -> { INIT_WORK(work, Forgetful::fire); schedule_work(work); }
            case "delayed work" -> schedule_delayed_work(delayed, 5);
            case "workqueue" -> create_workqueue("forgetful_q");
            case "task" -> kthread_run(Forgetful::fire, null, "forgetful");
            case "irq" -> request_irq(7, Forgetful::fire, 0, "forgetful", null);
            case "proc file" -> { ops.proc_read = Forgetful::read; proc_create("forgetful", 0, null, ops); }
            case "reference" -> try_module_get(library.Library.library());
            default -> throw new IllegalArgumentException(kind);
          }
        }
        static void hang() {
          while (true) { msleep(1000); }
        }
        static int f_init() {
          begin();
          if (end.equals("hung init")) { hang(); }
          return end.equals("failed init") ? -Errno.ENODEV : 0;
        }
        { module_init(Forgetful::f_init); module_exit(Forgetful::hang); }
      }
      """;

  private static final List<String> KINDS =
      List.of(
          "timer",
          "hrtimer",
          "tasklet",
          "work",
          "delayed work",
          "workqueue",
          "task",
          "irq",
          "proc file",
          "reference");

  static Stream<Arguments> kindsAndEnds() {
    return KINDS.stream()
        .flatMap(
            kind ->
                Stream.of("failed init", "hung init", "hung exit")
                    .map(end -> Arguments.of(kind, end)));
  }

  @TempDir private static Path jars;
  private static Path library;
  private static Path forgetful;

  private Machine machine;
  private Simulation sim;
  private Attachment shell;

  @BeforeEach
  void boot() {
    if (forgetful == null) {
      library = ModuleJar.of(LIBRARY).writeTo(jars.resolve("library.jar"));
      forgetful =
          ModuleJar.ofSources(List.of(LIBRARY), FORGETFUL).writeTo(jars.resolve("forgetful.jar"));
    }
    machine = Machine.simulate("hz=250 nr_cpus=2 module.init_timeout=40");
    sim = machine.simulation().orElseThrow();
    shell = machine.attach("insmod");
    machine.insmod(library);
  }

  @AfterEach
  void halt() {
    machine.close();
    shell.close();
  }

  private int run(String kind, String end) {
    List<String> words = List.of("\"kind=" + kind + "\"", "\"end=" + end + "\"");
    int error = machine.modules().insmod(shell.context(), forgetful, words);
    return end.equals("hung exit")
        ? machine.modules().rmmod(shell.context(), "forgetful", false)
        : error;
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("kindsAndEnds")
  void whatAModuleBegan_isUndone(String kind, String end) {
    int error = run(kind, end);
    assertThat(error).isEqualTo(end.equals("failed init") ? -Errno.ENODEV : -Errno.ETIME);
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("forgetful: " + end + ": "));

    machine.log().clear();
    sim.advance(Duration.ofSeconds(10));
    if (kind.equals("irq")) {
      assertThatThrownBy(() -> machine.raiseIrq(7)).hasMessageContaining("7");
    }
    assertThat(machine.proc().list()).doesNotContain("/proc/forgetful");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("fired"));
    assertThat(machine.modules().list())
        .extracting(ModuleView::name, ModuleView::refcount)
        .containsExactly(tuple("library", 0));
    assertThat(machine.modules().rmmod(shell.context(), "library", false)).isZero();
  }
}
