package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.linux.Errno;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From insmod to rmmod; truth/11 and 12. */
@Timeout(60)
@ParameterizedClass(name = "{0}")
@EnumSource
class LifeCycleTest {
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

  /** A module whose init and exit stand still where they print. */
  private final class Slow {
    final Room.Halt init = room.new Halt();
    final Room.Halt exit = room.new Halt();
    final Path jar;

    Slow(String name) {
      String source =
          Sources.gpl(
              "Slow",
              "@ModuleParam static int ret;",
              "{ module_init(Slow::init); module_exit(() -> printk(\"" + name + ": exit\")); }",
              "static int init() { printk(\"" + name + ": init\"); return ret; }");
      jar = room.jar(name + ".jar", source);
      room.onPrint(name + ": init", init::here);
      room.onPrint(name + ": exit", exit::here);
    }
  }

  @Test
  void insmod_sound_isLiveAndListed() {
    assertThat(room.insmod(room.jar("kt.jar", Sources.hello("Kt")))).isZero();
    ModuleView kt = room.modules.find("kt").orElseThrow();
    assertThat(kt.state()).isEqualTo(ModuleState.LIVE);
    assertThat(kt.refcount()).isZero();
    assertThat(kt.size()).isPositive().matches(size -> size % 4096 == 0);
    assertThat(room.modules.procModules())
        .isEqualTo("kt " + kt.size() + " 0 - Live 0xffffffffc0200000 (OE)\n");
    assertThat(room.rmmod("kt")).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 Kt: init", "6 Kt: exit");
    assertThat(room.modules.procModules()).isEmpty();
    assertThat(room.modules.tainted()).isEqualTo(12288);
  }

  @Test
  void insmod_twice_isEexistSilently() {
    Path jar = room.jar("kt.jar", Sources.hello("Kt"));
    assertThat(room.insmod(jar)).isZero();
    room.log.clear();
    assertThat(room.insmod(jar, "x=1")).isEqualTo(-Errno.EEXIST);
    assertThat(room.log).isEmpty();
  }

  @Test
  void insmod_severalModules_areListedNewestFirst() {
    for (String name : List.of("A", "B", "C")) {
      assertThat(room.insmod(room.jar(name + ".jar", Sources.hello(name)))).isZero();
    }
    assertThat(room.modules.list()).extracting(ModuleView::name).containsExactly("C", "B", "A");
    assertThat(room.modules.list()).extracting(ModuleView::address).doesNotHaveDuplicates();
  }

  @Test
  void insmod_withoutInitAndExit_loadsAndGoes() {
    assertThat(room.insmod(room.jar("empty.jar", Sources.gpl("Empty")))).isZero();
    assertThat(room.rmmod("empty")).isZero();
  }

  @Test
  void rmmod_initWithoutExit_isEbusyUnlessForced() {
    String source = Sources.gpl("NoExit", "{ module_init(() -> 0); }");
    assertThat(room.insmod(room.jar("noexit.jar", source))).isZero();
    assertThat(room.modules.procModules()).contains(" 0 [permanent], Live 0x");
    assertThat(room.rmmod("noexit")).isEqualTo(-Errno.EBUSY);
    room.log.clear();
    assertThat(room.rmmodForce("noexit")).isZero();
    assertThat(room.log).containsExactly("4 Disabling lock debugging due to kernel taint");
    assertThat(room.modules.tainted()).isEqualTo(12296);
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void rmmodForce_thatNeedsNoForce_doesNotTaint() {
    room.insmod(room.jar("kt.jar", Sources.hello("Kt")));
    assertThat(room.rmmodForce("kt")).isZero();
    assertThat(room.modules.tainted()).isEqualTo(12288);
  }

  @Test
  void rmmod_exitWithoutInit_runsIt() {
    String source = Sources.gpl("NoInit", "{ module_exit(() -> printk(\"noinit: exit\")); }");
    assertThat(room.insmod(room.jar("noinit.jar", source))).isZero();
    assertThat(room.rmmod("noinit")).isZero();
    assertThat(room.log).contains("6 noinit: exit");
  }

  @Test
  void rmmod_unknown_isEnoent() {
    assertThat(room.rmmod("nosuch")).isEqualTo(-Errno.ENOENT);
    assertThat(room.rmmodForce("nosuch")).isEqualTo(-Errno.ENOENT);
    assertThat(room.log).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, -2, -4, -5, -12, -16, -19, -22, -512, -517, -4095, -5000})
  void insmod_initReturnsAnErrno_isThatAndExitIsNotCalled(int errno) {
    Path jar = room.jar("initret.jar", Sources.INITRET);
    assertThat(room.insmod(jar, "ret=" + errno)).isEqualTo(errno);
    assertThat(room.logWithoutTaint()).containsExactly("6 initret: init returns " + errno);
    assertThat(room.modules.list()).isEmpty();
    assertThat(room.modules.pluginManager().getPlugins()).isEmpty();
    assertThat(room.insmod(jar)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5})
  void insmod_initReturnsMoreThanZero_staysAndIsWarnedAbout(int value) {
    assertThat(room.insmod(room.jar("initret.jar", Sources.INITRET), "ret=" + value)).isZero();
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "6 initret: init returns " + value,
            "4 do_init_module: 'initret'->init suspiciously returned "
                + value
                + ", it should follow 0/-E convention\ndo_init_module: loading module anyway...");
    assertThat(room.modules.find("initret")).isPresent();
    assertThat(room.rmmod("initret")).isZero();
    assertThat(room.log).contains("6 initret: exit called");
  }

  @Test
  void rmmod_whileReferencesAreHeld_isEagain() {
    String source =
        Sources.gpl(
            "Hold",
            "{ module_init(() -> { printk(\"hold: init\"); return 0; });"
                + " module_exit(() -> {}); }");
    Path jar = room.jar("hold.jar", source);
    room.onPrint(
        "hold: init",
        () -> {
          var owner = ((jiffy.runtime.context.Context) jiffy.kernel.Current.get()).owner();
          assertThat(room.modules.tryGet(owner, owner)).isTrue();
          assertThat(room.modules.tryGet(owner, owner)).isTrue();
          room.log.add("refcount " + room.modules.refcount(owner));
          room.onPrint("put", () -> room.modules.put(owner, owner));
        });
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.log).contains("refcount 3");
    assertThat(room.modules.find("hold").orElseThrow().refcount()).isEqualTo(2);
    assertThat(room.rmmod("hold")).isEqualTo(-Errno.EAGAIN);
    assertThat(room.modules.find("hold").orElseThrow().state()).isEqualTo(ModuleState.LIVE);
    assertThat(room.rmmodForce("hold")).isZero();
    assertThat(room.modules.tainted() & Taint.Flag.FORCED_RMMOD.mask).isNotZero();
  }

  @Test
  void insmod_whileTheFirstIsComing_waitsAndIsEexist() {
    Slow slow = new Slow("slowmod");
    Task first = room.startInsmod(slow.jar);
    slow.init.awaitReached();
    assertThat(room.modules.procModules())
        .matches("slowmod \\d+ 1 - Loading 0xffffffffc0200000 \\(OE\\+\\)\n");
    assertThat(room.rmmod("slowmod")).isEqualTo(-Errno.EBUSY);
    Task second = room.startInsmod(slow.jar);
    assertThat(first.isEnded()).isFalse();
    slow.init.released = true;
    assertThat(room.join(first)).isZero();
    assertThat(room.join(second)).isEqualTo(-Errno.EEXIST);
    slow.exit.released = true;
    assertThat(room.rmmod("slowmod")).isZero();
  }

  @Test
  void insmod_whileTheFirstIsComingAndFails_isEbusy() {
    Slow slow = new Slow("slowmod");
    Task first = room.startInsmod(slow.jar, "ret=-12");
    slow.init.awaitReached();
    Task second = room.startInsmod(slow.jar);
    room.until(() -> isParked(second));
    slow.init.released = true;
    assertThat(room.join(first)).isEqualTo(-Errno.ENOMEM);
    assertThat(room.join(second)).isEqualTo(-Errno.EBUSY);
    assertThat(room.modules.list()).isEmpty();
  }

  private static boolean isParked(Task task) {
    var context = task.context();
    return task.isEnded()
        || context != null && context.thread.javaThread().getState() == Thread.State.WAITING;
  }

  @Test
  void insmod_andRmmod_whileTheModuleIsGoing_areEbusy() {
    Slow slow = new Slow("slowmod");
    slow.init.released = true;
    assertThat(room.join(room.startInsmod(slow.jar))).isZero();
    Task rmmod = room.startRmmod("slowmod");
    slow.exit.awaitReached();
    assertThat(room.modules.procModules())
        .matches("slowmod \\d+ -1 - Unloading 0xffffffffc0200000 \\(OE-\\)\n");
    assertThat(room.rmmod("slowmod")).isEqualTo(-Errno.EBUSY);
    assertThat(room.rmmodForce("slowmod")).isEqualTo(-Errno.EBUSY);
    assertThat(room.insmod(slow.jar)).isEqualTo(-Errno.EBUSY);
    slow.exit.released = true;
    assertThat(room.join(rmmod)).isZero();
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void insmod_twoModulesAtOnce_runInParallel() {
    Slow one = new Slow("one");
    Slow two = new Slow("two");
    Task first = room.startInsmod(one.jar);
    Task second = room.startInsmod(two.jar);
    one.init.awaitReached();
    two.init.awaitReached();
    assertThat(room.modules.list())
        .extracting(ModuleView::state)
        .containsExactly(ModuleState.COMING, ModuleState.COMING);
    for (Slow each : List.of(one, two)) {
      each.init.released = true;
      each.exit.released = true;
    }
    assertThat(room.join(first)).isZero();
    assertThat(room.join(second)).isZero();
  }

  @Test
  void insmod_initThatNeverReturns_disturbsNobody() {
    Slow stuck = new Slow("stuck");
    Task insmod = room.startInsmod(stuck.jar);
    stuck.init.awaitReached();
    assertThat(room.insmod(room.jar("kt.jar", Sources.hello("Kt")))).isZero();
    assertThat(room.modules.list()).extracting(ModuleView::name).containsExactly("kt", "stuck");
    assertThat(room.rmmod("kt")).isZero();
    room.modules.close();
    assertThat(room.log).contains("4 stuck: coming at shutdown: left as it is");
    stuck.init.released = true;
    stuck.exit.released = true;
    room.join(insmod);
  }

  @Test
  void insmod_bootParameters_areSetFirst() {
    try (Room own =
        new Room(on.arch(), dir.resolve("own"), Map.of("my-mod", List.of("a=1", "b=2", "zz")))) {
      String source =
          Sources.gpl(
              "M",
              "@ModuleParam static int a, b, c;",
              "{ module_init(() -> { printk(\"a=%d b=%d c=%d\", a, b, c); return 0; });"
                  + " module_exit(() -> {}); }");
      Path jar = room.jar("my_mod.jar", source);
      assertThat(own.insmod(jar, "b=3", "c=0x10")).isZero();
      assertThat(own.logWithoutTaint())
          .containsExactly("4 my_mod: unknown parameter 'zz' ignored", "6 a=1 b=3 c=16");
    }
  }

  @Test
  void insmod_badParameter_doesNotCallInit() {
    Path jar = room.jar("initret.jar", Sources.INITRET);
    assertThat(room.insmod(jar, "bogus=1", "ret=xyz")).isEqualTo(-Errno.EINVAL);
    assertThat(room.insmod(jar, "ret=99999999999")).isEqualTo(-Errno.ERANGE);
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 initret: unknown parameter 'bogus' ignored",
            "3 initret: `xyz' invalid for parameter `ret'",
            "3 initret: `99999999999' invalid for parameter `ret'");
    assertThat(room.modules.list()).isEmpty();
  }

  @Test
  void init_onTheCallersTask_isInsmod() {
    String source =
        Sources.gpl(
            "Who",
            "static { printk(\"static by %s\", Sched.current().toString()); }",
            "{ module_init(() -> { printk(\"init by %s\", Sched.current().toString()); return 0; });"
                + " module_exit(() -> {}); }");
    Path jar = room.jar("who.jar", source);
    Task insmod = room.startInsmod(jar);
    assertThat(room.join(insmod)).isZero();
    String comm = insmod.struct.toString();
    assertThat(room.log).contains("6 static by " + comm, "6 init by " + comm);
    assertThat(room.rmmod("who")).isZero();
    try (Attachment here = room.tasks.attach("embedder")) {
      assertThat(room.modules.insmod(here.context(), jar, List.of())).isZero();
      assertThat(room.log).contains("6 init by " + here.context().task());
      assertThat(here.context().owner()).isSameAs(jiffy.kernel.Owner.CORE);
    }
  }
}
