package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.Version;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.Modules;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a module was built for, and force. */
class VermagicTest {
  private static final String HELLO =
      """
      import jiffy.linux.*;
      @ModuleInfo(name = "hello", license = "GPL")
      public final class Hello extends KernelModule {
        { module_init(() -> { Printk.printk("Hello\\n"); return 0; }); module_exit(() -> {}); }
      }
      """;

  private static final String TAINT = "hello: loading out-of-tree module taints kernel.";

  @TempDir private Path directory;
  private Machine machine;
  private Attachment shell;

  @BeforeEach
  void boot() {
    machine = Machine.simulate("");
    shell = machine.attach("insmod");
    machine.log().clear();
  }

  @AfterEach
  void halt() {
    machine.close();
    shell.close();
  }

  private int insmod(String vermagic, int flags) {
    Path jar = directory.resolve("hello.jar");
    ModuleJar.of(HELLO).manifest("Jiffy-Vermagic", vermagic).writeTo(jar);
    Context self = shell.context();
    return machine.modules().insmod(self, jar, List.of(), flags, module -> {});
  }

  private List<String> texts() {
    return GoldenLog.texts(machine.dmesg());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1.0", "2", "6.1.0-56-amd64 SMP mod_unload", "x"})
  void insmod_builtForAnotherMajor_isRefusedAndBothAreNamed(String vermagic) {
    assertThat(insmod(vermagic, 0)).isEqualTo(-Errno.ENOEXEC);
    assertThat(texts())
        .containsExactly(
            "hello: version magic '" + vermagic + "' should be '" + Version.VERMAGIC + "'");
    assertThat(machine.modules().tainted()).isZero();
    assertThat(machine.modules().list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.0", "0.1", "0.9", "0"})
  void insmod_builtForThisMajor_isLoaded(String vermagic) {
    assertThat(insmod(vermagic, 0)).isZero();
  }

  @Test
  void insmod_thatSaysNothing_isLoaded() {
    assertThat(insmod(null, 0)).isZero();
  }

  @Test
  void insmod_forceVermagic_goesOverWhatAPluginRequires() {
    Path jar = directory.resolve("hello.jar");
    ModuleJar.of(HELLO).manifest("Plugin-Requires", ">=9.0.0").writeTo(jar);
    Context self = shell.context();
    assertThat(machine.modules().insmod(self, jar, List.of(), 0, module -> {}))
        .isEqualTo(-Errno.ENOEXEC);
    int force = Modules.MODULE_INIT_IGNORE_VERMAGIC;
    assertThat(machine.modules().insmod(self, jar, List.of(), force, module -> {})).isZero();
    assertThat(machine.modules().list()).hasSize(1);
  }

  @Test
  void insmod_forceVermagic_loadsItAndTaints() {
    assertThat(insmod("7.0", Modules.MODULE_INIT_IGNORE_VERMAGIC)).isZero();
    assertThat(texts())
        .startsWith(
            "hello: bad vermagic: kernel tainted.",
            "Disabling lock debugging due to kernel taint",
            TAINT)
        .endsWith("Hello");
    assertThat(machine.modules().tainted()).isEqualTo(12288 + 2);
    assertThat(machine.modules().procModules()).endsWith("(FOE)\n");
  }

  @Test
  void insmod_forceModversion_alone_doesNotForceTheVermagic() {
    assertThat(insmod("7.0", Modules.MODULE_INIT_IGNORE_MODVERSIONS)).isEqualTo(-Errno.ENOEXEC);
    assertThat(texts())
        .containsExactly(
            "hello: module_layout: kernel tainted.",
            "Disabling lock debugging due to kernel taint",
            "hello: version magic '7.0' should be '0.1'");
  }

  @Test
  void insmod_force_isSaidOnce() {
    int force = Modules.MODULE_INIT_IGNORE_MODVERSIONS | Modules.MODULE_INIT_IGNORE_VERMAGIC;
    assertThat(insmod("0.1", force)).isZero();
    machine.rmmod("hello");
    assertThat(insmod("0.1", force)).isZero();
    assertThat(texts())
        .filteredOn(line -> line.endsWith("kernel tainted."))
        .containsExactly("hello: module_layout: kernel tainted.");
  }

  @Test
  void samplesAndExample_carryTheVermagic() throws Exception {
    assertThat(Files.readString(Path.of("sample-modules/pom.xml")))
        .contains("<Jiffy-Vermagic>${jiffy.vermagic}</Jiffy-Vermagic>");
    assertThat(Files.readString(Path.of("docs/example-module/pom.xml")))
        .contains("<Jiffy-Vermagic>" + Version.VERMAGIC + "</Jiffy-Vermagic>");
  }
}
