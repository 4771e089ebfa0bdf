package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import jiffy.kernel.KernelThread;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.testkit.LoaderLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** 200 loads and unloads leave no class loader and no thread. */
@Timeout(300)
@ParameterizedClass(name = "{0}")
@EnumSource
class LeakTest {
  @Parameter On on;
  private static final int CYCLES = 200;

  private static final String TIDY =
      """
      import static jiffy.linux.Printk.*;
      import static jiffy.linux.Timers.*;
      import jiffy.linux.*;
      import jiffy.types.*;
      import java.util.function.Supplier;

      @ModuleInfo(license = "GPL")
      public final class M extends KernelModule {
        static final org.apache.logging.log4j.Logger LOG4J =
            org.apache.logging.log4j.LogManager.getLogger(M.class);
        static final org.slf4j.Logger SLF4J = org.slf4j.LoggerFactory.getLogger(M.class);
        static final ThreadLocal<M> LOCAL = new ThreadLocal<>();
        static final class Mine { final Object kept = new byte[100]; }
        @ModuleParam static int n = 3;
        final TimerList timer = new TimerList();
        { module_init(this::init); module_exit(this::exit); }
        int init() {
          LOG4J.debug("init {}", n);
          SLF4J.debug("init {}", new Mine());
          LOCAL.set(this);
          Supplier<String> lambda = () -> "lambda of " + this;
          timer_setup(timer, t -> lambda.get(), 0);
          add_timer(timer);
          printk("%s", lambda.get().substring(0, 6));
          //END
        }
        void exit() { del_timer_sync(timer); LOCAL.set(this); printk("exit"); }
      }
      """;

  /** How a module ends. */
  private enum Way {
    TIDY("return 0;", 0),
    FORGETS_ITS_TIMER("module_exit(() -> printk(\"exit\")); return 0;", 0),
    INIT_FAILS("return -12;", -12),
    INIT_THROWS("throw new IllegalStateException(\"\" + lambda) {};", -14),
    EXIT_THROWS("module_exit(() -> { throw new Error() {}; }); return 0;", 0),
    CONSTRUCTOR_THROWS("return 0; } { if (n == 3) { throw new Error() {}; }", -14),
    BAD_PARAMETER("return 0;", -22);

    final String source;
    final int result;

    Way(String end, int result) {
      this.source = LeakTest.TIDY.replace("//END", end);
      this.result = result;
    }
  }

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

  @ParameterizedTest
  @EnumSource
  void cycles_byAnAttachedThread_leaveNothing(Way way) {
    Path jar = room.jar("m.jar", way.source);
    String word = way == Way.BAD_PARAMETER ? "n=x" : "n=3";
    for (int i = 0; i < CYCLES; i++) {
      assertThat(room.insmod(jar, word)).isEqualTo(way.result);
      if (way.result == 0) {
        assertThat(room.rmmod("m")).isZero();
      }
    }
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @EnumSource
  void cycles_byTasksOfTheKernel_leaveNothing(Way way) {
    Path jar = room.jar("m.jar", way.source);
    String word = way == Way.BAD_PARAMETER ? "n=x" : "n=3";
    for (int i = 0; i < CYCLES; i++) {
      assertThat(room.join(room.startInsmod(jar, word))).isEqualTo(way.result);
      if (way.result == 0) {
        assertThat(room.join(room.startRmmod("m"))).isZero();
      }
    }
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() {
    LoaderLeaks.assertCollected(room.loaders);
    // A module that never printed is not among the loaders.
    LoaderLeaks.collectUntil(() -> uncollected().isEmpty());
    assertThat(uncollected()).isEmpty();
    assertThat(room.modules.unloadedLoaders()).isNotEmpty().noneMatch(UnloadedLoader::isHeld);
    assertThat(room.log).noneMatch(line -> line.contains("still held"));
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      assertThat(thread instanceof KernelThread && !ended(thread)).as(thread.getName()).isFalse();
    }
  }

  private List<UnloadedLoader> uncollected() {
    return room.modules.unloadedLoaders().stream().filter(u -> !u.isCollected()).toList();
  }

  private static boolean ended(Thread thread) {
    try {
      thread.join(10_000);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return !thread.isAlive();
  }

  @Test
  void unloadedLoaders_classOfTheModuleHeld_areHeldAndSaidOnce() {
    AtomicReference<Object> listener = new AtomicReference<>();
    room.onPrint("M: init", () -> listener.set(Thread.currentThread().getContextClassLoader()));
    Path jar = room.jar("m.jar", Sources.hello("M"));
    room.insmod(jar);
    room.rmmod("m");
    WeakReference<Object> later = new WeakReference<>(listener.get());
    LoaderLeaks.collectUntil(() -> room.modules.unloadedLoaders().get(0).isHeld());
    assertThat(room.modules.unloadedLoaders())
        .containsExactly(new UnloadedLoader("m", false, true));
    assertThat(room.log).filteredOn(line -> line.contains("still held")).hasSize(1);
    listener.set(null);
    LoaderLeaks.assertCollected(later);
    assertThat(room.modules.unloadedLoaders())
        .containsExactly(new UnloadedLoader("m", true, false));
  }
}
