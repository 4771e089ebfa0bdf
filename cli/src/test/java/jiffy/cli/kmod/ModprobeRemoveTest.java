package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.cli.tool.RunningKernel;
import jiffy.linux.Errno;
import org.junit.jupiter.api.Test;

/**
 * What modprobe -r asks of the kernel, and modules that call themselves otherwise than their file.
 */
class ModprobeRemoveTest extends ModprobeRuns {
  @Test
  void remove_takesWhatNobodyUsesAnyMore() {
    kernel.has("core", 0);
    kernel.has("mid", 0);
    kernel.has("side", 0);
    kernel.has("after", 0);
    kernel.has("top", 0);
    KmodRun run = run("-r -v top");
    assertThat(steps(run)).isEqualTo("rmmod top; rmmod after; rmmod mid; rmmod core; rmmod side");
    assertThat(run.out()).isEqualTo("rmmod top\nrmmod after\nrmmod mid\nrmmod core\nrmmod side\n");
  }

  @Test
  void remove_ofSeveral_comesBackToOneThatWasInUse() {
    kernel.has("core", 1, "mid");
    kernel.has("mid", 0);
    kernel.onRmmod = () -> kernel.modules.replaceAll(each -> unused(each.name()));
    KmodRun run = run("-r -a core mid");
    assertThat(steps(run)).isEqualTo("rmmod mid; rmmod core");
    assertThat(run("-r -n -a core core").out()).isEmpty();
    kernel.has("side", 0);
    run = run("-r --first-time -a side side");
    assertThat(run.calls()).containsExactly("rmmod side");
    assertThat(run.err()).contains("Module side is not in kernel.");
    assertThat(run.status()).isEqualTo(1);
  }

  @Test
  void remove_ofAPermanentOne_saysTheWayOut() {
    kernel.has("core", 0);
    kernel.result = -Errno.EBUSY;
    kernel.files.put("/proc/modules", "core 4096 0 [permanent], Live 0x0 (OE)\n");
    assertThat(run("-r core").err())
        .isEqualTo(
            """
            modprobe: ERROR: could not remove 'core': Device or resource busy
            modprobe: NOTICE: core has an init function and no exit: 'modprobe -r -f core' removes it
            """);
    assertThat(run("-r -f core").err()).doesNotContain("NOTICE");
  }

  @Test
  void remove_dry_showsWhatWouldBecomeUnused() {
    kernel.has("core", 1, "mid");
    kernel.has("mid", 1, "top");
    kernel.has("top", 0);
    KmodRun run = run("-r -n top");
    assertThat(run.out()).isEqualTo("rmmod top\nrmmod mid\nrmmod core\n");
    assertThat(run.calls()).isEmpty();
    assertThat(run("-r -n --remove-holders core").out())
        .isEqualTo("rmmod top\nrmmod mid\nrmmod core\n");
  }

  @Test
  void remove_ofOneInUse_isFatal_unlessAllAreWanted() {
    kernel.has("side", 0);
    kernel.has("core", 1, "mid");
    KmodRun run = run("-r core side");
    assertThat(run.err())
        .isEqualTo(
            """
            modprobe: FATAL: Module core is in use.
            modprobe: NOTICE: core is held by module mid
            """);
    assertThat(run.calls()).isEmpty();
    assertThat(steps(run("-r -a core side"))).isEqualTo("rmmod side");
    assertThat(run("-r -q core").err()).isEmpty();
  }

  @Test
  void remove_ofALoadedModuleThatTheTreeDoesNotHave_works() {
    kernel.has("my_other", 0);
    assertThat(steps(run("-r my-other"))).isEqualTo("rmmod my_other");
    kernel.has("my_other", 0);
    assertThat(steps(run("-r ./x/my-other-1.0.jar"))).isEqualTo("rmmod my_other");
    kernel.has("my_other", 0);
    kernel.result = -Errno.EBUSY;
    assertThat(run("-r my-other").err())
        .isEqualTo("modprobe: ERROR: could not remove 'my_other': Device or resource busy\n");
  }

  @Test
  void module_thatCallsItselfOtherwiseThanItsFile_isOne() throws IOException {
    Path places = Files.createTempDirectory(root, "places");
    Files.copy(tree.jar("core"), places.resolve("our-core-2.0.jar"));
    Map<String, String> environment = Map.of("JIFFY_MODULES", places.toString());
    for (String name : List.of("core", "our-core")) {
      kernel.modules.clear();
      assertThat(KmodRun.of(kernel, environment, root, "modprobe", name).calls()).hasSize(1);
      kernel.has("core", 0);
      assertThat(KmodRun.of(kernel, environment, root, "modprobe", name).calls()).isEmpty();
      assertThat(KmodRun.of(kernel, environment, root, "modprobe", "-r", name).calls())
          .containsExactly("rmmod core");
    }
  }

  @Test
  void file_whoseModuleCallsItselfOtherwise_isThatModule() throws IOException {
    Path file = Files.createTempDirectory(root, "mods2").resolve("my-lib-2.0.jar");
    Files.copy(tree.jar("core"), file);
    kernel.has("core", 0);
    assertThat(run(file.toString()).calls()).as("it is loaded").isEmpty();
    assertThat(run("-r " + file).calls()).containsExactly("rmmod core");
    kernel.has("core", 0);
    assertThat(KmodRun.of(kernel, Map.of(), file.getParent(), "rmmod", "my-lib-2.0.jar").calls())
        .containsExactly("rmmod core");
    assertThat(run("-r " + file).err()).contains("not found");
  }

  @Test
  void remove_withoutAKernel_saysSo() {
    ToolRun run = ToolRun.of(root, Map.of("JIFFY_MODULES", "none"), "modprobe", "-r", "core");
    assertThat(run.err()).contains("no kernel is running");
    assertThat(run.status()).isEqualTo(1);
  }

  private static RunningKernel.Module unused(String name) {
    return new RunningKernel.Module(name, 16384, 0, List.of());
  }
}
