package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Path;
import java.util.List;
import jiffy.kernel.Current;
import jiffy.linux.Errno;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Task;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Symbols between modules. */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@EnumSource
class SymbolsTest {
  @Parameter On on;
  private static final long SECOND = 1_000_000_000L;
  private static final String GPL = "@ModuleInfo(license = \"GPL\")";

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

  /** A module in a package of its own, {@code NAME.NAME}, that prints when it comes and goes. */
  private static String source(String name, String annotation, String... members) {
    String head =
        "package "
            + name.toLowerCase(java.util.Locale.ROOT)
            + ";\n"
            + "import static jiffy.linux.Printk.*; import jiffy.linux.*;\n";
    return head
        + annotation
        + " public final class "
        + name
        + " extends KernelModule {\n"
        + "{ module_init("
        + name
        + "::init); module_exit(() -> printk(\""
        + name
        + ": exit\")); }\n"
        + String.join("\n", members)
        + "\n}\n";
  }

  private static String init(String name, String body) {
    return "static int init() { printk(\"" + name + ": init\"); " + body + " return 0; }";
  }

  /** A library that exports a function of its name, {@code f_NAME}. */
  private static String library(String name, String... members) {
    String all = init(name, "") + String.join("\n", members);
    return source(name, GPL, "@ExportSymbol public static int f_" + name + "() { return 1; }", all);
  }

  private static String user(String name, String body) {
    return source(name, GPL, init(name, body));
  }

  private Path jar(List<String> compileOnly, String name, String source) {
    return ModuleJar.ofSources(compileOnly, source).writeTo(dir.resolve(name + ".jar"));
  }

  private Path jar(String name, String source) {
    return jar(List.of(), name, source);
  }

  private ModuleView view(String name) {
    return room.modules.find(name).orElseThrow();
  }

  @Test
  void chain_ofThree_isHeldFromItsEnd() {
    String a = library("A");
    String b = library("B", "static int x = a.A.f_A();");
    String c = user("C", "printk(\"sum \" + (a.A.f_A() + b.B.f_B()));");
    assertThat(room.insmod(jar("a", a))).isZero();
    assertThat(room.insmod(jar(List.of(a), "b", b))).isZero();
    assertThat(room.insmod(jar(List.of(a, b), "c", c))).isZero();
    assertThat(room.log).contains("6 sum 2");
    assertThat(room.modules.list())
        .extracting(ModuleView::name, ModuleView::refcount, ModuleView::holders)
        .containsExactly(
            tuple("c", 0, List.of()),
            tuple("b", 1, List.of("c")),
            tuple("a", 2, List.of("c", "b")));
    assertThat(room.rmmod("a")).isEqualTo(-Errno.EAGAIN);
    assertThat(room.rmmodForce("a")).as("not even by force").isEqualTo(-Errno.EAGAIN);
    assertThat(room.rmmod("b")).isEqualTo(-Errno.EAGAIN);
    assertThat(room.rmmod("c")).isZero();
    assertThat(room.rmmod("a")).isEqualTo(-Errno.EAGAIN);
    assertThat(room.rmmod("b")).isZero();
    assertThat(view("a").refcount()).isZero();
    assertThat(room.rmmod("a")).isZero();
    assertThat(room.modules.tainted() & Taint.Flag.FORCED_RMMOD.mask).isZero();
  }

  @Test
  void types_inSignatures_areOneClassForBoth() {
    String library =
        library(
            "Lib",
            "public interface Callback { Point call(Point p); }",
            "public static class Point extends Base { public int x = 3; }",
            "public static class Base { public java.util.List<Deep> more; }",
            "public static class Deep { public String text = \"deep\"; }",
            "public static class Refused extends Exception { }",
            "@ExportSymbol public static void refuse() throws Refused { throw new Refused(); }",
            "@ExportSymbol public static int twice(Callback c) {"
                + " return c.call(c.call(new Point())).x; }");
    String user =
        user(
            "User",
            "printk(\"got \" + lib.Lib.twice(p -> { p.x *= 2; return p; })"
                + " + new lib.Lib.Deep().text + lib.Lib.f_Lib());"
                + "try { lib.Lib.refuse(); } catch (lib.Lib.Refused e) { printk(\"refused\"); }");
    assertThat(room.insmod(jar("lib", library))).isZero();
    assertThat(room.insmod(jar(List.of(library), "user", user))).isZero();
    assertThat(room.log).contains("6 got 12deep1", "6 refused");
  }

  @Test
  void classes_thatNothingExportsOrShows_areHidden() {
    String library =
        library("Lib", "public static class Secret {}", "public static int quiet() { return 2; }");
    String user =
        user(
            "User",
            "lib.Lib.f_Lib(); try { Class.forName(\"lib.Lib$Secret\"); printk(\"seen\"); }"
                + " catch (ClassNotFoundException e) { printk(\"hidden\"); }");
    assertThat(room.insmod(jar("lib", library))).isZero();
    assertThat(room.insmod(jar(List.of(library), "user", user))).isZero();
    assertThat(room.log).contains("6 hidden");
    String curious = user("Curious", "lib.Lib.quiet(); new lib.Lib.Secret();");
    assertThat(room.insmod(jar(List.of(library), "curious", curious))).isEqualTo(-Errno.ENOENT);
    assertThat(room.log)
        .contains(
            "4 curious: Unknown symbol quiet (err -2)",
            "4 curious: Unknown symbol lib.Lib$Secret (err -2)");
  }

  @Test
  void typeOfAThirdModule_isPassedOn() {
    String a = library("A", "@ExportSymbol public static T make() { return new T(); }", TYPE);
    String b = library("B", "@ExportSymbol public static a.A.T pass() { return a.A.make(); }");
    String c = user("C", "Object o = b.B.pass(); printk(\"got \" + o.getClass().getSimpleName());");
    assertThat(room.insmod(jar("a", a))).isZero();
    assertThat(room.insmod(jar(List.of(a), "b", b))).isZero();
    assertThat(room.insmod(jar(List.of(a, b), "c", c))).isZero();
    assertThat(room.log).contains("6 got T");
  }

  private static final String TYPE = "public static class T { public int x; }";

  @Test
  void insmod_thatFailsLater_givesTheReferenceBack() {
    String a = library("A");
    assertThat(room.insmod(jar("a", a))).isZero();
    String unlucky = source("U", GPL, "static int init() { return -a.A.f_A(); }");
    assertThat(room.insmod(jar(List.of(a), "u", unlucky))).isEqualTo(-1);
    assertThat(view("a").refcount()).isZero();
    String missing = library("Missing");
    String half = user("H", "a.A.f_A(); missing.Missing.f_Missing();");
    assertThat(room.insmod(jar(List.of(a, missing), "h", half))).isEqualTo(-Errno.ENOENT);
    assertThat(view("a").refcount()).isZero();
    assertThat(view("a").holders()).isEmpty();
    String thrower = source("T", GPL, "static int init() { a.A.f_A(); throw new Error(); }");
    assertThat(room.insmod(jar(List.of(a), "t", thrower))).isEqualTo(-Errno.EFAULT);
    assertThat(room.rmmod("a")).isZero();
  }

  @Test
  void symbol_ofAnotherSignature_isAnotherVersion() {
    String old = library("A");
    String changed = old.replace("int f_A()", "long f_A()");
    assertThat(room.insmod(jar("a", changed))).isZero();
    assertThat(room.insmod(jar(List.of(old), "u", user("U", "a.A.f_A();"))))
        .isEqualTo(-Errno.EINVAL);
    assertThat(room.log)
        .containsSequence(
            "4 u: disagrees about version of symbol f_A", "4 u: Unknown symbol f_A (err -22)");
  }

  @Test
  void export_ofWhatCannotBeCalled_orTwice_isRefused() {
    String hidden = library("A").replace("public static int f_A", "static int f_A");
    assertThat(room.insmod(jar("a", hidden))).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.log)
        .contains(
            "3 a.jar: a.A.f_A has @ExportSymbol, but is not a public static method of a public"
                + " class");
    String twice =
        "package a; public class Z { @jiffy.linux.ExportSymbol public static void f_A() {} }";
    Path both = ModuleJar.of(library("A"), twice).writeTo(dir.resolve("both.jar"));
    assertThat(room.insmod(both)).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.log).anyMatch(line -> line.startsWith("3 both.jar: exports f_A twice, of a."));
  }

  @Test
  void overloads_areFoundByTheirSignature() {
    String library = library("A", "@ExportSymbol public static int f_A(int x) { return 10 * x; }");
    assertThat(room.insmod(jar("a", library))).isZero();
    String user = user("U", "printk(\"got \" + (a.A.f_A() + a.A.f_A(4)));");
    assertThat(room.insmod(jar(List.of(library), "u", user))).isZero();
    assertThat(room.log).contains("6 got 41");
  }

  @Test
  void proprietaryLibrary_taintsItsUser_andIsNotForGplSymbols() {
    String gpl = library("G").replace("@ExportSymbol", "@ExportSymbol(gpl = true)");
    String closed = library("P").replace("\"GPL\"", "\"Proprietary\"");
    assertThat(room.insmod(jar("g", gpl))).isZero();
    assertThat(room.insmod(jar("p", closed))).isZero();
    assertThat(room.insmod(jar(List.of(closed), "u", user("U", "p.P.f_P();")))).isZero();
    assertThat(room.log)
        .contains("4 u: module uses symbols f_P from proprietary module p, inheriting taint.");
    assertThat(view("u").taints()).isEqualTo("POE");
    String mixed = user("M", "g.G.f_G(); p.P.f_P();");
    assertThat(room.insmod(jar(List.of(gpl, closed), "m", mixed))).isEqualTo(-Errno.ENOENT);
    assertThat(room.log)
        .containsSequence(
            "3 m: module using GPL-only symbols uses symbols f_P from proprietary module p.",
            "4 m: Unknown symbol f_P (err -2)");
    String free = user("F", "g.G.f_G();").replace("\"GPL\"", "\"Apache-2.0\"");
    assertThat(room.insmod(jar(List.of(gpl), "f", free))).as("decision 8").isZero();
  }

  private void sleepAt(String text, long nanos) {
    room.onPrint(
        text,
        () -> {
          Context self = (Context) Current.get();
          long end = room.arch.now() + nanos;
          while (room.arch.now() < end) {
            self.park(end);
          }
        });
  }

  @Test
  void insmod_whileTheLibraryComes_waitsForIt() {
    assumeTrue(on == On.SIM, "three seconds to the nanosecond");
    String a = library("A");
    sleepAt("A: init", 3 * SECOND);
    Task coming = room.startInsmod(jar("a", a));
    Task user = room.startInsmod(jar(List.of(a), "u", user("U", "a.A.f_A();")));
    assertThat(room.join(user)).isZero();
    assertThat(room.arch.now()).isEqualTo(3 * SECOND);
    assertThat(room.join(coming)).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 A: init", "6 U: init");
    assertThat(view("a").holders()).containsExactly("u");
  }

  @Test
  void insmod_whileTheLibraryComesForTooLong_givesUp() {
    assumeTrue(on == On.SIM, "takes 40 seconds");
    String a = library("A", "@ExportSymbol public static void g_A() {}");
    sleepAt("A: init", 40 * SECOND);
    Task coming = room.startInsmod(jar("a", a));
    Task user = room.startInsmod(jar(List.of(a), "u", user("U", "a.A.f_A(); a.A.g_A();")));
    assertThat(room.join(user)).isEqualTo(-Errno.EBUSY);
    assertThat(room.arch.now()).as("once, not for each symbol").isEqualTo(30 * SECOND);
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "6 A: init",
            "4 u: gave up waiting for init of module a.",
            "4 u: Unknown symbol f_A (err -16)",
            "4 u: Unknown symbol g_A (err -16)");
    assertThat(room.join(coming)).isZero();
    assertThat(view("a").refcount()).isZero();
  }

  @Test
  void insmod_whileTheLibraryComesAndFails_isUnknown() {
    String a = source("A", GPL, "@ExportSymbol public static void f_A() {}", FAILING);
    sleepAt("A: init", SECOND);
    Task coming = room.startInsmod(jar("a", a));
    Task user = room.startInsmod(jar(List.of(a), "u", user("U", "a.A.f_A();")));
    assertThat(room.join(user)).isEqualTo(-Errno.ENOENT);
    assertThat(room.join(coming)).isEqualTo(-Errno.ENOMEM);
    assertThat(room.log).contains("4 u: Unknown symbol f_A (err -2)");
  }

  private static final String FAILING = "static int init() { printk(\"A: init\"); return -12; }";

  @Test
  void insmod_byTheLibrarysOwnInit_doesNotWaitForItself() {
    String a = library("A");
    Path user = jar(List.of(a), "u", user("U", "a.A.f_A();"));
    int[] result = new int[1];
    room.onPrint(
        "A: init", () -> result[0] = room.modules.insmod((Context) Current.get(), user, List.of()));
    assertThat(room.insmod(jar("a", a))).isZero();
    assertThat(result[0]).isEqualTo(-Errno.EBUSY);
    assertThat(on == On.SIM ? room.arch.now() : 0).as("virtual time passed").isZero();
  }

  @Test
  void insmod_whileTheLibraryGoes_isUnknown() {
    String a = library("A");
    Path user = jar(List.of(a), "u", user("U", "a.A.f_A();"));
    assertThat(room.insmod(jar("a", a))).isZero();
    int[] result = new int[1];
    room.onPrint(
        "A: exit", () -> result[0] = room.modules.insmod((Context) Current.get(), user, List.of()));
    assertThat(room.rmmod("a")).isZero();
    assertThat(result[0]).isEqualTo(-Errno.ENOENT);
    assertThat(room.log).contains("4 u: Unknown symbol f_A (err -2)");
  }

  @Test
  void close_unloadsTheUserBeforeItsLibrary() {
    String a = library("A");
    assertThat(room.insmod(jar("a", a))).isZero();
    assertThat(room.insmod(jar(List.of(a), "u", user("U", "a.A.f_A();")))).isZero();
    room.modules.close();
    assertThat(room.logWithoutTaint())
        .containsExactly("6 A: init", "6 U: init", "6 U: exit", "6 A: exit");
  }

  @Test
  void twoLibraries_thatShowAClassOfOneName_cannotBothBeMeant() {
    String shared = "package shared; public interface Callback { void call(); }";
    String a = library("A", "@ExportSymbol public static void on_a(shared.Callback c) {}");
    String b = library("B", "@ExportSymbol public static void on_b(shared.Callback c) {}");
    Path jarA = ModuleJar.of(a, shared).writeTo(dir.resolve("a.jar"));
    Path jarB = ModuleJar.of(b, shared).writeTo(dir.resolve("b.jar"));
    assertThat(room.insmod(jarA)).isZero();
    assertThat(room.insmod(jarB)).isZero();
    String one = user("One", "b.B.on_b(() -> {});");
    assertThat(room.insmod(jar(List.of(a, b, shared), "one", one))).isZero();
    assertThat(view("a").holders()).as("b's type is meant").isEmpty();
    String both = user("Both", "a.A.on_a(() -> {}); b.B.on_b(() -> {});");
    assertThat(room.insmod(jar(List.of(a, b, shared), "both", both))).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.log).contains("3 both: class shared.Callback is of module a and of module b");
    assertThat(view("a").refcount()).isZero();
  }
}
