package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import jiffy.linux.Errno;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.testkit.LoaderLeaks;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** JARs in a module's JAR. */
@Timeout(120)
@ParameterizedClass(name = "{0}")
@EnumSource
class LibrariesTest {
  @Parameter On on;
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

  /** A library's source; two versions of it have the same names. */
  private static String json(String version) {
    return "package org.json;\n"
        + "public class Json { public static String version() { return \""
        + version
        + "\"; } }";
  }

  /** A module that prints what an expression gives. */
  private static String printing(String className, String expression) {
    String init = "{ printk(\"" + className + ": \" + " + expression + "); return 0; }";
    return "package my."
        + className.toLowerCase(java.util.Locale.ROOT)
        + ";\n"
        + Sources.gpl(
            className,
            "{ module_init(() -> init()); module_exit(() -> {}); }",
            "static int init() throws Exception " + init);
  }

  private List<Path> copies() {
    try (Stream<Path> files = Files.list(dir.resolve("cache"))) {
      return files.toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void insmod_library_isOnTheClassPathAndGoesWithTheModule() {
    Path jar =
        ModuleJar.ofSources(List.of(json("1.0")), printing("A", "org.json.Json.version()"))
            .library("json-1.0.jar", ModuleJar.of(json("1.0")))
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 A: 1.0");
    assertThat(copies()).hasSize(2).allMatch(file -> file.toString().endsWith(".jiffy-copy.jar"));
    assertThat(room.rmmod("a")).isZero();
    assertThat(copies()).isEmpty();
    LoaderLeaks.assertCollected(room.loaders);
  }

  @Test
  void insmod_twoVersionsOfALibrary_eachModuleSeesItsOwn() {
    for (String version : List.of("1.0", "2.0")) {
      String name = version.equals("1.0") ? "A" : "B";
      Path jar =
          ModuleJar.ofSources(List.of(json(version)), printing(name, "org.json.Json.version()"))
              .library("json.jar", ModuleJar.of(json(version)))
              .writeTo(dir.resolve(name + ".jar"));
      assertThat(room.insmod(jar)).isZero();
    }
    assertThat(room.logWithoutTaint()).containsExactly("6 A: 1.0", "6 B: 2.0");
    String curious = printing("C", "Class.forName(\"org.json.Json\")");
    assertThat(room.insmod(room.jar("c.jar", curious))).isEqualTo(-Errno.EFAULT);
    assertThat(room.log)
        .anyMatch(line -> line.contains("org.json.Json: not in the JAR of module c"));
  }

  @Test
  void insmod_resourcesAndServicesOfALibrary_areFound() {
    String codec =
        "package org.codec; public class Hex implements java.util.function.Supplier<String> {"
            + " public String get() { return \"hex of \" + getClass().getPackage()"
            + ".getImplementationVersion(); } }";
    ModuleJar library =
        ModuleJar.of(codec)
            .manifest("Implementation-Version", "7.1")
            .entry("META-INF/services/java.util.function.Supplier", bytes("org.codec.Hex\n"))
            .entry("org/codec/names.txt", bytes("names"));
    String services =
        "java.util.ServiceLoader.load(java.util.function.Supplier.class).iterator().next().get()";
    String resource =
        "new String(A.class.getResourceAsStream(\"/org/codec/names.txt\").readAllBytes())";
    Path jar =
        ModuleJar.of(printing("A", services + " + \", \" + " + resource))
            .library("codec.jar", library)
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 A: hex of 7.1, names");
  }

  @Test
  void insmod_multiReleaseLibrary_givesTheClassesOfThisJava() {
    byte[] newer = ModuleJar.of(json("of 17")).bytesOf("org/json/Json.class");
    ModuleJar library =
        ModuleJar.of(json("of 8"))
            .manifest("Multi-Release", "true")
            .entry("META-INF/versions/17/org/json/Json.class", newer);
    Path jar =
        ModuleJar.ofSources(List.of(json("x")), printing("A", "org.json.Json.version()"))
            .library("json.jar", library)
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 A: of 17");
  }

  @Test
  void insmod_timerOfALibrarysClass_isTheModules() {
    String helper =
        """
        package org.helper;
        import static jiffy.linux.Timers.*;
        public class Helper {
          static final jiffy.types.TimerList timer = new jiffy.types.TimerList();
          public static void arm() { timer_setup(timer, t -> {}, 0); add_timer(timer); }
        }
        """;
    String user =
        Sources.gpl(
            "M",
            "{ module_init(() -> { org.helper.Helper.arm(); return 0; });"
                + " module_exit(() -> {}); }");
    Path jar =
        ModuleJar.ofSources(List.of(helper), "package my.m;\n" + user)
            .library("helper.jar", ModuleJar.of(helper))
            .writeTo(dir.resolve("m.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.rmmod("m")).isZero();
    assertThat(room.log).contains("4 m: rmmod: 1 timer taken back");
  }

  @Test
  void insmod_ownPackagesInALibrary_countForTheImports() {
    String other = "package lib; public class Other { public static void open() {} }";
    String part = "package my.m.part; public class Part { static void f() { lib.Other.open(); } }";
    ModuleJar library = ModuleJar.ofSources(List.of(other), part);
    Path jar =
        ModuleJar.of(printing("M", "1")).library("part.jar", library).writeTo(dir.resolve("m.jar"));
    assertThat(room.insmod(jar)).isEqualTo(-Errno.ENOENT);
    assertThat(room.logWithoutTaint()).containsExactly("4 m: Unknown symbol open (err -2)");
  }

  @Test
  void insmod_brokenLibrary_isEnoexecWithItsPath() {
    byte[] sound = ModuleJar.of(json("1.0")).bytes();
    byte[] damaged = sound.clone();
    Arrays.fill(damaged, 60, 120, (byte) 0x55);
    assertRefused("a.jar: lib/json.jar: not a JAR, or a damaged", bytes("no zip"));
    assertRefused(
        "a.jar: lib/json.jar: not a JAR, or a damaged", Arrays.copyOf(sound, sound.length - 30));
    assertRefused("a.jar: lib/json.jar: not a JAR, or a damaged", damaged);
    byte[] ours = ModuleJar.empty().entry("jiffy/linux/X.class", new byte[20]).bytes();
    assertRefused("a.jar: lib/json.jar: carries jiffy/linux/X.class", ours);
    assertThat(copies()).isEmpty();
  }

  private void assertRefused(String sentence, byte[] library) {
    room.log.clear();
    Path jar =
        ModuleJar.of(printing("A", "1")).library("json.jar", library).writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.log).hasSize(1);
    assertThat(room.log.get(0)).startsWith("3 " + sentence);
  }

  @Test
  void insmod_sameClassTwice_firstIsUsedAndThatIsSaid() {
    Path jar =
        ModuleJar.ofSources(List.of(json("x")), printing("A", "org.json.Json.version()"))
            .library("json-2.jar", ModuleJar.of(json("2")))
            .library("json-1.jar", ModuleJar.of(json("1")))
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 a: lib/json-1.jar and lib/json-2.jar both have org.json.Json: the first is used",
            "6 A: 1");
  }

  @Test
  void insmod_classesOfANewerJavaInALibrary_areNotAsked() {
    String extra = "package org.json; public class Newer {}";
    ModuleJar library = ModuleJar.of(json("1")).plus(ModuleJar.of(extra).ofJava(99));
    Path jar =
        ModuleJar.ofSources(List.of(json("x")), printing("A", "org.json.Json.version()"))
            .library("json.jar", library)
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
  }

  @Test
  void insmod_jarsElsewhereInTheJar_areNotLibraries() {
    Path jar =
        ModuleJar.of(printing("A", "1"))
            .entry("lib/more/broken.jar", bytes("x"))
            .entry("other/broken.jar", bytes("x"))
            .entry("lib/readme.txt", bytes("x"))
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(copies()).hasSize(1);
  }

  @Test
  void insmod_nameThatIsNoFileName_isCopiedAllTheSame() {
    String strange = "a:b*?\u00e9" + "x".repeat(300) + ".jar";
    Path jar =
        ModuleJar.ofSources(List.of(json("x")), printing("A", "org.json.Json.version()"))
            .library(strange, ModuleJar.of(json("1")))
            .writeTo(dir.resolve("a.jar"));
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 A: 1");
  }

  @Test
  void read_fileWithLibraries_knowsTheirClassesAndLeavesNoCopy() throws BadModuleException {
    Path jar =
        ModuleJar.ofSources(List.of(json("1")), printing("A", "org.json.Json.version()"))
            .library("json.jar", ModuleJar.of(json("1")))
            .writeTo(dir.resolve("a.jar"));
    assertThat(ModuleFile.read(jar, "a.jar", new HostClasses()).imports()).isEmpty();
  }

  /** Exports a method that takes a class of its library. */
  private Path exporter(String version) {
    String exporter =
        "package my.exporter;\n"
            + Sources.gpl(
                "Exporter",
                "@ExportSymbol public static void take(org.json.Json json) {"
                    + " printk(\"took \" + json.version()); }");
    return ModuleJar.ofSources(List.of(json(version)), exporter)
        .library("json.jar", ModuleJar.of(json(version)))
        .writeTo(dir.resolve("exporter.jar"));
  }

  private Path user(String version) {
    String stub =
        "package my.exporter; public class Exporter {"
            + " public static void take(org.json.Json json) {} }";
    return ModuleJar.ofSources(
            List.of(json(version), stub),
            "package my.user;\n"
                + Sources.gpl(
                    "User",
                    "{ module_init(() -> { my.exporter.Exporter.take(new org.json.Json());"
                        + " return 0; }); module_exit(() -> {}); }"))
        .library("json.jar", ModuleJar.of(json(version)))
        .writeTo(dir.resolve("user.jar"));
  }

  @Test
  void insmod_exportedMethodTakesALibrarysClass_sameVersionIsShared() {
    assertThat(room.insmod(exporter("1"))).isZero();
    assertThat(room.insmod(user("1"))).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 took 1");
  }

  @Test
  void insmod_exportedMethodTakesALibrarysClass_otherVersionIsRefusedBySentence() {
    assertThat(room.insmod(exporter("1"))).isZero();
    assertThat(room.insmod(user("2"))).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "3 user: class org.json.Json in lib/json.jar is not the one in lib/json.jar of module"
                + " exporter, which shows it in what it exports: give both the same version, or"
                + " leave it out of the exported methods");
    assertThat(room.rmmod("exporter")).isZero();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
