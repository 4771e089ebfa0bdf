package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jiffy.cli.tool.FakeKernel;
import jiffy.cli.tool.RunningKernel;
import jiffy.linux.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the three say more than kmod does: in lines of their own, behind kmod's. */
class InsmodRmmodLsmodTest {
  @TempDir Path directory;

  private final FakeKernel kernel = new FakeKernel();

  private KmodRun run(String... words) {
    Map<String, String> places = Map.of("JIFFY_MODULES", directory.toString());
    return KmodRun.of(kernel, places, directory, words);
  }

  private void has(String name, int references, List<String> holders, String... users) {
    kernel.modules.add(new RunningKernel.Module(name, 16384, references, holders, List.of(users)));
  }

  @Test
  void rmmod_ofOneInUse_namesEachUser() {
    has("jit", 3, List.of(), "open file /proc/jitbusy by cat/97", "2 references of its own");
    has("lib", 2, List.of("kt"), "open file /proc/lib by cat/98");
    KmodRun run = run("rmmod", "jit", "lib");
    assertThat(run.err())
        .isEqualTo(
            """
            rmmod: ERROR: Module jit is in use
            rmmod: NOTICE: jit is held by open file /proc/jitbusy by cat/97
            rmmod: NOTICE: jit is held by 2 references of its own
            rmmod: ERROR: Module lib is in use by: kt
            rmmod: NOTICE: lib is held by open file /proc/lib by cat/98
            """);
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.calls()).isEmpty();
  }

  @Test
  void rmmod_toSyslog_saysItAllThere() {
    has("jit", 1, List.of(), "1 reference of ktuser");
    assertThat(run("rmmod", "-s", "jit").err()).isEmpty();
    assertThat(kernel.syslog)
        .containsExactly(
            "rmmod: ERROR: Module jit is in use",
            "rmmod: NOTICE: jit is held by 1 reference of ktuser");
  }

  @Test
  void rmmod_ofAPermanentOne_saysTheWayOut() {
    has("noexit", 0, List.of());
    kernel.result = -Errno.EBUSY;
    kernel.files.put("/proc/modules", "noexit 4096 0 [permanent], Live 0x0 (OE)\n");
    assertThat(run("rmmod", "noexit").err())
        .isEqualTo(
            """
            rmmod: ERROR: could not remove 'noexit': Device or resource busy
            rmmod: ERROR: could not remove module noexit: Device or resource busy
            rmmod: NOTICE: noexit has an init function and no exit: 'rmmod -f' removes it
            """);
    kernel.files.put("/proc/modules", "noexit 4096 0 - Live 0x0 (OE)\n");
    assertThat(run("rmmod", "noexit").err()).doesNotContain("NOTICE");
  }

  @Test
  void rmmod_ofOneThatForceDoesNotRemove_namesItsUsers() {
    has("lib", 2, List.of("kt"), "open file /proc/lib by cat/98");
    kernel.result = -Errno.EAGAIN;
    assertThat(run("rmmod", "-f", "lib").err())
        .isEqualTo(
            """
            rmmod: ERROR: could not remove 'lib': Resource temporarily unavailable
            rmmod: ERROR: could not remove module lib: Resource temporarily unavailable
            rmmod: NOTICE: lib is held by module kt
            rmmod: NOTICE: lib is held by open file /proc/lib by cat/98
            """);
  }

  @Test
  void insmod_ofUnknownSymbols_saysWhichModuleHasThem() {
    ErrsModules.writeTo(directory);
    kernel.result = -Errno.ENOENT;
    assertThat(run("insmod", "dep-c.jar").err())
        .isEqualTo(
            """
            insmod: ERROR: could not insert module dep-c.jar: Unknown symbol in module
            insmod: NOTICE: dep_a_fn is in module dep_a
            insmod: NOTICE: dep_b_fn is in module dep_b
            insmod: NOTICE: 'modprobe dep_c' loads what it needs first
            """);
    has("dep_a", 0, List.of());
    assertThat(run("insmod", "dep-c.jar").err()).doesNotContain("dep_a_fn").contains("dep_b_fn");
    assertThat(run("insmod", "hello.jar").err())
        .as("its init may have returned that")
        .isEqualTo("insmod: ERROR: could not insert module hello.jar: Unknown symbol in module\n");
  }

  @Test
  void lsmod_asJson_hasColumnsAndUsers() {
    has("kt", 0, List.of());
    has("lib", -1, List.of("kt", "b"), "open file /proc/\"x\\\n by cat/9");
    assertThat(run("lsmod", "-J").out())
        .isEqualTo(
            """
            {
               "modules": [
                  {
                     "module": "kt",
                     "size": 16384,
                     "used": 0,
                     "by": [],
                     "users": []
                  },
                  {
                     "module": "lib",
                     "size": 16384,
                     "used": -1,
                     "by": ["kt", "b"],
                     "users": ["open file /proc/\\"x\\\\\\u000a by cat/9"]
                  }
               ]
            }
            """);
    kernel.modules.clear();
    assertThat(run("lsmod", "--json").out()).isEqualTo("{\n   \"modules\": [\n   ]\n}\n");
  }
}
