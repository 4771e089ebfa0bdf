package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import jiffy.linux.Errno;
import jiffy.runtime.arch.HostArch;
import jiffy.runtime.context.Context;
import jiffy.runtime.module.loader.UnloadedLoader;
import jiffy.runtime.sched.Task;
import jiffy.testkit.LoaderLeaks;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A library and its users, loaded and unloaded by several tasks at once on real threads: {@code
 * -Djiffy.stress=SECONDS}.
 *
 * <p>Forbidden: a user whose calls into the library fail; a library that goes while a user is
 * loaded; a reference that is left when nobody uses it; a class loader that is left.
 */
@Timeout(300)
class SymbolsStressTest {
  private static final int CYCLES = 100;
  private static final int USERS = 3;

  /** The library stays for up to 10 ms, if nobody uses it. */
  private static final int LIVE_NANOS = 10_000_000;

  private static final String LIBRARY =
      """
      package lib;
      import jiffy.linux.*;
      @ModuleInfo(license = "GPL")
      public final class Lib extends KernelModule {
        private static boolean gone;
        @ExportSymbol public static int call(Runnable r) {
          r.run();
          return gone ? 1 : 0;
        }
        { module_init(() -> 0); module_exit(() -> { gone = true; }); }
      }
      """;

  private static final String USER =
      """
      package user;
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      @ModuleInfo(license = "GPL")
      public final class User extends KernelModule {
        static int calls;
        static int use() {
          int before = calls;
          int gone = lib.Lib.call(() -> calls++);
          return gone == 0 && calls == before + 1 ? 0 : -5;
        }
        { module_init(User::use);
          module_exit(() -> { if (use() != 0) { printk("FORBIDDEN"); } }); }
      }
      """;

  @TempDir Path dir;
  private Room room;

  @BeforeEach
  void boot() {
    room = new Room(new HostArch(), dir);
  }

  @AfterEach
  void halt() {
    room.close();
  }

  private Path user(String name) {
    String source =
        USER.replace("package user", "package " + name)
            .replace("license", "name = \"" + name + "\", license");
    return ModuleJar.ofSources(List.of(LIBRARY), source).writeTo(dir.resolve(name + ".jar"));
  }

  private Path library() {
    return ModuleJar.of(LIBRARY).writeTo(dir.resolve("lib.jar"));
  }

  private void assertNothingIsLeft() {
    LoaderLeaks.collectUntil(this::allCollected);
    assertThat(room.modules.unloadedLoaders())
        .isNotEmpty()
        .filteredOn(loader -> !loader.isCollected())
        .isEmpty();
  }

  private boolean allCollected() {
    return room.modules.unloadedLoaders().stream().allMatch(UnloadedLoader::isCollected);
  }

  @Test
  void cycles_ofBoth_leaveNoLoader() {
    Path library = library();
    Path user = user("user");
    for (int i = 0; i < CYCLES; i++) {
      assertThat(room.insmod(library)).isZero();
      assertThat(room.insmod(user)).isZero();
      assertThat(room.rmmod("user")).isZero();
      assertThat(room.rmmod("lib")).isZero();
    }
    assertNothingIsLeft();
  }

  @Test
  void cycles_ofTheUser_leaveNoneOfItsLoaders_whileTheLibraryStays() {
    Path user = user("user");
    assertThat(room.insmod(library())).isZero();
    for (int i = 0; i < CYCLES; i++) {
      assertThat(room.insmod(user)).isZero();
      assertThat(room.rmmod("user")).isZero();
    }
    assertNothingIsLeft();
    assertThat(room.modules.find("lib").orElseThrow().refcount()).isZero();
  }

  @Test
  void manyTasks_loadAndUnloadBoth_noneIsEverWithoutItsLibrary() {
    long end = room.arch.now() + Long.getLong("jiffy.stress", 1) * 1_000_000_000L;
    Path library = library();
    AtomicInteger used = new AtomicInteger();
    List<String> forbidden = new CopyOnWriteArrayList<>();
    List<Task> tasks = new ArrayList<>();
    tasks.add(
        room.start(
            "library",
            self -> {
              Random random = new Random(USERS);
              while (room.arch.now() < end || used.get() == 0) {
                expect(forbidden, room.modules.insmod(self, library, List.of()), 0, -Errno.EEXIST);
                self.park(room.arch.now() + random.nextInt(LIVE_NANOS));
                int gone = room.modules.rmmod(self, "lib", false);
                expect(forbidden, gone, 0, -Errno.EAGAIN);
              }
              return 0;
            }));
    for (int i = 0; i < USERS; i++) {
      String name = "user" + i;
      Path jar = user(name);
      long seed = i;
      tasks.add(
          room.start(name, self -> load(self, jar, name, new Random(seed), end, used, forbidden)));
    }
    tasks.forEach(room::join);
    assertThat(forbidden).isEmpty();
    assertThat(room.log).noneMatch(line -> line.contains("FORBIDDEN") || line.contains("threw"));
    room.modules
        .list()
        .forEach(
            module -> {
              assertThat(module.refcount()).isZero();
              assertThat(module.holders()).isEmpty();
            });
    room.rmmod("lib");
    assertThat(room.modules.list()).isEmpty();
    assertNothingIsLeft();
  }

  private int load(
      Context self,
      Path jar,
      String name,
      Random random,
      long end,
      AtomicInteger used,
      List<String> forbidden) {
    while (room.arch.now() < end || used.get() == 0) {
      int loaded = room.modules.insmod(self, jar, List.of());
      expect(forbidden, loaded, 0, -Errno.ENOENT);
      if (loaded == 0) {
        used.incrementAndGet();
        if (room.modules.find("lib").isEmpty()) {
          forbidden.add(name + " without its library");
        }
        for (int spins = random.nextInt(1_000); spins > 0; spins--) {
          Thread.onSpinWait();
        }
        expect(forbidden, room.modules.rmmod(self, name, false), 0, 0);
      }
    }
    return 0;
  }

  private static void expect(List<String> forbidden, int result, int one, int other) {
    if (result != one && result != other) {
      forbidden.add("returned " + result);
    }
  }
}
