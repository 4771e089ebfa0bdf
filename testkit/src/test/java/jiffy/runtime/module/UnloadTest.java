package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jiffy.linux.Errno;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.pf4j.PluginManager;

/** What a module leaves behind, what its hooks throw, and the end of the machine. */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@EnumSource
class UnloadTest {
  @Parameter On on;
  private static final String FORGETFUL =
      """
      import static jiffy.linux.Timers.*;
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      import jiffy.types.*;

      @ModuleInfo(license = "GPL")
      public final class Kt extends KernelModule {
        @ModuleParam static int ret;
        @ModuleParam static int n = 1;
        { module_init(Kt::kt_init); module_exit(() -> {}); }
        static void timer_callback(TimerList timer) {}
        static int kt_init() {
          for (int i = 0; i < n; i++) {
            TimerList timer = new TimerList();
            timer_setup(timer, Kt::timer_callback, 0);
            add_timer(timer);
          }
          printk("armed");
          return ret;
        }
      }
      """;

  @TempDir Path dir;
  private Room room;

  @BeforeEach
  void boot() {
    room = new Room(on.arch(), dir);
  }

  @AfterEach
  void halt() {
    room.close();
  }

  @Test
  void rmmod_timerLeftArmed_namesItAndTakesItBack() {
    assertThat(room.insmod(room.jar("kt.jar", FORGETFUL))).isZero();
    room.log.clear();
    assertThat(room.rmmod("kt")).isZero();
    assertThat(room.log)
        .containsExactly(
            "4 kt: rmmod: timer was left behind: timer_callback [kt] set up at kt_init (Kt.java:15)",
            "4 kt: rmmod: 1 timer taken back");
  }

  @Test
  void rmmod_manyTimersLeftArmed_namesTenAndCountsAll() {
    assertThat(room.insmod(room.jar("kt.jar", FORGETFUL), "n=25")).isZero();
    room.log.clear();
    assertThat(room.rmmod("kt")).isZero();
    assertThat(room.log).hasSize(11).endsWith("4 kt: rmmod: 25 timers taken back");
  }

  @Test
  void insmod_initFailsAfterArming_takesItBack() {
    assertThat(room.insmod(room.jar("kt.jar", FORGETFUL), "ret=-12")).isEqualTo(-12);
    assertThat(room.logWithoutTaint()).contains("4 kt: failed init: 1 timer taken back").hasSize(3);
  }

  @Test
  void rmmod_tidyModule_saysNothing() {
    room.insmod(room.jar("kt.jar", Sources.hello("Kt")));
    room.log.clear();
    room.rmmod("kt");
    assertThat(room.log).containsExactly("6 Kt: exit");
  }

  @Test
  void insmod_initThrows_isPrintedAndEfault() {
    String source =
        Sources.gpl(
            "Bad",
            "{ module_init(Bad::bad_init); }",
            "static class Oops extends RuntimeException { Oops(String s, Throwable t) { super(s, t); } }",
            "static int bad_init() {",
            "  throw new Oops(\"no luck\", new IllegalStateException(\"below\")); }");
    assertThat(room.insmod(room.jar("bad.jar", source))).isEqualTo(-Errno.EFAULT);
    assertThat(room.logWithoutTaint())
        .anyMatch(line -> line.equals("1 bad: init threw Bad$Oops: no luck"))
        .anyMatch(line -> line.matches("4 bad: CPU: \\d PID: \\d+ Comm: test Owner: bad"))
        .anyMatch(line -> line.matches("4 bad:  at Bad.bad_init\\(Bad.java:\\d+\\)"))
        .anyMatch(line -> line.equals("4 bad: Caused by: java.lang.IllegalStateException: below"))
        .noneMatch(line -> line.contains("jiffy.runtime"));
    assertThat(room.modules.list()).isEmpty();
    assertThat(room.modules.tainted() & Taint.Flag.DIE.mask).isNotZero();
  }

  @Test
  void insmod_staticInitializerOrConstructorThrows_isPrintedAndEfault() {
    String statics = Sources.gpl("A", "static int x = 1 / Integer.parseInt(\"0\");");
    assertThat(room.insmod(room.jar("a.jar", statics))).isEqualTo(-Errno.EFAULT);
    assertThat(room.log)
        .contains(
            "1 a: init threw java.lang.ExceptionInInitializerError",
            "4 a: Caused by: java.lang.ArithmeticException: / by zero");
    String constructor = Sources.gpl("B", "{ Integer.parseInt(\"x\"); }");
    assertThat(room.insmod(room.jar("b.jar", constructor))).isEqualTo(-Errno.EFAULT);
    assertThat(room.log)
        .contains("1 b: init threw java.lang.NumberFormatException: For input string: \"x\"");
    assertThat(room.modules.pluginManager().getPlugins()).isEmpty();
  }

  @Test
  void insmod_throwableWhoseMessageThrows_isStillPrinted() {
    String source =
        Sources.gpl(
            "Bad",
            "{ module_init(() -> { throw new RuntimeException() {"
                + " public String getMessage() { throw new Error(); } }; }); }");
    assertThat(room.insmod(room.jar("bad.jar", source))).isEqualTo(-Errno.EFAULT);
    assertThat(room.log)
        .contains("1 bad: init threw Bad$1 (its getMessage() threw java.lang.Error)");
  }

  @Test
  void rmmod_exitThrows_isPrintedAndTheModuleGoes() {
    String source =
        Sources.gpl("Bad", "{ module_exit(() -> { throw new java.io.IOException(\"late\"); }); }");
    assertThat(room.insmod(room.jar("bad.jar", source))).isZero();
    assertThat(room.rmmod("bad")).isZero();
    assertThat(room.log).contains("1 bad: exit threw java.io.IOException: late");
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void insmod_initLeavesPreemptionDisabled_isSaidAndUndone() {
    String source =
        Sources.gpl(
            "Bad",
            "{ module_init(() -> { Preempt.preempt_disable(); BottomHalf.local_bh_disable();"
                + " Irqflags.local_irq_save(); return 0; }); module_exit(() -> {}); }");
    Path jar = room.jar("bad.jar", source);
    Task task =
        room.start(
            "insmod",
            context -> {
              int error = room.modules.insmod(context, jar, List.of());
              return error != 0 ? error : context.preemptCount() + (context.irqsDisabled() ? 1 : 0);
            });
    assertThat(room.join(task)).isZero();
    assertThat(room.log)
        .contains("4 bad: init returned with preemption imbalance disabled interrupts");
  }

  @Test
  void hook_contextClassLoader_isTheModulesAndIsRestored() {
    String source =
        Sources.gpl(
            "Tccl",
            "{ module_init(() -> { ClassLoader l = Thread.currentThread().getContextClassLoader();"
                + " printk(\"%s %s\", l.getName(), l == Tccl.class.getClassLoader());"
                + " return 0; }); module_exit(() -> {}); }");
    Path jar = room.jar("tccl.jar", source);
    Task task =
        room.start(
            "insmod",
            context -> {
              ClassLoader before = Thread.currentThread().getContextClassLoader();
              int error = room.modules.insmod(context, jar, List.of());
              boolean same = before == Thread.currentThread().getContextClassLoader();
              return error != 0 || !same ? -1 : 0;
            });
    assertThat(room.join(task)).isZero();
    assertThat(room.log).contains("6 tccl true");
  }

  @Test
  void rmmod_afterIt_pf4jKnowsNothing() {
    room.insmod(room.jar("kt.jar", Sources.hello("Kt")));
    PluginManager host = room.modules.pluginManager();
    assertThat(host.getPlugins()).hasSize(1);
    room.rmmod("kt");
    assertThat(host.getPlugins()).isEmpty();
    assertThat(host.getResolvedPlugins()).isEmpty();
    assertThat(host.getUnresolvedPlugins()).isEmpty();
    assertThat(host.getStartedPlugins()).isEmpty();
    assertThat(host.getPluginClassLoader("kt")).isNull();
  }

  @Test
  void close_allModules_goNewestFirst() {
    for (String name : List.of("A", "B", "C")) {
      room.insmod(room.jar(name + ".jar", Sources.hello(name)));
    }
    Path permanent = room.jar("perm.jar", Sources.gpl("Perm", "{ module_init(() -> 0); }"));
    assertThat(room.insmod(permanent)).isZero();
    room.log.clear();
    room.modules.close();
    assertThat(room.log).containsExactly("6 C: exit", "6 B: exit", "6 A: exit");
    assertThat(room.modules.list()).isEmpty();
    assertThat(room.insmod(permanent)).isEqualTo(-Errno.EPERM);
    assertThat(room.modules.tainted()).isEqualTo(12288);
  }

  @Test
  void close_exitThatHangs_isNamedAndSkipped() {
    room.insmod(room.jar("A.jar", Sources.hello("A")));
    room.insmod(room.jar("B.jar", Sources.hello("B")));
    Room.Halt halt = room.new Halt();
    room.onPrint("B: exit", halt::here);
    room.modules.close();
    assertThat(room.log)
        .anyMatch(l -> l.matches("1 B: exit has not returned after 200 ms .*rmmod/\\d+ .*"))
        .anyMatch(l -> l.matches("4 B:  at B.exit\\(B.java:\\d+\\)"))
        .contains("6 A: exit");
    assertThat(room.modules.list()).extracting(ModuleView::name).containsExactly("B");
    List<Task> tasks = room.tasks.running();
    halt.released = true;
    tasks.forEach(room::join);
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void rmmod_insideAnotherModulesHook_works() {
    room.insmod(room.jar("kt.jar", Sources.hello("Kt")));
    room.onPrint(
        "Other: init",
        () -> {
          try (Attachment here = room.tasks.attach("nested")) {
            Context context = here.context();
            room.log.add("nested " + room.modules.rmmod(context, "kt", false));
          }
        });
    assertThat(room.insmod(room.jar("other.jar", Sources.hello("Other")))).isZero();
    assertThat(room.log).containsSubsequence("6 Kt: exit", "nested 0");
    assertThat(room.modules.list()).extracting(ModuleView::name).containsExactly("other");
  }
}
