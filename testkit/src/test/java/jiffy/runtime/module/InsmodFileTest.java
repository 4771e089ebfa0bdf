package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import jiffy.linux.Errno;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Files that are no modules, and how the module in a JAR is found; truth/11. */
@ParameterizedClass(name = "{0}")
@EnumSource
class InsmodFileTest {
  @Parameter On on;
  @TempDir Path dir;
  private Room room;

  @BeforeEach
  void boot() {
    room = new Room(on.arch(), dir);
  }

  @AfterEach
  void nothingIsLeft() throws IOException {
    room.modules.close();
    assertThat(room.modules.list()).isEmpty();
    assertThat(copies()).isEmpty();
    room.close();
  }

  private List<Path> copies() throws IOException {
    if (!Files.exists(dir.resolve("cache"))) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(dir.resolve("cache"))) {
      return files.toList();
    }
  }

  private void assertRefused(int errno, Path jar, String... parts) {
    assertThat(room.insmod(jar)).isEqualTo(-errno);
    assertThat(room.log).hasSize(1);
    assertThat(room.log.get(0)).startsWith("3 " + jar.getFileName()).contains(parts);
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void insmod_missingFile_isEnoentSilently() {
    assertThat(room.insmod(dir.resolve("missing.jar"))).isEqualTo(-Errno.ENOENT);
    assertThat(room.insmod(dir.resolve("no/dir/missing.jar"))).isEqualTo(-Errno.ENOENT);
    assertThat(room.log).isEmpty();
  }

  @Test
  void insmod_directory_isEisdirSilently() {
    assertThat(room.insmod(dir)).isEqualTo(-Errno.EISDIR);
    assertThat(room.log).isEmpty();
  }

  @Test
  void insmod_emptyFile_isEinvalSilently() throws IOException {
    assertThat(room.insmod(Files.createFile(dir.resolve("zero.jar")))).isEqualTo(-Errno.EINVAL);
    assertThat(room.log).isEmpty();
  }

  @Test
  void insmod_textFile_isEnoexec() throws IOException {
    Path text = Files.writeString(dir.resolve("text.jar"), "this is text\n");
    assertRefused(Errno.ENOEXEC, text, "not a JAR");
  }

  @Test
  void insmod_truncatedJar_isEnoexec() {
    ModuleJar jar = ModuleJar.of(Sources.hello("Hello"));
    assertRefused(Errno.ENOEXEC, jar.writeTruncatedTo(dir.resolve("trunc.jar"), 300), "truncated");
  }

  @Test
  void insmod_damagedClass_isEnoexecByName() {
    ModuleJar jar =
        ModuleJar.empty().entry("Bad.class", "not a class".getBytes(StandardCharsets.UTF_8));
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("bad.jar")), "Bad.class");
  }

  @Test
  void insmod_classOfANewerJava_isEnoexecNamingBoth() {
    int here = Runtime.version().feature();
    ModuleJar jar = ModuleJar.of(Sources.hello("Hello")).ofJava(here + 1);
    assertRefused(
        Errno.ENOEXEC,
        jar.writeTo(dir.resolve("new.jar")),
        "Hello.class is of Java " + (here + 1) + " (class file version " + (here + 45) + ")",
        "this JVM is Java " + here,
        "--release " + here);
  }

  @Test
  void insmod_jarThatCarriesTheApi_isRefusedByName() {
    ModuleJar jar =
        ModuleJar.of(Sources.hello("Hello")).entry("jiffy/linux/Timers.class", new byte[20]);
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("fat.jar")), "jiffy/linux/Timers.class");
  }

  @Test
  void insmod_classThatUnpacksToNoEnd_isRefusedByName() {
    byte[] huge = new byte[(16 << 20) + 1]; // a few kB in the JAR
    ModuleJar jar = ModuleJar.of(Sources.hello("Hello")).entry("Huge.class", huge);
    assertRefused(
        Errno.ENOEXEC, jar.writeTo(dir.resolve("bomb.jar")), "Huge.class has more than 16 MB");
  }

  @Test
  void insmod_jarOfPlainJavacAndJar_isFoundByItsClass() {
    Path jar = ModuleJar.of(Sources.hello("Hello")).bare().writeTo(dir.resolve("plain.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.modules.find("plain")).isPresent();
  }

  @Test
  void insmod_jarWithoutAModule_isEnoexec() {
    ModuleJar jar = ModuleJar.of("public class Lib {}");
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("lib.jar")), "no class in it extends");
  }

  @Test
  void insmod_missingPluginClass_isEnoexec() {
    ModuleJar jar = ModuleJar.of(Sources.hello("Hello")).manifest("Plugin-Class", "Gone");
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("x.jar")), "Plugin-Class: Gone");
  }

  @Test
  void insmod_twoModuleClasses_isEnoexecNamingBoth() {
    ModuleJar jar = ModuleJar.of(Sources.hello("B"), Sources.hello("A"));
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("two.jar")), "(A, B)", "Plugin-Class");
  }

  @Test
  void insmod_twoModuleClassesAndAManifest_loadsTheNamedOne() {
    ModuleJar jar =
        ModuleJar.of(Sources.hello("B"), Sources.hello("A")).manifest("Plugin-Class", "B");
    assertThat(room.insmod(jar.writeTo(dir.resolve("two.jar")))).isZero();
    assertThat(room.log).contains("6 B: init");
  }

  @Test
  void insmod_moduleBelowAnAbstractOne_isFound() {
    ModuleJar jar =
        ModuleJar.of(
            "public abstract class Base extends jiffy.linux.KernelModule {}",
            "@jiffy.linux.ModuleInfo(license = \"GPL\") public class Leaf extends Base {}");
    assertThat(room.insmod(jar.writeTo(dir.resolve("leaf.jar")))).isZero();
  }

  @Test
  void insmod_infoOnAPlainClass_isEnoexec() {
    ModuleJar jar = ModuleJar.of("@jiffy.linux.ModuleInfo(license = \"GPL\") public class P {}");
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("p.jar")), "P has @ModuleInfo");
  }

  @Test
  void insmod_constructorWithParameters_isEnoexec() {
    ModuleJar jar = ModuleJar.of(Sources.gpl("M", "public M(int x) {}"));
    assertRefused(Errno.ENOEXEC, jar.writeTo(dir.resolve("m.jar")), "no constructor without");
  }

  @Test
  void insmod_badParameterDeclarations_areEnoexec() {
    assertRefused(
        Errno.ENOEXEC,
        room.jar("a.jar", Sources.gpl("A", "@ModuleParam int x;")),
        "parameter A.x is not static");
    room.log.clear();
    assertRefused(
        Errno.ENOEXEC,
        room.jar(
            "b.jar",
            Sources.gpl(
                "B",
                "@ModuleParam static final int x = hash();",
                "static int hash() { return 1; }")),
        "parameter B.x is final");
    room.log.clear();
    assertRefused(
        Errno.ENOEXEC,
        room.jar("c.jar", Sources.gpl("C", "@ModuleParam(type = \"ulong\") static int x;")),
        "cannot hold a value of type ulong");
  }

  @Test
  void insmod_otherKernelVersionRequired_isVersionMagic() {
    ModuleJar jar = ModuleJar.of(Sources.hello("Hello")).manifest("Plugin-Requires", ">=9.0.0");
    assertThat(room.insmod(jar.writeTo(dir.resolve("hello.jar")))).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.logWithoutTaint())
        .containsExactly("3 hello: version magic '0.1.0' should be '>=9.0.0'");
    assertThat(room.modules.pluginManager().getPlugins()).isEmpty();
    assertThat(room.insmod(room.jar("hello.jar", Sources.hello("Hello")))).isZero();
  }

  @Test
  void insmod_unknownSymbols_areNamedOnceEach() {
    String library =
        """
        package lib;
        public class KernelTimer {
          public static void TimerStart(int n) {}
          public static void TimerDrop() {}
          public static class Handle {}
        }
        """;
    String user =
        "package user;\n"
            + Sources.gpl(
                "KtUser",
                "static Object o = new lib.KernelTimer.Handle();",
                "{ module_init(() -> { lib.KernelTimer.TimerStart(1); lib.KernelTimer.TimerStart(2);"
                    + " return 0; }); }",
                "static void f() { lib.KernelTimer.TimerDrop(); }");
    Path jar = ModuleJar.ofSources(List.of(library), user).writeTo(dir.resolve("ktuser.jar"));
    assertThat(room.insmod(jar)).isEqualTo(-Errno.ENOENT);
    assertThat(room.logWithoutTaint())
        .containsExactlyInAnyOrder(
            "4 ktuser: Unknown symbol lib.KernelTimer$Handle (err -2)",
            "4 ktuser: Unknown symbol TimerStart (err -2)",
            "4 ktuser: Unknown symbol TimerDrop (err -2)");
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void insmod_apiFunctionThatThisKernelLacks_isAnUnknownSymbol() {
    String newer =
        "package jiffy.linux; public final class Rtc { public static int rtc_read() { return 0; } }";
    String user = "package u;\n" + Sources.gpl("U", "static int x = jiffy.linux.Rtc.rtc_read();");
    Path jar = ModuleJar.ofSources(List.of(newer), user).writeTo(dir.resolve("u.jar"));
    assertThat(room.insmod(jar)).isEqualTo(-Errno.ENOENT);
    assertThat(room.logWithoutTaint()).containsExactly("4 u: Unknown symbol rtc_read (err -2)");
  }

  @Test
  void insmod_optionalDependencyOfAPackedLibrary_isNoOnesFault() {
    String absent = "package absent; public class Thing { public static void f() {} }";
    String library =
        "package other.lib; public class Lib { public static void g() { absent.Thing.f(); } }";
    String user = "package my.mod;\n" + Sources.gpl("M", "static Object o = new other.lib.Lib();");
    Path jar = ModuleJar.ofSources(List.of(absent), library, user).writeTo(dir.resolve("m.jar"));
    assertThat(room.insmod(jar)).isZero();
  }

  @Test
  void insmod_runtimeClasses_areHidden() {
    String user =
        "package u;\n"
            + Sources.gpl(
                "U",
                "{ module_init(() -> { for (String n : new String[] {"
                    + " \"jiffy.runtime.module.Modules\", \"com.google.common.base.Strings\","
                    + " \"org.apache.logging.log4j.core.Logger\", \"org.slf4j.Logger\","
                    + " \"org.apache.logging.log4j.Logger\", \"javax.tools.JavaCompiler\"}) {"
                    + " try { Class.forName(n); printk(\"seen \" + n); }"
                    + " catch (ClassNotFoundException e) { printk(\"hidden \" + n); } }"
                    + " return 0; }); module_exit(() -> {}); }");
    assertThat(room.insmod(room.jar("u.jar", user))).isZero();
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "6 hidden jiffy.runtime.module.Modules",
            "6 hidden com.google.common.base.Strings",
            "6 hidden org.apache.logging.log4j.core.Logger",
            "6 seen org.slf4j.Logger",
            "6 seen org.apache.logging.log4j.Logger",
            "6 seen javax.tools.JavaCompiler");
  }

  @Test
  void insmod_nameOfTheModule_isTheAnnotationsOrTheFiles() {
    assertThat(room.insmod(room.jar("my-hello-1.2.jar", Sources.hello("Hello")))).isZero();
    assertThat(room.modules.find("my-hello")).isPresent();
    String named = Sources.hello("Other", "@ModuleInfo(name = \"an-other\", license = \"GPL\")");
    assertThat(room.insmod(room.jar("x.jar", named))).isZero();
    assertThat(room.modules.list())
        .extracting(ModuleView::name)
        .containsExactly("an_other", "my_hello");
    assertThat(room.rmmod("some/where/my-hello-1.2.jar")).isZero();
    assertThat(room.rmmod("an-other")).isZero();
  }

  @Test
  void insmod_nameThatIsNone_isEnoexec() {
    String named = Sources.hello("Hello", "@ModuleInfo(name = \"a b\", license = \"GPL\")");
    assertRefused(Errno.ENOEXEC, room.jar("x.jar", named), "'a b' is no module name");
  }

  @Test
  void insmod_fileReplacedAfterwards_doesNotDisturbTheModule() throws IOException {
    String user =
        Sources.gpl(
            "M",
            "static class Later { static String text() { return \"from the copy\"; } }",
            "{ module_init(() -> 0); module_exit(() -> printk(Later.text())); }");
    Path jar = room.jar("m.jar", user);
    assertThat(room.insmod(jar)).isZero();
    Files.writeString(jar, "overwritten by a build");
    assertThat(copies()).hasSize(1);
    assertThat(room.rmmod("m")).isZero();
    assertThat(room.log).contains("6 from the copy");
    assertThat(copies()).isEmpty();
  }
}
