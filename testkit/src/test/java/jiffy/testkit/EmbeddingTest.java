package jiffy.testkit;

import static jiffy.linux.Jiffies.HZ;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import jiffy.linux.Errno;
import jiffy.runtime.Machine;
import jiffy.runtime.ModuleException;
import jiffy.runtime.sched.Attachment;
import jiffy.types.TimerList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kernel inside somebody's program, on the host's clock. */
class EmbeddingTest {
  private static final String HELLO =
      """
      package hello;
      import static jiffy.linux.Printk.*;
      import jiffy.linux.*;
      @ModuleInfo(name = "hello", license = "GPL")
      public final class Hello extends KernelModule {
        @ModuleParam("whom to greet") static String whom = "world";
        static int hello_init() {
          printk(KERN_INFO + "Hello, %s\\n", whom);
          return whom.equals("nobody") ? -Errno.ENODEV : 0;
        }
        static void hello_exit() { printk(KERN_INFO + "Goodbye\\n"); }
        { module_init(Hello::hello_init); module_exit(Hello::hello_exit); }
      }
      """;

  @TempDir private Path directory;

  @Test
  void machine_bootLoadLookUnloadClose() {
    Path jar = ModuleJar.of(HELLO).writeTo(directory.resolve("hello.jar"));
    try (Machine machine = Machine.boot("hz=1000 hello.whom=Jiffy")) {
      machine.insmod(jar);
      assertThat(machine.modules().list()).hasSize(1);
      assertThat(machine.proc().read("/proc/modules").orElseThrow())
          .matches("hello \\d+ 0 - Live 0x[0-9a-f]{16} \\(OE\\)\n");
      machine.rmmod("hello");
      assertThat(machine.dmesg())
          .anyMatch(line -> line.endsWith("] Hello, Jiffy"))
          .anyMatch(line -> line.endsWith("] Goodbye"));
    }
  }

  @Test
  void insmod_thatIsRefused_throwsWithErrnoAndReason() {
    Path jar = ModuleJar.of(HELLO).writeTo(directory.resolve("hello.jar"));
    try (Machine machine = Machine.boot("")) {
      assertThatThrownBy(() -> machine.insmod(jar, "whom=nobody"))
          .isInstanceOfSatisfying(
              ModuleException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENODEV))
          .hasMessageContaining("hello.jar");
      assertThatThrownBy(() -> machine.rmmod("hello"))
          .isInstanceOfSatisfying(
              ModuleException.class, e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
      assertThat(machine.modules().list()).isEmpty();
    }
  }

  @Test
  void attach_letsAThreadUseTimers() throws InterruptedException {
    CountDownLatch ran = new CountDownLatch(1);
    try (Machine machine = Machine.boot("hz=1000");
        Attachment mine = machine.attach("mine")) {
      TimerList timer = new TimerList();
      timer_setup(timer, t -> ran.countDown(), 0);
      mod_timer(timer, jiffies() + 2);
      ran.await();
    }
    assertThat(ran.getCount()).isZero();
  }

  @Test
  void machines_sideBySide_doNotSeeEachOther() {
    Path jar = ModuleJar.of(HELLO).writeTo(directory.resolve("hello.jar"));
    try (Machine slow = Machine.boot("hz=100 name=slow");
        Machine fast = Machine.boot("hz=1000 name=fast")) {
      slow.insmod(jar, "whom=slow");
      fast.insmod(jar, "whom=fast");
      try (Attachment inSlow = slow.attach("here")) {
        assertThat(HZ()).isEqualTo(100);
        try (Attachment inFast = fast.attach("there")) {
          assertThat(HZ()).isEqualTo(1000);
        }
        assertThat(HZ()).isEqualTo(100);
      }
      slow.rmmod("hello");
      assertThat(fast.modules().list()).hasSize(1);
      assertThat(slow.dmesg()).noneMatch(line -> line.contains("fast"));
      assertThat(fast.dmesg()).noneMatch(line -> line.contains("Goodbye"));
    }
  }

  @Test
  void close_withAModuleLoaded_unloadsItAndLeavesNoFile() throws java.io.IOException {
    Path jar = ModuleJar.of(HELLO).writeTo(directory.resolve("hello.jar"));
    Path cache = Files.createDirectory(directory.resolve("cache"));
    Machine machine = Machine.boot("", cache);
    machine.insmod(jar);
    machine.close();
    assertThat(machine.dmesg()).anyMatch(line -> line.endsWith("] Goodbye"));
    assertThat(cache).doesNotExist();
    machine.close();
  }
}
