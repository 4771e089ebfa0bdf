package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.OwnedLoader;
import jiffy.linux.Errno;
import jiffy.runtime.sched.Task;
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
import org.pf4j.PluginManager;
import org.pf4j.PluginState;
import org.pf4j.PluginStateListener;

/** Ordinary PF4J plugins as modules. */
@Timeout(120)
@ParameterizedClass(name = "{0}")
@EnumSource
class PlainPluginTest {
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

  private static final String GREETING =
      "package api; public interface Greeting extends org.pf4j.ExtensionPoint { String text(); }";

  /** A plugin's class that prints at start and stop. */
  private static String plugin(String className, String... members) {
    return "package plain;\nimport static jiffy.linux.Printk.*;\npublic class "
        + className
        + " extends org.pf4j.Plugin {\n"
        + "public void start() { printk(\""
        + className
        + ": start\"); }\n"
        + "public void stop() { printk(\""
        + className
        + ": stop\"); }\n"
        + "public void delete() { printk(\"deleted\"); }\n"
        + String.join("\n", members)
        + "\n}\n";
  }

  private static ModuleJar described(ModuleJar jar, String id, String pluginClass) {
    jar.manifest("Plugin-Id", id)
        .manifest("Plugin-Version", "1.2.3")
        .manifest("Plugin-License", "Apache-2.0");
    return pluginClass == null ? jar : jar.manifest("Plugin-Class", pluginClass);
  }

  private Path write(ModuleJar jar, String file) {
    return jar.writeTo(dir.resolve(file));
  }

  /** Has the interface. */
  private Path api() {
    return write(described(ModuleJar.of(GREETING), "greeting-api", null), "api.jar");
  }

  /** An extension of it. */
  private ModuleJar greeter(String id, String text) {
    String extension =
        "package g; @org.pf4j.Extension public class G implements api.Greeting {"
            + " public String text() { return \""
            + text
            + "\"; } }";
    return described(ModuleJar.ofSources(List.of(GREETING), extension), id, null)
        .manifest("Plugin-Dependencies", "greeting-api@>=1.0.0");
  }

  @Test
  void insmod_plainPlugin_startIsItsInitAndStopItsExit() {
    Path jar = write(described(ModuleJar.of(plugin("P")), "hello-plugin", "plain.P"), "x-1.0.jar");
    assertThat(room.insmod(jar)).isZero();
    ModuleView view = room.modules.find("hello_plugin").orElseThrow();
    assertThat(view.state()).isEqualTo(ModuleState.LIVE);
    assertThat(view.version()).isEqualTo("1.2.3");
    assertThat(view.taints()).isEqualTo("OE");
    assertThat(view.isPermanent()).isFalse();
    assertThat(room.modules.pluginManager().getPlugin("hello-plugin").getPluginState())
        .isEqualTo(PluginState.STARTED);
    assertThat(room.rmmod("hello-plugin")).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 P: start", "6 P: stop");
    assertThat(room.modules.pluginManager().getPlugins()).isEmpty();
    LoaderLeaks.assertCollected(room.loaders);
  }

  @Test
  void insmod_pluginProperties_winOverTheManifest() {
    String properties =
        "plugin.id=from.properties\nplugin.version=0.1.0\nplugin.class=plain.P\n"
            + "plugin.license=Secret\n";
    ModuleJar jar =
        described(ModuleJar.of(plugin("P")), "from.manifest", "gone.Gone")
            .entry("plugin.properties", properties.getBytes(StandardCharsets.UTF_8));
    assertThat(room.insmod(write(jar, "p.jar"))).isZero();
    assertThat(room.modules.find("from_properties").orElseThrow().taints()).isEqualTo("POE");
    assertThat(room.log).contains("4 from_properties: module license 'Secret' taints kernel.");
    assertThat(room.rmmod("from.properties")).isZero();
  }

  @Test
  void insmod_constructorWithAWrapper_getsTheWrapper() {
    String source =
        plugin("P")
            .replace(
                "public void start()",
                "public P(org.pf4j.PluginWrapper w) { super(w);"
                    + " printk(\"made \" + w.getPluginId()); }\npublic void start()");
    Path jar = write(described(ModuleJar.of(source), "old", "plain.P"), "old.jar");
    assertThat(room.insmod(jar)).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 made old", "6 P: start");
  }

  @Test
  void insmod_classPassedBetweenTwoOwnCopies_isSaidBesideTheJvmsWords() {
    String box = "package box; public class Box { public void open() {} }";
    String taker =
        "package taker; public class Taker { public static void take(box.Box box) { box.open(); } }";
    assertThat(room.insmod(write(described(ModuleJar.of(box, taker), "taker", null), "taker.jar")))
        .isZero();
    String giver = plugin("G").replace("printk(\"G: start\");", "taker.Taker.take(new box.Box());");
    ModuleJar jar =
        described(
                ModuleJar.ofSources(List.of(box, taker), giver).plus(ModuleJar.of(box)),
                "giver",
                "plain.G")
            .manifest("Plugin-Dependencies", "taker");
    assertThat(room.insmod(write(jar, "giver.jar"))).isEqualTo(-Errno.EFAULT);
    assertThat(room.log)
        .anyMatch(line -> line.contains("loader constraint violation"))
        .contains(
            "4 giver: Two JARs have a class of that name, and it is passed from one module to the"
                + " other: leave it out of one, and let that one take it from the other");
  }

  @Test
  void insmod_startThrows_isAFailedInitWithEverythingUndone() {
    String source =
        plugin("P")
            .replace(
                "{ printk(\"P: start\"); }",
                "{ printk(\"P: start\"); getWrapper().getPluginManager()"
                    + ".addPluginStateListener(e -> {});"
                    + " throw new IllegalStateException(\"no database\"); }");
    Path jar = write(described(ModuleJar.of(source), "p", "plain.P"), "p.jar");
    assertThat(room.insmod(jar)).isEqualTo(-Errno.EFAULT);
    assertThat(room.log)
        .anyMatch(line -> line.contains("no database"))
        .anyMatch(line -> line.contains("failed init: 1 PF4J state listener taken back"))
        .noneMatch(line -> line.contains("P: stop"));
    assertThat(room.modules.list()).isEmpty();
    assertThat(room.modules.pluginManager().getPlugins()).isEmpty();
    LoaderLeaks.assertCollected(room.loaders);
  }

  @Test
  void insmod_dependencyNotThere_isEnoentAndNamed() {
    assertThat(room.insmod(write(greeter("g", "hi"), "g.jar"))).isEqualTo(-Errno.ENOENT);
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 g: needs plugin greeting-api, which is not loaded (Plugin-Dependencies)");
    assertThat(room.insmod(api())).isZero();
    assertThat(room.insmod(write(greeter("g", "hi"), "g.jar"))).isZero();
  }

  @Test
  void insmod_dependencyOfAnotherVersion_isEsrchAndNamed() {
    room.insmod(api());
    ModuleJar jar = greeter("g", "hi").manifest("Plugin-Dependencies", "greeting-api@>=2.0.0");
    assertThat(room.insmod(write(jar, "g.jar"))).isEqualTo(-Errno.ESRCH);
    jar.manifest("Plugin-Dependencies", "greeting-api@soon");
    assertThat(room.insmod(write(jar, "g.jar"))).isEqualTo(-Errno.ESRCH);
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 g: needs plugin greeting-api >=2.0.0, but 1.2.3 is loaded",
            "4 g: needs plugin greeting-api soon, which is no version constraint");
    assertThat(room.modules.find("greeting_api").orElseThrow().holders()).isEmpty();
  }

  @Test
  void rmmod_dependency_isInUseUntilItsDependantsHaveGone() {
    room.insmod(api());
    room.insmod(write(greeter("g", "hi"), "g.jar"));
    assertThat(room.modules.find("greeting_api").orElseThrow().holders()).containsExactly("g");
    assertThat(room.rmmod("greeting-api")).isEqualTo(-Errno.EAGAIN);
    assertThat(room.rmmod("g")).isZero();
    assertThat(room.rmmod("greeting-api")).isZero();
  }

  @Test
  void insmod_optionalDependency_isUsedIfThere() {
    String user =
        plugin("U")
            .replace(
                "printk(\"U: start\");",
                "try { printk(\"U: \" + api.Greeting.class.getName()); }"
                    + " catch (NoClassDefFoundError e) { printk(\"U: alone\"); }");
    ModuleJar jar =
        described(ModuleJar.ofSources(List.of(GREETING), user), "u", "plain.U")
            .manifest("Plugin-Dependencies", "greeting-api?");
    assertThat(room.insmod(write(jar, "u.jar"))).isZero();
    assertThat(room.rmmod("u")).isZero();
    room.insmod(api());
    assertThat(room.insmod(write(jar, "u.jar"))).isZero();
    assertThat(room.logWithoutTaint())
        .containsExactly("6 U: alone", "6 U: stop", "6 U: api.Greeting");
    assertThat(room.rmmod("greeting_api")).isEqualTo(-Errno.EAGAIN);
  }

  @Test
  void getExtensions_ofAnotherModule_findsThoseOfAllStartedOnes() {
    room.insmod(api());
    room.insmod(write(greeter("g", "plain"), "g.jar"));
    String kernelModule =
        "package k;\n@org.pf4j.Extension(ordinal = -1) public class E implements api.Greeting {"
            + " public String text() { return \"kernel\"; } }";
    String hooks =
        "package k;\n"
            + Sources.gpl(
                "K",
                "{ module_init(this::init); module_exit(() -> {}); }",
                "int init() { for (api.Greeting each : getWrapper().getPluginManager()"
                    + ".getExtensions(api.Greeting.class)) { printk(\"K: \" + each.text()); }"
                    + " return 0; }");
    ModuleJar jar =
        ModuleJar.ofSources(List.of(GREETING), kernelModule, hooks)
            .manifest("Plugin-Dependencies", "greeting-api");
    assertThat(room.insmod(write(jar, "k.jar"))).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 K: plain");
    room.log.clear();
    assertThat(room.rmmod("k")).isZero();
    room.insmod(write(jar, "k.jar"));
    assertThat(texts()).containsExactly("kernel", "plain");
    room.rmmod("g");
    assertThat(texts()).containsExactly("kernel");
  }

  /** As an embedder gets them, who knows the interface by the module's loader only. */
  private List<String> texts() {
    PluginManager plugins = room.modules.pluginManager();
    try {
      Class<?> type = plugins.getPluginClassLoader("greeting-api").loadClass("api.Greeting");
      List<String> texts = new ArrayList<>();
      for (Object each : plugins.getExtensions(type)) {
        texts.add((String) type.getMethod("text").invoke(each));
      }
      return texts;
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void getExtensions_interfacePackedIntoTheJarToo_saysWhatIsWrong() throws Exception {
    room.insmod(api());
    String extension =
        "package g; @org.pf4j.Extension public class G implements api.Greeting {"
            + " public String text() { return \"\"; } }";
    ModuleJar jar =
        described(ModuleJar.of(GREETING, extension), "g", null)
            .manifest("Plugin-Dependencies", "greeting-api");
    assertThat(room.insmod(write(jar, "g.jar"))).isZero();
    assertThat(texts()).isEmpty();
    assertThat(texts()).isEmpty();
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 g: extension g.G implements another api.Greeting (module g's) than the one asked"
                + " for (module greeting_api's): leave it out of its JAR and name its module in"
                + " Plugin-Dependencies");
  }

  @Test
  void getExtensions_constructorThrows_isLeftOutAndSaid() {
    room.insmod(api());
    String extension =
        "package g; @org.pf4j.Extension public class G implements api.Greeting {"
            + " public G() { throw new IllegalStateException(\"not today\"); }"
            + " public String text() { return \"\"; } }";
    ModuleJar jar =
        described(ModuleJar.ofSources(List.of(GREETING), extension), "g", null)
            .manifest("Plugin-Dependencies", "greeting-api");
    assertThat(room.insmod(write(jar, "g.jar"))).isZero();
    assertThat(texts()).isEmpty();
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 g: extension g.G cannot be made: java.lang.IllegalStateException: not today");
  }

  @Test
  void insmod_indexNamesAClassThatIsNotThere_isSaid() {
    ModuleJar jar =
        described(ModuleJar.of(plugin("P")), "p", "plain.P")
            .entry(
                "META-INF/extensions.idx",
                "# Generated\ngone.G # x\n".getBytes(StandardCharsets.UTF_8));
    assertThat(room.insmod(write(jar, "p.jar"))).isZero();
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "4 p: META-INF/extensions.idx names gone.G, but there is no such class", "6 P: start");
  }

  @Test
  void manager_callsThatLoadOrUnload_areRefusedWithTheWay() {
    Path jar = write(described(ModuleJar.of(plugin("P")), "p", "plain.P"), "p.jar");
    room.insmod(jar);
    PluginManager plugins = room.modules.pluginManager();
    assertThat(plugins.startPlugin("p")).isEqualTo(PluginState.STARTED);
    assertThatThrownBy(() -> plugins.stopPlugin("p"))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessage(
            "stopPlugin(p): a Jiffy kernel's plugins are its modules: unload it with rmmod p");
    assertThatThrownBy(() -> plugins.unloadPlugin("p")).hasMessageContaining("rmmod p");
    assertThatThrownBy(() -> plugins.disablePlugin("p")).hasMessageContaining("rmmod p");
    assertThatThrownBy(() -> plugins.deletePlugin("p")).hasMessageContaining("rmmod p");
    assertThatThrownBy(() -> plugins.loadPlugin(jar)).hasMessageContaining("insmod " + jar);
    assertThatThrownBy(plugins::loadPlugins).hasMessageContaining("insmod");
    assertThatThrownBy(plugins::stopPlugins).hasMessageContaining("rmmod");
    assertThatThrownBy(plugins::unloadPlugins).hasMessageContaining("rmmod");
    assertThatThrownBy(() -> plugins.stopPlugin("q")).hasMessageContaining("q");
    assertThat(room.modules.find("p")).isPresent();
    assertThat(plugins.getStartedPlugins()).hasSize(1);
    assertThat(plugins.getResolvedPlugins()).hasSize(1);
  }

  @Test
  void rmmod_listenerLeftBehind_isNamedAndTakenBack() {
    String source =
        plugin("P")
            .replace(
                "printk(\"P: start\");",
                "getWrapper().getPluginManager().addPluginStateListener("
                    + "e -> printk(e.getPlugin().getPluginId() + \" \" + e.getPluginState()));");
    room.insmod(write(described(ModuleJar.of(source), "p", "plain.P"), "p.jar"));
    room.insmod(room.jar("kt.jar", Sources.hello("Kt")));
    room.rmmod("kt");
    assertThat(room.logWithoutTaint())
        .containsExactly(
            "6 p STARTED",
            "6 kt RESOLVED",
            "6 Kt: init",
            "6 kt STARTED",
            "6 kt STOPPED",
            "6 Kt: exit",
            "6 kt UNLOADED");
    room.log.clear();
    room.rmmod("p");
    assertThat(room.log)
        .anyMatch(line -> line.startsWith("4 p: rmmod: PF4J state listener was left behind: "))
        .contains("4 p: rmmod: 1 PF4J state listener taken back");
    LoaderLeaks.assertCollected(room.loaders);
  }

  @Test
  void stateListener_thatThrowsWhateverItIs_keepsNoModule() {
    String source =
        plugin(
                "P",
                "static <E extends Throwable> void sneak(Throwable t) throws E { throw (E) t; }")
            .replace(
                "printk(\"P: start\");",
                "getWrapper().getPluginManager().addPluginStateListener(e -> {"
                    + " String state = e.getPluginState().toString();"
                    + " if (state.equals(\"STARTED\")) { P.<Error>sneak(new Exception(state)); }"
                    + " throw new Error(state) {"
                    + " public String getMessage() { throw new Error(); } }; });");
    room.insmod(write(described(ModuleJar.of(source), "p", "plain.P"), "p.jar"));
    assertThat(room.insmod(room.jar("kt.jar", Sources.hello("Kt")))).isZero();
    assertThat(room.log)
        .anyMatch(line -> line.startsWith("4 p: PF4J state listener plain.P$$Lambda"))
        .anyMatch(line -> line.endsWith(" failed at kt STARTED: java.lang.Exception: STARTED"));
    assertThat(room.rmmod("kt")).isZero();
    assertThat(room.modules.find("kt")).isEmpty();
    assertThat(room.rmmod("p")).isZero();
    LoaderLeaks.assertCollected(room.loaders);
  }

  private static final String LISTENER =
      "package plain; public class L implements org.pf4j.PluginStateListener {"
          + " public void pluginStateChanged(org.pf4j.PluginStateEvent e) {"
          + " jiffy.linux.Printk.printk(\"told \" + e.getPlugin().getPluginId() + \" \""
          + " + e.getPluginState()); } }";

  /** Loads a plugin that listens. @return the listener's class */
  private Class<?> insmodListener() throws ClassNotFoundException {
    String source =
        plugin("P")
            .replace(
                "printk(\"P: start\");",
                "getWrapper().getPluginManager().addPluginStateListener(new L());");
    room.insmod(write(described(ModuleJar.of(source, LISTENER), "p", "plain.P"), "p.jar"));
    ClassLoader loader = room.modules.pluginManager().getPlugin("p").getPluginClassLoader();
    return loader.loadClass("plain.L");
  }

  @Test
  void stateListener_addedByOneThatIsGone_isNotTold() throws Exception {
    PluginStateListener late =
        (PluginStateListener) insmodListener().getConstructor().newInstance();
    room.rmmod("p");
    room.log.clear();
    room.modules.pluginManager().addPluginStateListener(late);
    room.insmod(room.jar("kt.jar", Sources.hello("Kt")));
    assertThat(room.logWithoutTaint()).containsExactly("6 Kt: init");
    assertThat(room.modules.heldBy(((OwnedLoader) late.getClass().getClassLoader()).owner()))
        .isEmpty();
  }

  @Test
  void rmmod_whileAListenerOfItIsBeingTold_waitsAndItIsToldNoMore() throws Exception {
    insmodListener();
    Room.Halt halt = room.new Halt();
    room.onPrint("told kt RESOLVED", halt::here);
    Task insmod = room.startInsmod(room.jar("kt.jar", Sources.hello("Kt")));
    halt.awaitReached();
    Task rmmod = room.startRmmod("p");
    room.until(() -> room.log.contains("4 p: rmmod: PF4J state listener was left behind: plain.L"));
    assertThat(rmmod.isEnded()).isFalse();
    halt.released = true;
    assertThat(room.join(insmod)).isZero();
    assertThat(room.join(rmmod)).isZero();
    assertThat(room.log).contains("6 Kt: init").doesNotContain("6 told kt STARTED");
  }

  @Test
  void rmmod_ofAListenerThatDoesNotReturn_waitsFor5SecondsOnly() throws Exception {
    assumeTrue(on == On.SIM, "time passes at once");
    insmodListener();
    Room.Halt halt = room.new Halt();
    room.onPrint("told kt RESOLVED", halt::here);
    Task insmod = room.startInsmod(room.jar("kt.jar", Sources.hello("Kt")));
    halt.awaitReached();
    long before = room.arch.now();
    assertThat(room.rmmod("p")).isZero();
    assertThat(room.arch.now() - before).isEqualTo(5_000_000_000L);
    assertThat(room.log).contains("1 p: a PF4J state listener of it has not returned");
    halt.released = true;
    assertThat(room.join(insmod)).isZero();
  }

  @Test
  void insmod_whatPf4jWouldNotTake_isEnoexecWithASentence() {
    ModuleJar noVersion =
        ModuleJar.of(plugin("P")).manifest("Plugin-Id", "p").manifest("Plugin-Class", "plain.P");
    assertRefused(noVersion, "plugin p has no version");
    ModuleJar noId = ModuleJar.of(plugin("P")).manifest("Plugin-Class", "plain.P");
    assertRefused(noId, "there is no Plugin-Id in the manifest");
    ModuleJar noClass = described(ModuleJar.of(plugin("P")), "p", "plain.Q");
    assertRefused(noClass, "Plugin-Class: plain.Q, but there is no such class");
    String notOne = "package plain; public class P {}";
    assertRefused(
        described(ModuleJar.of(notOne), "p", "plain.P"),
        "plain.P extends neither jiffy.linux.KernelModule nor org.pf4j.Plugin");
    ModuleJar itself =
        described(ModuleJar.of(plugin("P")), "p", "plain.P").manifest("Plugin-Dependencies", "p@1");
    assertRefused(itself, "'p@1' names the plugin itself");
    assertRefused(
        described(ModuleJar.of(plugin("P").replace("class P", "abstract class P")), "p", "plain.P"),
        "plain.P is abstract");
    String demanding = plugin("P").replace("public void start", "P(int x) {} public void start");
    assertRefused(
        described(ModuleJar.of(demanding), "p", "plain.P"), "no constructor that PF4J could call");
    assertRefused(described(ModuleJar.empty(), "p".repeat(56), null), "makes no module name");
  }

  private void assertRefused(ModuleJar jar, String sentence) {
    room.log.clear();
    assertThat(room.insmod(write(jar, "p.jar"))).isEqualTo(-Errno.ENOEXEC);
    assertThat(room.logWithoutTaint()).hasSize(1);
    assertThat(room.logWithoutTaint().get(0)).startsWith("3 p.jar: ").contains(sentence);
  }

  @Test
  void cycles_pluginsThatDependOnEachOther_leaveNothing() {
    Path api = api();
    Path greeter = write(greeter("g", "hi"), "g.jar");
    Path jar = write(described(ModuleJar.of(plugin("P")), "p", "plain.P"), "p.jar");
    for (int i = 0; i < 50; i++) {
      room.insmod(api);
      room.insmod(greeter);
      room.insmod(jar);
      assertThat(texts()).containsExactly("hi");
      room.rmmod("g");
      room.rmmod("p");
      assertThat(room.rmmod("greeting-api")).isZero();
    }
    LoaderLeaks.assertCollected(room.loaders);
    LoaderLeaks.collectUntil(
        () -> room.modules.unloadedLoaders().stream().allMatch(each -> each.isCollected()));
    assertThat(room.modules.unloadedLoaders()).isNotEmpty().allMatch(each -> each.isCollected());
  }
}
