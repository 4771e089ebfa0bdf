package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import jiffy.linux.Errno;
import jiffy.runtime.arch.SimArch;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Task;
import jiffy.testkit.LoaderLeaks;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The module room on virtual time: one thread at a time, so every wait must be the kernel's. */
@Timeout(60)
class SimulatedTest {
  private static final long SECOND = 1_000_000_000L;

  @TempDir Path dir;
  private Room room;

  @BeforeEach
  void boot() {
    room = new Room(new SimArch(), dir);
  }

  @AfterEach
  void halt() {
    room.close();
  }

  /** Sleeps three virtual seconds where the module prints that. */
  private void sleepAt(String text) {
    room.onPrint(
        text,
        () -> {
          Context self = (Context) jiffy.kernel.Current.get();
          long end = room.arch.now() + 3 * SECOND;
          while (room.arch.now() < end) {
            self.park(end);
          }
        });
  }

  @Test
  void insmod_andRmmod_byTheTest_loadAndGo() {
    assertThat(room.insmod(room.jar("kt.jar", Sources.hello("Kt")))).isZero();
    assertThat(room.rmmod("kt")).isZero();
    assertThat(room.logWithoutTaint()).containsExactly("6 Kt: init", "6 Kt: exit");
    LoaderLeaks.assertCollected(room.loaders);
  }

  @Test
  void insmod_slowModules_overlapInTime() {
    sleepAt("A: init");
    sleepAt("B: init");
    Task a = room.startInsmod(room.jar("a.jar", Sources.hello("A")));
    Task b = room.startInsmod(room.jar("b.jar", Sources.hello("B")));
    assertThat(room.join(a)).isZero();
    assertThat(room.join(b)).isZero();
    assertThat(room.arch.now()).isEqualTo(3 * SECOND);
  }

  @Test
  void insmod_sameModuleTwice_secondWaitsForTheFirst() {
    sleepAt("initret: init returns -12");
    Path jar = room.jar("initret.jar", Sources.INITRET);
    Task first = room.startInsmod(jar, "ret=-12");
    Task second = room.startInsmod(jar);
    assertThat(room.join(second)).isEqualTo(-Errno.EBUSY);
    assertThat(room.join(first)).isEqualTo(-Errno.ENOMEM);
    assertThat(room.arch.now()).isEqualTo(3 * SECOND);
  }

  @Test
  void close_exitThatSleepsTooLong_isSkippedOnTime() {
    room.insmod(room.jar("a.jar", Sources.hello("A")));
    sleepAt("A: exit");
    room.modules.close();
    assertThat(room.log).anyMatch(line -> line.startsWith("1 a: exit has not returned"));
    assertThat(room.arch.now()).isEqualTo(SECOND / 5);
  }

  @Test
  void close_manyExitsThatSleepTooLong_leaveTheOthersTime() {
    room.insmod(room.jar("good.jar", Sources.hello("Good")));
    for (String name : List.of("A", "B", "C", "D")) {
      room.insmod(room.jar(name + ".jar", Sources.hello(name)));
      sleepAt(name + ": exit");
    }
    room.modules.close();
    assertThat(room.arch.now()).isEqualTo(2 * (SECOND / 5) + 2 * (SECOND / 250));
    assertThat(room.log).contains("6 Good: exit");
  }

  @Test
  void list_sameProgramTwice_isTheSame() {
    for (String name : List.of("A", "B")) {
      room.insmod(room.jar(name + ".jar", Sources.hello(name)));
    }
    try (Room again = new Room(new SimArch(), dir.resolve("again"))) {
      again.insmod(dir.resolve("A.jar"));
      again.insmod(dir.resolve("B.jar"));
      assertThat(again.modules.procModules()).isEqualTo(room.modules.procModules());
      assertThat(again.log).isEqualTo(room.log);
    }
  }
}
