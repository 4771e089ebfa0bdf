package samples.ktuser;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.module.ModuleView;
import jiffy.runtime.module.file.Export;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.Import;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.sched.Attachment;
import jiffy.testkit.GoldenLog;
import jiffy.testkit.ModuleJar;
import jiffy.testkit.ModuleKernel;
import jiffy.testkit.OnBothPlatforms;
import jiffy.testkit.Platform;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import samples.kerneltimer.KernelTimer;

/** KernelTimer and ktuser beside the real Linux: truth/07_kerneltimer.txt. */
@OnBothPlatforms
class KtUserTest {
  /** In which jiffy ktuser's init began, as it says. */
  private static final long START = 4_294_899_160L;

  /** From the end of its init to ktdup, and from there to its rmmod: the time stamps' distances. */
  private static final Duration TO_KTDUP = Duration.ofNanos(30_203_344_000L - 29_948_530_000L);

  private static final Duration TO_RMMOD = Duration.ofNanos(30_373_518_000L - 30_203_344_000L);

  private static final List<String> SYMBOLS =
      List.of("TimerStart", "TIsTimerExists", "TimerModifyInterval", "TimerReset", "TimerStop");

  /** truth/src/dup. */
  private static final String KTDUP =
      """
      package ktdup;
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      @ModuleInfo(name = "ktdup", license = "GPL")
      public final class KtDup extends KernelModule {
        @ExportSymbol public static int TimerStart() { return 42; }
        static int d_init() { pr_info("ktdup init\\n"); return 0; }
        static void d_exit() {}
        { module_init(KtDup::d_init); module_exit(KtDup::d_exit); }
      }
      """;

  @TempDir private Path directory;
  private Path library;
  private Path user;
  private final Platform platform;
  private ModuleKernel kernel;
  private Machine machine;
  private Attachment shell;

  KtUserTest(Platform platform) {
    this.platform = platform;
    boot("hz=250 nr_cpus=2");
  }

  @BeforeEach
  void pack() {
    library = jar(KernelTimer.class, "KernelTimer.jar");
    user = jar(KtUser.class, "ktuser.jar");
  }

  private Path jar(Class<?> module, String file) {
    return ModuleJar.ofModule(module).writeTo(directory.resolve(file));
  }

  private void boot(String commandLine) {
    kernel = ModuleKernel.bootUnattached(platform, commandLine);
    machine = kernel.machine;
    shell = machine.attach("insmod", 0);
  }

  @AfterEach
  void halt() {
    kernel.close();
    shell.close();
  }

  private int insmod(Path jar) {
    return machine.modules().insmod(shell.context(), jar, List.of());
  }

  private int rmmod(String name) {
    return machine.modules().rmmod(shell.context(), name, false);
  }

  private List<String> procModules() {
    String sizes = "(?m)^(\\w+) \\d+ ";
    String addresses = "0x\\w+";
    return machine
        .proc()
        .read("/proc/modules")
        .orElseThrow()
        .replaceAll(sizes, "$1 SIZE ")
        .replaceAll(addresses, "ADDRESS")
        .lines()
        .toList();
  }

  @Test
  void session_atTheRecordedJiffies_isTheRecordedOne() {
    kernel.advanceToJiffies(START);
    assertThat(insmod(user)).isEqualTo(-Errno.ENOENT);
    assertThat(texts())
        .as("one line a symbol; their order on Linux is the object file's")
        .containsExactlyInAnyOrderElementsOf(recordedUnknown());

    machine.log().clear();
    assertThat(insmod(library)).isZero();
    assertThat(insmod(user)).isZero();
    assertThat(procModules()).isEqualTo(recordedProcModules());
    assertThat(machine.modules().list())
        .extracting(ModuleView::name, ModuleView::refcount, ModuleView::holders)
        .containsExactly(tuple("ktuser", 0, List.of()), tuple("KernelTimer", 1, List.of("ktuser")));
    assertThat(rmmod("KernelTimer")).isEqualTo(-Errno.EAGAIN);

    kernel.pass(TO_KTDUP);
    Path ktdup = ModuleJar.of(KTDUP).writeTo(directory.resolve("ktdup.jar"));
    assertThat(insmod(ktdup)).isEqualTo(-Errno.ENOEXEC);
    kernel.pass(TO_RMMOD);
    assertThat(rmmod("ktuser")).isZero();
    assertThat(procModules()).containsExactly("KernelTimer SIZE 0 - Live ADDRESS (OE)");
    assertThat(rmmod("KernelTimer")).isZero();
    assertSameRun(texts(), recordedRun());
    assertThat(procModules()).isEmpty();
  }

  /**
   * On the host a timer may be late, so all that is certain of its lines is that there are such.
   */
  private void assertSameRun(List<String> printed, List<String> recorded) {
    if (kernel.isSim()) {
      assertThat(printed).isEqualTo(recorded);
    } else {
      String numbers = "\\d{10}|(?<=n[12]=)\\d+";
      assertThat(kernel.masked(withoutRuns(printed), numbers))
          .isEqualTo(kernel.masked(withoutRuns(recorded), numbers));
      assertThat(kernel.masked(printed, numbers))
          .hasSameElementsAs(kernel.masked(recorded, numbers));
    }
  }

  private static List<String> withoutRuns(List<String> texts) {
    return texts.stream().filter(text -> !text.contains(" fired at ")).toList();
  }

  @Test
  void insmod_afterTheDuplicateWasRefused_takesItOnceTheOwnerHasGone() {
    Path ktdup = ModuleJar.of(KTDUP).writeTo(directory.resolve("ktdup.jar"));
    assertThat(insmod(library)).isZero();
    assertThat(insmod(ktdup)).isEqualTo(-Errno.ENOEXEC);
    assertThat(rmmod("KernelTimer")).isZero();
    assertThat(insmod(ktdup)).isZero();
    assertThat(insmod(library)).isEqualTo(-Errno.ENOEXEC);
    assertThat(texts())
        .contains("KernelTimer: exports duplicate symbol TimerStart (owned by ktdup)");
  }

  @Test
  void timerStart_withoutMemory_saysSoAndReturns0() {
    halt();
    boot("hz=250 nr_cpus=2 failslab=1,100,0,1");
    assertThat(insmod(library)).isZero();
    assertThat(insmod(user)).isZero();
    List<String> texts = texts();
    int failed = texts.indexOf("ktuser: TimerStart(1,500ms) = 0");
    assertThat(texts.get(failed - 1)).isEqualTo("Memory allocation failed for timer Id .n");
    assertThat(texts)
        .contains("ktuser: TimerStart(2,200ms) = 1")
        .contains("ktuser: TimerStart(1) again = 1")
        .contains("FAULT_INJECTION: forcing a failure.")
        .anyMatch(line -> line.endsWith("probability 100, space 0, times 1"))
        .anyMatch(line -> line.matches(" TimerStart \\(KernelTimer.java:\\d+\\) \\[KernelTimer]"));
    assertThat(rmmod("ktuser")).isZero();
  }

  @Test
  void rmmod_ofAUserThatForgotItsTimers_leavesThemToTheLibrary() {
    Path forgetful =
        ModuleJar.ofSources(
                List.of(HEADER, CALLBACK),
                """
                package forgetful;
                import static samples.kerneltimer.KernelTimer.*;
                import jiffy.linux.*;
                @ModuleInfo(name = "forgetful", license = "GPL")
                public final class Forgetful extends KernelModule {
                  { module_init(() -> TimerStart(7, d -> {}, 100, 0) - 1); module_exit(() -> {}); }
                }
                """)
            .writeTo(directory.resolve("forgetful.jar"));
    assertThat(insmod(library)).isZero();
    assertThat(insmod(forgetful)).isZero();
    assertThat(rmmod("forgetful")).isZero();
    kernel.pass(Duration.ofSeconds(1));
    assertThat(rmmod("KernelTimer")).as("TimerFinalize stops it").isZero();
    assertThat(texts()).noneMatch(line -> line.contains("left behind"));
  }

  /** As much of the library as a user needs to be compiled. */
  private static final String HEADER =
      """
      package samples.kerneltimer;
      public final class KernelTimer {
        public static int TimerStart(long id, TTimerCallback c, long interval, long data) {
          return 0;
        }
        public static int TimerModifyInterval(long id, long interval) { return 0; }
        public static int _FindTimer(long id) { return 0; }
      }
      """;

  private static final String CALLBACK =
      "package samples.kerneltimer; public interface TTimerCallback { void call(long d); }";

  /** A module that calls something of the library. */
  private Path caller(String licence, String expression) {
    return ModuleJar.ofSources(
            List.of(HEADER, CALLBACK),
            """
            package caller;
            import jiffy.linux.*;
            @ModuleInfo(name = "caller", license = "LICENCE")
            public final class Caller extends KernelModule {
              { module_init(() -> { samples.kerneltimer.KernelTimer.CALL; return 0; });
                module_exit(() -> {}); }
            }
            """
                .replace("LICENCE", licence)
                .replace("CALL", expression))
        .writeTo(directory.resolve("caller.jar"));
  }

  @Test
  void insmod_ofAProprietaryUser_doesNotFindTheGplOnlySymbol() {
    assertThat(insmod(library)).isZero();
    assertThat(insmod(caller("Proprietary", "TimerModifyInterval(1, 1)"))).isEqualTo(-Errno.ENOENT);
    assertThat(texts()).contains("caller: Unknown symbol TimerModifyInterval (err -2)");
    assertThat(insmod(caller("Proprietary", "TimerStart(1, null, 1, 1)"))).isZero();
  }

  @Test
  void insmod_ofAUserOfWhatIsNotExported_isRefused() {
    assertThat(insmod(library)).isZero();
    assertThat(insmod(caller("GPL", "_FindTimer(1)"))).isEqualTo(-Errno.ENOENT);
    assertThat(texts()).contains("caller: Unknown symbol _FindTimer (err -2)");
    assertThat(rmmod("KernelTimer")).as("nobody uses it").isZero();
  }

  @Test
  void moduleFile_saysWhatAJarNeedsAndHas() throws Exception {
    HostClasses host = new HostClasses();
    ModuleFile needs = ModuleFile.read(user, "ktuser.jar", host);
    ModuleFile has = ModuleFile.read(library, "KernelTimer.jar", host);
    assertThat(needs.imports()).extracting(Import::symbol).containsExactlyElementsOf(SYMBOLS);
    assertThat(needs.exports().symbols()).isEmpty();
    assertThat(has.imports()).isEmpty();
    assertThat(has.exports().symbols())
        .extracting(Export::member)
        .contains("TimerInitialize", "TimerFinalize")
        .containsAll(SYMBOLS);
    assertThat(has.exports().symbols())
        .filteredOn(Export::isGpl)
        .extracting(Export::member)
        .containsExactly("TimerModifyInterval");
    assertThat(has.exports().types()).containsExactly("samples/kerneltimer/TTimerCallback");
  }

  private List<String> texts() {
    return GoldenLog.texts(machine.dmesg()).stream()
        .filter(line -> !line.contains("taint") && !line.matches("(Jiffy version|Command line).*"))
        .toList();
  }

  /** The lines that dmesg printed at its nth call. */
  private static List<String> recordedDmesg(int nth) {
    List<String> lines = recorded();
    int at = -1;
    for (int i = 0; i <= nth; i++) {
      at++;
      while (!lines.get(at).equals("$ dmesg")) {
        at++;
      }
    }
    List<String> texts = new ArrayList<>();
    for (int i = at + 1; lines.get(i).startsWith("[ "); i++) {
      texts.add(GoldenLog.text(lines.get(i)));
    }
    return texts;
  }

  private static List<String> recordedUnknown() {
    return recordedDmesg(0);
  }

  private static List<String> recordedRun() {
    return recordedDmesg(1);
  }

  private static List<String> recordedProcModules() {
    return recorded().stream()
        .dropWhile(line -> !line.equals("$ cat /proc/modules"))
        .skip(1)
        .takeWhile(line -> !line.startsWith("["))
        .map(line -> line.replaceAll("^(\\w+) \\d+ ", "$1 SIZE ").replaceAll("0x\\w+", "ADDRESS"))
        .toList();
  }

  private static List<String> recorded() {
    return GoldenLog.read(KtUserTest.class, "/truth/07_kerneltimer.txt").lines();
  }
}
