package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.pf4j.DefaultPluginManager;
import org.pf4j.PluginState;
import org.pf4j.PluginWrapper;

/** A module's JAR in a program that has PF4J and no kernel. */
class Pf4jHostTest {
  private static final String HELLO =
      """
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      import jiffy.types.*;

      @ModuleInfo(license = "GPL")
      public final class Hello extends KernelModule {
        static final SpinlockT lock = new SpinlockT();
        static final TimerList timer = new TimerList();
        static final ListHead list = new ListHead();
        @ModuleParam static int n = 3;
        { module_init(() -> printk("hello\\n")); module_exit(() -> {}); }
      }
      """;

  @TempDir Path dir;

  @Test
  void start_withoutAKernel_isFailedWithASentenceAndLeaksNothing() {
    ModuleJar.of(HELLO).writeTo(dir.resolve("hello.jar"));
    DefaultPluginManager plugins = new DefaultPluginManager(dir);
    plugins.loadPlugins();
    assertThat(plugins.getResolvedPlugins())
        .extracting(PluginWrapper::getPluginId)
        .containsExactly("hello");
    assertThat(plugins.startPlugin("hello")).isEqualTo(PluginState.FAILED);
    assertThat(plugins.getPlugin("hello").getFailedException())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "Hello is a Jiffy kernel module, and PF4J's startPlugin() has no kernel for it: start"
                + " one ('jiffy run', or Machine.boot() in your program) and load the JAR into that"
                + " with insmod");
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    loaders.add(new WeakReference<>(plugins.getPluginClassLoader("hello")));
    assertThat(plugins.unloadPlugin("hello")).isTrue();
    LoaderLeaks.assertCollected(loaders);
  }

  @Test
  void start_classThatCallsTheKernelWhenItIsMade_isFailedWithTheApisSentence() {
    String early = HELLO.replace("@ModuleParam", "static final long now = Jiffies.jiffies();");
    ModuleJar.of(early).writeTo(dir.resolve("hello.jar"));
    DefaultPluginManager plugins = new DefaultPluginManager(dir);
    plugins.loadPlugins();
    assertThat(plugins.startPlugin("hello")).isEqualTo(PluginState.FAILED);
    assertThat(plugins.getPlugin("hello").getFailedException())
        .hasStackTraceContaining("runs in no kernel context");
  }

  @Test
  void load_jarOfPlainJavacAndJar_isNoPluginForPf4j() {
    ModuleJar.of(HELLO).bare().writeTo(dir.resolve("hello.jar"));
    DefaultPluginManager plugins = new DefaultPluginManager(dir);
    plugins.loadPlugins();
    assertThat(plugins.getPlugins()).isEmpty();
  }
}
