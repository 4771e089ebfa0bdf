package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a module prints once or seldom, and what it warns of: each place in its code for itself. */
class ReportsTest {
  private static final int CYCLES = 50;

  private static final String SOURCE =
      """
      package limits;
      import static jiffy.linux.Bug.*;
      import static jiffy.linux.Jiffies.*;
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.PrintkLimits.*;
      import static jiffy.linux.Ratelimit.*;
      import static jiffy.linux.Timers.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      @ModuleInfo(name = "limits", license = "GPL")
      public final class Limits extends KernelModule {
        @ModuleParam static String what = "";
        static final TimerList again = new TimerList();
        static void say(int i) { printk_once(KERN_INFO + "in one place %d\\n", i); }
        static void once() {
          for (int i = 0; i < 3; i++) { pr_err_once("first %d\\n", i); pr_err_once("second %d\\n", i); }
          for (int i = 0; i < 3; i++) { pr_err_once("first %d\\n", i); }
          say(1); say(2);
          Runnable lambda = () -> pr_warn_once("in a lambda\\n");
          lambda.run(); lambda.run();
        }
        static void seldom() {
          for (int i = 0; i < 12; i++) { pr_err_ratelimited("a %d\\n", i); pr_info_ratelimited("b\\n"); }
        }
        static void later(TimerList t) {
          Runnable lambda = () -> printk_ratelimited(KERN_ERR + "c\\n");
          for (int i = 0; i < 13; i++) { lambda.run(); }
          mod_timer(again, jiffies() + 6 * HZ());
        }
        static RatelimitState rs;
        static void explicit() {
          rs = DEFINE_RATELIMIT_STATE(5 * HZ(), 2);
          ratelimit_set_flags(rs, RATELIMIT_MSG_ON_RELEASE);
          for (int i = 0; i < 5; i++) { if (__ratelimit(rs)) { pr_info("d %d\\n", i); } }
          pr_info("missed %d\\n", rs.missed);
          ratelimit_state_exit(rs);
          ratelimit_state_init(rs, 0, 0);
          for (int i = 0; i < 3; i++) { if (!__ratelimit(rs)) { pr_info("no limit is no limit\\n"); } }
          ratelimit_state_init(rs, HZ(), 0);
          if (__ratelimit(rs)) { pr_info("none is none\\n"); }
          ratelimit_default_init(rs);
          int n = 0;
          for (int i = 0; i < 20; i++) { n += __ratelimit(rs) ? 1 : 0; n += printk_ratelimit() ? 1 : 0; }
          pr_info("%d of 40\\n", n);
        }
        static void warn() {
          pr_info("returned %d\\n", WARN_ON(true));
          for (int i = 0; i < 3; i++) { WARN_ONCE(true, "once %d\\n", i); }
          for (int i = 0; i < 3; i++) { if (!WARN_ON_ONCE(i > 0) && i > 0) { pr_info("lost\\n"); } }
          pr_info("%d %d\\n", WARN_ON(false), WARN(false, "never\\n"));
          WARN(true, KERN_ERR + "level %d", 3);
        }
        static int init() {
          switch (what) {
            case "once" -> once();
            case "seldom" -> { seldom(); timer_setup(again, Limits::later, 0); later(again); }
            case "explicit" -> explicit();
            case "warn" -> warn();
            default -> { once(); seldom(); WARN_ON_ONCE(true); }
          }
          return 0;
        }
        { module_init(Limits::init); module_exit(() -> del_timer_sync(again)); }
      }
      """;

  @TempDir private static Path directory;
  private static Path jar;

  @BeforeAll
  static void pack() {
    jar = ModuleJar.of(SOURCE).writeTo(directory.resolve("limits.jar"));
  }

  private List<String> printed(Machine machine, String what) {
    machine.log().clear();
    machine.insmod(jar, "what=" + what);
    return GoldenLog.texts(machine.dmesg()).stream()
        .filter(text -> !text.startsWith("limits: "))
        .toList();
  }

  @KernelTest
  void once_printsOncePerPlaceAndLoad(Machine machine) {
    List<String> expected =
        List.of("first 0", "second 0", "first 0", "in one place 1", "in a lambda");
    assertThat(printed(machine, "once")).isEqualTo(expected);
    machine.rmmod("limits");
    assertThat(printed(machine, "once")).isEqualTo(expected);
    machine.rmmod("limits");
  }

  @KernelTest
  void once_inAnotherKernel_isAnotherOnce(Machine machine) {
    List<String> expected = printed(machine, "once");
    try (Machine other = Machine.simulate("")) {
      assertThat(printed(other, "once")).isEqualTo(expected).hasSize(5);
    }
    machine.rmmod("limits");
  }

  @KernelTest
  void ratelimited_letsTenThroughPerPlaceAndTellsOfTheRestLater(Machine machine, Simulation sim) {
    List<String> printed = printed(machine, "seldom");
    assertThat(printed)
        .filteredOn(text -> text.startsWith("a "))
        .hasSize(10)
        .last()
        .isEqualTo("a 9");
    assertThat(printed).filteredOn("b"::equals).hasSize(10);
    assertThat(printed).filteredOn("c"::equals).hasSize(10);
    assertThat(printed).noneMatch(text -> text.contains("suppressed"));
    machine.log().clear();
    sim.advance(Duration.ofSeconds(7));
    assertThat(GoldenLog.texts(machine.dmesg()))
        .hasSize(11)
        .startsWith("later: 3 callbacks suppressed", "c")
        .endsWith("c");
    machine.rmmod("limits");
  }

  @KernelTest
  void ratelimit_withAStateOfItsOwn_countsAsLinuxDoes(Machine machine) {
    assertThat(printed(machine, "explicit"))
        .containsExactly(
            "d 0",
            "d 1",
            "missed 3",
            "test: 3 output lines suppressed due to ratelimiting",
            "20 of 40");
    machine.rmmod("limits");
  }

  /** As truth/crash/init_warn and init_warn_once, but for registers and the host's frames. */
  @KernelTest(mayComplain = true)
  void warn_reportsAsLinuxDoes(Machine machine) {
    List<String> lines =
        printed(machine, "warn").stream()
            .filter(text -> !text.matches(" [\\w.]+ \\(\\w+\\.java:\\d+\\).*"))
            .map(text -> text.replaceAll("PID: \\d+", "PID: N").replaceAll("java:\\d+", "java:N"))
            .map(text -> text.replaceAll("(ainted.*) \\S+ #1", "$1 RELEASE #1"))
            .toList();
    assertThat(lines.subList(0, 9))
        .containsExactly(
            "------------[ cut here ]------------",
            "WARNING: CPU: 0 PID: N at Limits.java:N warn [limits]",
            "Modules linked in: limits(OE+)",
            "CPU: 0 PID: N Comm: test Tainted: G           OE      RELEASE #1",
            "Call Trace:",
            " <TASK>",
            " </TASK>",
            "---[ end trace 0000000000000000 ]---",
            "returned 1");
    assertThat(lines.subList(9, 13))
        .containsExactly(
            "------------[ cut here ]------------",
            "once 0",
            "WARNING: CPU: 0 PID: N at Limits.java:N warn [limits]",
            "Modules linked in: limits(OE+)");
    assertThat(lines.get(13)).startsWith("CPU: 0 PID: N Comm: test Tainted: G        W  OE");
    assertThat(lines).filteredOn(text -> text.startsWith("WARNING: ")).hasSize(4);
    assertThat(lines).contains("0 0").noneMatch(text -> text.matches("lost|never|once [12]"));
    machine.rmmod("limits");
  }

  @Test
  void cycles_ofLoadAndUnload_leaveNoLoader() {
    LoadCycles.assertLeaveNoLoader(jar, "limits", CYCLES);
  }

  @Test
  void cycles_ofWarnings_leaveNoLoader() {
    Path warns =
        ModuleJar.of(SOURCE.replace("String what = \"\"", "String what = \"warn\""))
            .writeTo(directory.resolve("limits2.jar"));
    LoadCycles.assertLeaveNoLoader(warns, "limits", CYCLES);
  }
}
