package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import jiffy.linux.Errno;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whom {@code Plugin-Dependencies} means, where several ids give one module's name. */
class DependencyIdsTest {
  @TempDir Path dir;
  private Room room;

  @BeforeEach
  void boot() {
    room = new Room(On.SIM.arch(), dir);
  }

  @AfterEach
  void halt() {
    room.close();
  }

  private int insmodPlugin(String id, String dependencies) {
    return room.insmod(
        ModuleJar.of("package p; public class P {}")
            .manifest("Plugin-Id", id)
            .manifest("Plugin-Version", "1.0.0")
            .manifest("Plugin-Dependencies", dependencies)
            .writeTo(dir.resolve("p.jar")));
  }

  private int insmodModule(String id) {
    ModuleJar jar =
        ModuleJar.of(Sources.hello("M", "@ModuleInfo(name = \"foo_bar\", license = \"GPL\")"));
    return room.insmod(jar.manifest("Plugin-Id", id).writeTo(dir.resolve("m.jar")));
  }

  @Test
  void dependency_onAPlugin_isThatOfEqualIdOnly() {
    assertThat(insmodPlugin("foo-bar", "")).isZero();
    assertThat(insmodPlugin("user", "foo.bar")).isEqualTo(-Errno.ENOENT);
    assertThat(room.log)
        .contains("4 user: needs plugin foo.bar, which is not loaded (Plugin-Dependencies)");
    assertThat(insmodPlugin("user", "foo-bar")).isZero();
    assertThat(insmodPlugin("other", "foo.bar?")).isZero();
    assertThat(room.modules.find("foo_bar").orElseThrow().holders()).containsExactly("user");
  }

  @Test
  void dependency_onAKernelModule_isByItsNameOrItsId() {
    assertThat(insmodModule("foo.bar")).isZero();
    assertThat(insmodPlugin("by.id", "foo.bar")).isZero();
    assertThat(insmodPlugin("by.name", "foo_bar")).isZero();
    assertThat(insmodPlugin("as.linux", "foo-bar")).isZero();
    assertThat(insmodPlugin("another", "foo bar")).isEqualTo(-Errno.ENOENT);
  }

  @Test
  void dependency_onAPluginThatIsNotLoaded_isNoKernelModuleOfALikeName() {
    assertThat(insmodModule("m")).isZero();
    assertThat(insmodPlugin("user", "foo.bar")).isEqualTo(-Errno.ENOENT);
  }
}
