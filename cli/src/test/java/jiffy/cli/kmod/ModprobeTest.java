package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.linux.Errno;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What modprobe asks of the kernel to insert modules, and what it says. */
class ModprobeTest extends ModprobeRuns {
  @Test
  void insert_loadsHardAndSoftDependenciesInOrder() {
    assertThat(steps(run("top x=1 y=a")))
        .isEqualTo(
            "insmod core []; insmod side []; insmod mid []; insmod after []; insmod top [x=1, y=a]");
  }

  @Test
  void insert_leavesOutWhatIsLoaded() {
    kernel.has("core", 0);
    kernel.has("side", 0);
    assertThat(steps(run("mid"))).isEqualTo("insmod mid []; insmod after []");
    assertThat(run("-n mid").out()).doesNotContain("core.jar");
    assertThat(run("-D mid").out()).contains("core.jar");
  }

  @Test
  void insert_ofAFailure_stopsAtAHardOneOnly() {
    kernel.result = -Errno.ENODEV;
    KmodRun run = run("mid");
    assertThat(steps(run)).isEqualTo("insmod core []");
    assertThat(run.err())
        .isEqualTo(
            """
            modprobe: ERROR: could not insert 'mid': No such device
            modprobe: NOTICE: it needs core, which could not be inserted
            """);
    assertThat(run.status()).isEqualTo(1);
    kernel.has("core", 0);
    assertThat(steps(run("mid"))).isEqualTo("insmod side []; insmod mid []");
  }

  @ParameterizedTest
  @CsvSource({
    "22, Invalid argument",
    "8, Exec format error",
    "1, Operation not permitted",
    "2, 'Unknown symbol in module, or unknown parameter (see dmesg)'"
  })
  void insert_ofAFailure_saysWhatStrerrorSays(int errno, String text) {
    kernel.result = -errno;
    assertThat(run("core").err())
        .isEqualTo("modprobe: ERROR: could not insert 'core': " + text + "\n");
  }

  @Test
  void insert_ofUnknownSymbols_namesTheirModules() throws IOException {
    kernel.result = -Errno.ENOENT;
    Path elsewhere = Files.createTempDirectory(root, "other").resolve("other.jar");
    Files.copy(tree.jar("top"), elsewhere);
    assertThat(run(elsewhere.toString()).err())
        .isEqualTo(
            """
            modprobe: ERROR: could not insert 'other': Unknown symbol in module, or unknown parameter (see dmesg)
            modprobe: NOTICE: mid_fn is in module mid
            modprobe: NOTICE: load it first: 'modprobe mid'
            """);
    assertThat(run("needsunk").err())
        .contains("modprobe: NOTICE: no module in " + tree.modules() + " has unknown_fn\n");
    kernel.hasUnready("mid", "coming");
    assertThat(run(elsewhere.toString()).err()).contains("mid_fn is in module mid");
  }

  @Test
  void insert_ofALoadedModuleWithParameters_saysThatTheyDidNothing() {
    kernel.has("core", 0);
    KmodRun run = run("core debug=1 x");
    assertThat(run.calls()).isEmpty();
    assertThat(run.status()).isZero();
    assertThat(run.err())
        .isEqualTo(
            "modprobe: WARNING: module core is already loaded: 'debug=1 x' had no effect; see"
                + " /sys/module/core/parameters\n");
    assertThat(run("-q core debug=1").err()).isEmpty();
    assertThat(run("core").err()).isEmpty();
  }

  @Test
  void insert_atFirstTime_isAnErrorWhenItIsLoaded() {
    kernel.has("core", 0);
    assertThat(run("--first-time core"))
        .isEqualTo(
            new KmodRun(
                1,
                "",
                "modprobe: ERROR: could not insert 'core': Module already in kernel\n",
                List.of()));
    kernel.modules.clear();
    kernel.result = -Errno.EEXIST;
    kernel.onInsmod = () -> kernel.has("core", 0); // somebody is faster
    assertThat(run("--first-time core").err()).contains("Module already in kernel");
    kernel.modules.clear();
    assertThat(run("core").status()).isZero();
  }

  @Test
  void insert_ofAnInitThatReturnsEexist_fails() {
    kernel.result = -Errno.EEXIST;
    KmodRun run = run("core");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).isEqualTo("modprobe: ERROR: could not insert 'core': File exists\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"coming", "going", "zombie"})
  void insert_ofAModuleThatIsNotLive_asksTheKernel(String initstate) {
    kernel.hasUnready("core", initstate);
    kernel.result = -Errno.EBUSY;
    KmodRun run = run("core");
    assertThat(steps(run)).isEqualTo("insmod core []");
    assertThat(run.status()).isEqualTo(1);
    kernel.result = 0;
    assertThat(steps(run("--first-time core"))).isEqualTo("insmod core []");
    assertThat(steps(run("-f core"))).isEqualTo("insmod core [] flags 3");
    kernel.has("side", 0);
    assertThat(steps(run("mid"))).isEqualTo("insmod core []; insmod mid []; insmod after []");
  }

  @Test
  void insert_ofWordsThatAreModules_saysHowToLoadBoth() {
    String warning =
        "modprobe: WARNING: 'side' is taken as a parameter of core; to load both: modprobe -a core"
            + " side\n";
    KmodRun run = run("core side nosuch side=1");
    assertThat(run.err()).isEqualTo(warning);
    assertThat(steps(run)).isEqualTo("insmod core [side, nosuch, side=1]");
    assertThat(run("-a core side").err()).isEmpty();
    assertThat(run("-R core side").err()).isEmpty();
  }

  @Test
  void options_ofFilesBootLineAndUser_areEachGivenOnce() throws IOException {
    configured(
        "options core a=1 b=\"x y\"", "options core b-c=2", "alias c1 core", "options c1 d=4");
    kernel.commandLine = "core.b_c=9 core.flag";
    KmodRun run = run("-v c1 e=5");
    assertThat(run.out())
        .isEqualTo("insmod " + tree.jar("core") + " a=1 b=\"x y\" b-c=2 b_c=9 flag d=4 e=5\n");
    assertThat(steps(run))
        .as("the kernel gives it the boot line's itself")
        .isEqualTo("insmod core [a=1, b=\"x y\", d=4, e=5]");
  }

  @Test
  void forbid_refusesAModuleAndWhoeverNeedsIt_beforeAnythingIsLoaded() throws IOException {
    configured("forbid core  it breaks", "forbid side");
    KmodRun run = run("top");
    assertThat(run.calls()).isEmpty();
    assertThat(run.status()).isEqualTo(1);
    String place = config.resolve("a.conf") + " line 1";
    assertThat(run.err())
        .isEqualTo(
            "modprobe: ERROR: could not insert 'top': it needs core, which is forbidden by "
                + place
                + ": it breaks\n");
    assertThat(run("-i core").err()).contains("'core': forbidden by " + place + ": it breaks\n");
    assertThat(run(tree.jar("core").toString()).status()).isEqualTo(1);
    kernel.has("core", 0);
    assertThat(steps(run("mid")))
        .as("one that is only softly wanted is left out; a loaded one is nobody's concern")
        .isEqualTo("insmod mid []; insmod after []");
  }

  @Test
  void commands_ofAKernelThatForbidsThem_areNotRun() throws IOException {
    Path trace = config.resolve("trace");
    configured("install side touch " + trace, "remove core touch " + trace);
    KmodRun run = run("side");
    assertThat(trace).doesNotExist();
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err())
        .isEqualTo(
            "modprobe: ERROR: the install command of module side is not run: 'touch "
                + trace
                + "': commands are only run in a kernel that was booted with"
                + " module.allow_install_commands=1; -i does without them\n"
                + "modprobe: ERROR: could not insert 'side': Operation not permitted\n");
    assertThat(steps(run("-i side"))).isEqualTo("insmod side []");
    kernel.has("core", 0);
    assertThat(run("-r core").err()).contains("the remove command of module core is not run");
    assertThat(trace).doesNotExist();
  }

  @Test
  void commands_ofAKernelThatAllowsThem_runInstead() throws IOException {
    configured(
        "install mid echo $MODPROBE_MODULE $CMDLINE_OPTS; echo oh >&2",
        "options mid level=2",
        "install side exit 7",
        "remove core echo gone");
    kernel.commandLine = "module.allow_install_commands=1";
    KmodRun run = run("mid x=1");
    assertThat(run.out()).as("although it has soft dependencies").isEqualTo("mid level=2 x=1\n");
    assertThat(steps(run)).isEqualTo("insmod core []; insmod after []");
    assertThat(run.err())
        .contains("oh\n", "Error running install command 'exit 7' for module side: retcode 7\n");
    assertThat(run.status()).isZero();
    kernel.has("core", 1, "mid");
    assertThat(run("-r core").out()).isEqualTo("gone\n");
    assertThat(run("side").err())
        .endsWith("modprobe: ERROR: could not insert 'side': Invalid argument\n");
    kernel.commandLine = "module.allow_install_commands=1 module.allow_install_commands=0";
    assertThat(run("mid").status()).isEqualTo(1);
  }

  @Test
  void blacklist_ofAnAlias_isTold_whenVerbose() throws IOException {
    configured("blacklist blk");
    assertThat(run("net-pf-98")).isEqualTo(new KmodRun(0, "", "", List.of()));
    assertThat(run("-v net-pf-98").err())
        .isEqualTo(
            "modprobe: NOTICE: module blk is blacklisted: not loaded by its alias net_pf_98\n");
    assertThat(steps(run("blk"))).isEqualTo("insmod blk []");
  }

  @Test
  void variable_comesBeforeTheUsersOptions() {
    String options = "-d " + root + " -S 1.0.0 -C \"" + config + "\" -n";
    assertThat(KmodRun.of(kernel, Map.of("MODPROBE_OPTIONS", options), root, "modprobe", "core"))
        .isEqualTo(new KmodRun(0, "insmod " + tree.jar("core") + " \n", "", List.of()));
  }

  @Test
  void variable_takesQuotesOfBothKinds_closed() {
    String options = "-d '" + root + "' -S \"1.0.0\" -C '" + config + "'/'' -n";
    assertThat(KmodRun.of(kernel, Map.of("MODPROBE_OPTIONS", options), root, "modprobe", "core"))
        .isEqualTo(new KmodRun(0, "insmod " + tree.jar("core") + " \n", "", List.of()));
    KmodRun run = KmodRun.of(kernel, Map.of("MODPROBE_OPTIONS", "-v 'x"), root, "modprobe", "core");
    assertThat(run)
        .isEqualTo(
            new KmodRun(
                1,
                "",
                "modprobe: ERROR: MODPROBE_OPTIONS: a quote is not closed: -v 'x\n",
                List.of()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"0x10", "010", "' 5'", "99999999999999999999", "0"})
  void wait_isReadAsCDoes(String given) {
    KmodRun run =
        KmodRun.of(
            kernel,
            Map.of("MODPROBE_OPTIONS", "-w " + given),
            root,
            List.of("modprobe", "-d", root.toString(), "-S", "1.0.0", "-r", "side")
                .toArray(String[]::new));
    assertThat(run).isEqualTo(new KmodRun(0, "", "", List.of()));
  }

  @Test
  void symbols_ofBothSides_haveTheSameVersion() {
    KmodRun exports = run("--show-exports mid");
    assertThat(exports.out()).matches("0x[0-9a-f]{8}\tmid_fn\n");
    assertThat(run("--show-modversions " + tree.jar("top")).out()).isEqualTo(exports.out());
    assertThat(run("--show-exports nosuch").err())
        .isEqualTo(
            "modprobe: FATAL: Module nosuch not found in directory " + tree.modules() + "\n");
    assertThat(run("--show-exports " + root.resolve("notelf.jar")).status()).isEqualTo(1);
  }

  @Test
  @Timeout(60)
  void pipe_isNotWaitedFor() throws IOException, InterruptedException {
    Path fifo = config.resolve("fifo.jar");
    assertThat(new ProcessBuilder("mkfifo", fifo.toString()).start().waitFor()).isZero();
    assertThat(run("--show-exports " + fifo).err())
        .isEqualTo("modprobe: FATAL: Module " + fifo + ": not a regular file\n");
    assertThat(run(fifo.toString()))
        .isEqualTo(
            new KmodRun(
                1,
                "",
                "modprobe: FATAL: Failed to get module from path "
                    + fifo
                    + ": not a regular file\n",
                List.of()));
    Path image = Files.createDirectories(config.resolve("lib/modules/1.0.0")).getParent();
    Files.writeString(image.resolve("1.0.0/modules.dep"), fifo + ":\n");
    assertThat(run("-d " + config + " fifo"))
        .isEqualTo(
            new KmodRun(
                1, "", "modprobe: ERROR: could not insert 'fifo': Invalid argument\n", List.of()));
  }

  @Test
  void placeThatCannotBeRead_isToldEachTime_andTheOthersCount() throws IOException {
    Path file = Files.writeString(config.resolve("file"), "");
    String places = file + ":x\0:" + tree.jar("core").getParent();
    Map<String, String> environment = Map.of("JIFFY_MODULES", places);
    String warnings =
        "modprobe: WARNING: no directory can be called x\0: JIFFY_MODULES\n"
            + "modprobe: WARNING: could not look into "
            + file
            + ": Not a directory\n";
    for (int i = 0; i < 2; i++) {
      assertThat(KmodRun.of(kernel, environment, root, "modprobe", "-D", "core"))
          .isEqualTo(new KmodRun(0, "insmod " + tree.jar("core") + " \n", warnings, List.of()));
    }
    kernel.has("core", 0);
    KmodRun removed = KmodRun.of(kernel, environment, root, "modprobe", "-r", "core");
    assertThat(removed.err()).isEqualTo(warnings);
    assertThat(removed.calls()).containsExactly("rmmod core");
  }

  @Test
  void namesThatNoFileCanHave_areRefused() throws IOException {
    for (String option : List.of("-C", "-d", "-S")) {
      assertThat(run(option + " x\0 core").err())
          .startsWith("modprobe: ERROR: --")
          .contains("no file can be called 'x\0'");
    }
    String noFile = "No such file or directory\n";
    assertThat(run("./x\0").err()).startsWith("modprobe: FATAL: Failed").endsWith(noFile);
    assertThat(run("--show-exports ./x\0").err()).endsWith(noFile);
    assertThat(run("--show-exports x\0").err()).contains("not found in directory");

    Path image = Files.createDirectories(config.resolve("lib/modules/1.0.0"));
    Files.writeString(image.resolve("modules.dep"), "x\0.jar:\ny.jar:\n");
    assertThat(run("-d " + config + " -D y").out())
        .isEqualTo("insmod " + image.resolve("y.jar") + " \n");
  }

  @Test
  void whatIsNotFound_comesWithTheWayOut() throws IOException {
    Files.createDirectories(root.resolve("mods"));
    Files.copy(tree.jar("core"), root.resolve("mods/other.jar"));
    String notFound = " not found in directory " + tree.modules() + "\nmodprobe: NOTICE: ";
    assertThat(run("my-dash.jar").err())
        .isEqualTo(
            "modprobe: FATAL: Module my-dash.jar"
                + notFound
                + "modules are called by their names: 'modprobe my_dash'\n");
    assertThat(run("mods/other.jar").err())
        .isEqualTo(
            "modprobe: FATAL: Module mods/other.jar"
                + notFound
                + "mods/other.jar is a file: it is loaded by 'modprobe ./mods/other.jar'\n");

    Path none = config.resolve("lib/modules/7");
    assertThat(run("-d " + config + " -S 7 core").err())
        .isEqualTo("modprobe: FATAL: Module core not found in directory " + none + "\n");
    Files.createDirectories(none.resolve("modules.dep"));
    assertThat(run("-d " + config + " -S 7 core").err())
        .contains("could not read " + none.resolve("modules.dep") + ": not a regular file\n")
        .doesNotContain("run depmod");
  }

  @Test
  void wrongUse_isNamed() {
    assertThat(run("-w").err()).isEqualTo("modprobe: option requires an argument -- 'w'\n");
    assertThat(run("-w 08 -r core").err()).contains("unexpected wait value '08'.");
    assertThat(run("-w -1 -r core").err())
        .isEqualTo("modprobe: ERROR: unexpected wait value '-1'.\n");
    assertThat(run("/").err())
        .isEqualTo("modprobe: FATAL: Failed to get module from path /: Is a directory\n");
    assertThat(run("a[b").status()).isEqualTo(1);
    assertThat(run("-C /nosuch -D core").err())
        .isEqualTo("modprobe: WARNING: could not open '/nosuch': No such file or directory\n");
  }

  @Test
  void backOff_doubles_andEndsInTime() {
    BackOff backOff = new BackOff(20);
    assertThat(Stream.generate(backOff::next).limit(7)).containsExactly(1, 2, 4, 8, 5, 0, 0);
    assertThat(new BackOff(0).next()).isZero();
  }
}
