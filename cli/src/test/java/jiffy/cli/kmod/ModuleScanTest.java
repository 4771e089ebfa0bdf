package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import jiffy.cli.kmod.depmod.ModuleScan;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The index of directories that have none on disk. */
class ModuleScanTest {
  @TempDir Path root;

  private final ModuleScan scan = new ModuleScan();

  private final List<String> unreadable = new ArrayList<>();

  private ModuleScan.Index index(Path... directories) {
    return scan.index(List.of(directories), (each, e) -> unreadable.add(each + " " + e));
  }

  @Test
  void index_isWhatTheLookupsRead() throws IOException {
    Path one = root.resolve("one");
    Path two = root.resolve("with blanks");
    Sources.write(one.resolve("a-a.jar"), "alias = \"x-*\"");
    Sources.write(two.resolve("b.jar"), "softdep = \"pre: c\"", "a_a");
    Sources.write(two.resolve("d.jar"), "", "b");
    ModuleScan.Index made = index(one, two);
    ModuleIndex index = ModuleIndex.of(made.base(), made.texts());
    assertThat(index.module("d"))
        .isEqualTo(
            Optional.of(new ModuleIndex.Entry("d", two.resolve("d.jar"), List.of("a_a", "b"))));
    assertThat(index.module("a-a").orElseThrow().path()).isEqualTo(one.resolve("a-a.jar"));
    assertThat(index.byAlias("x-1")).containsExactly("a_a");
    assertThat(index.exporters("b_fn")).containsExactly("b");
    assertThat(made.texts().get("modules.softdep")).endsWith("softdep b pre: c\n");
    assertThat(made.problems()).isEmpty();
  }

  @Test
  void dependenciesOfPlugins_areInModulesDep_andWhatPf4jAsksForLaterIsNotMissing()
      throws IOException {
    String point = "package api; public interface Point extends org.pf4j.ExtensionPoint {}";
    String absent = "package absent; public class Absent {}";
    String user =
        "package user; public class User extends org.pf4j.Plugin implements api.Point {"
            + " Object o() { return new absent.Absent(); } }";
    plugin(ModuleJar.of(point), "com.acme.api").writeTo(root.resolve("api-1.0.jar"));
    plugin(ModuleJar.ofSources(List.of(point, absent), user), "user")
        .manifest("Plugin-Class", "user.User")
        .manifest("Plugin-Dependencies", "com.acme.api@>=1.0.0, other?")
        .writeTo(root.resolve("user.jar"));
    ModuleScan.Index made = index(root);
    assertThat(made.texts()).containsEntry("modules.dep", "api-1.0.jar:\nuser.jar: api-1.0.jar\n");
    assertThat(made.problems()).isEmpty();
  }

  private static ModuleJar plugin(ModuleJar jar, String id) {
    return jar.manifest("Plugin-Id", id).manifest("Plugin-Version", "1.0.0");
  }

  @Test
  void index_ofUnchangedDirectories_isTheSame() throws IOException {
    Path jar = Sources.write(root.resolve("a.jar"), "");
    ModuleScan.Index before = index(root);
    assertThat(index(root)).isSameAs(before);

    Sources.write(jar, "alias = \"new\"");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.EPOCH));
    assertThat(index(root).texts().get("modules.alias")).endsWith("alias new a\n");

    Files.delete(jar);
    assertThat(index(root).texts()).containsEntry("modules.dep", "");
  }

  @Test
  void index_ofNoDirectory_isEmpty() {
    assertThat(index(root.resolve("none")).texts()).containsEntry("modules.dep", "");
    assertThat(unreadable).isEmpty();
  }

  @Test
  void directoryThatIsNone_isTold_andTheOthersCount() throws IOException {
    Path file = Files.writeString(root.resolve("file"), "");
    Path jar = Sources.write(root.resolve("one/a.jar"), "");
    for (int run = 0; run < 2; run++) {
      unreadable.clear();
      assertThat(index(file, jar.getParent()).texts()).containsEntry("modules.dep", jar + ":\n");
      assertThat(unreadable).hasSize(1).allMatch(each -> each.startsWith(file + " "));
    }
  }

  @Test
  void moduleThatIsThereTwice_isTheFirst() throws IOException {
    Path one = Sources.write(root.resolve("one/m.jar"), "");
    Path two = Sources.write(root.resolve("two/m.jar"), "");
    ModuleScan.Index made = index(one.getParent(), two.getParent());
    assertThat(made.texts()).containsEntry("modules.dep", "m.jar:\n");
    assertThat(made.problems()).containsExactly(two + ": module m is " + one + " already");
  }

  @Test
  void cyclesAndBrokenJars_areProblems_andTheRestIsThere() throws IOException {
    Sources.write(root.resolve("a.jar"), "", "b");
    Sources.write(root.resolve("b.jar"), "", "a");
    Sources.write(root.resolve("user.jar"), "", "a");
    Files.writeString(root.resolve("broken.jar"), "");
    Files.writeString(root.resolve("README.md"), "no JAR");
    ModuleScan.Index made = index(root);
    assertThat(made.texts().get("modules.dep"))
        .contains("broken.jar:\n", "a.jar: b.jar\n", "b.jar: a.jar\n")
        .doesNotContain("README");
    assertThat(made.problems()).hasSize(2).anyMatch("Cycle detected: a -> b -> a"::equals);
    assertThat(made.problems()).anyMatch(each -> each.startsWith(root + "/broken.jar: "));
  }

  @Test
  void constantPoolThatIsBroken_isAProblemOfThatJarOnly() throws IOException {
    Sources.write(root.resolve("a.jar"), "");
    ModuleJar broken =
        ModuleJar.of(
            "@jiffy.linux.ModuleInfo(license = \"GPL\")"
                + " public class M extends jiffy.linux.KernelModule {}");
    byte[] bytes = broken.bytesOf("M.class");
    bytes[10 + 3] =
        (byte) 0xff; // of the first constant, Methodref KernelModule.<init>: name and type
    bytes[10 + 4] = (byte) 0xff;
    broken.entry("M.class", bytes).writeTo(root.resolve("broken.jar"));
    ModuleScan.Index made = index(root);
    assertThat(made.texts().get("modules.dep")).contains("a.jar:\n");
    assertThat(made.problems()).hasSize(1).allMatch(each -> each.contains("cannot be understood"));
  }
}
