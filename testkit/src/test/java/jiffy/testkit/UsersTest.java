package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import jiffy.linux.Fs;
import jiffy.runtime.Machine;
import jiffy.runtime.proc.OpenFile;
import jiffy.runtime.sched.Attachment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Who keeps a module from going, as is said of it. */
@Timeout(60)
class UsersTest {
  private static final String FILED =
      """
      import static jiffy.linux.ProcFs.*;
      import jiffy.types.*;
      @jiffy.linux.ModuleInfo(license = "GPL")
      public final class Filed extends jiffy.linux.KernelModule {
        static final ProcOps ops = new ProcOps();
        { module_init(() -> { proc_create("filed", 0, null, ops); return 0; });
          module_exit(() -> remove_proc_entry("filed", null)); }
      }
      """;

  @TempDir private Path directory;

  @Test
  void usersOf_fileOfAnEarlierLoad_countsOnlyForThat() {
    Path jar = ModuleJar.of(FILED).writeTo(directory.resolve("filed.jar"));
    try (Machine machine = Machine.simulate("");
        Attachment shell = machine.attach("cat")) {
      machine.insmod(jar);
      try (OpenFile old = machine.proc().open(shell.context(), "/proc/filed", Fs.O_RDONLY)) {
        assertThat(old.error()).isZero();
        assertThat(machine.usersOf("filed"))
            .containsExactly("open file /proc/filed by " + shell.context().task());
        assertThat(machine.modules().rmmod(shell.context(), "filed", true)).isZero();
        machine.insmod(jar);
        assertThat(machine.usersOf("filed")).isEmpty();
      }
      machine.rmmod("filed");
      assertThat(machine.usersOf("filed")).isEmpty();
    }
  }
}
