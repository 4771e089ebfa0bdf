package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.cli.kmod.config.ConfigFiles;
import jiffy.cli.kmod.config.ModprobeConfig;
import jiffy.cli.kmod.config.SoftDep;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.index.Names;
import jiffy.cli.tool.FakeKernel;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kmod's own tests of modprobe, its configuration and its names, as INDEX.md lists them. Their data
 * is not ours: they run if {@code -Djiffy.shared=DIR} names the directory of shared data.
 */
class UpstreamKmodTest {
  @TempDir Path empty;

  private final FakeKernel kernel = new FakeKernel();
  private Path upstream;

  @BeforeEach
  void findData() {
    String name = System.getProperty("jiffy.shared", "");
    upstream =
        Stream.of("", "..")
            .map(base -> Path.of(base).resolve(name).resolve("vectors/kmod/upstream"))
            .filter(path -> !name.isEmpty() && Files.isDirectory(path))
            .map(path -> path.toAbsolutePath().normalize())
            .findFirst()
            .orElse(null);
    assumeTrue(upstream != null, "no -Djiffy.shared=DIR of test data");
  }

  private Path tree(String name) {
    return upstream.resolve("test-modprobe").resolve(name);
  }

  private KmodRun modprobe(Path root, String... words) {
    Path config = root.resolve("etc/modprobe.d");
    List<String> all = new ArrayList<>(List.of("modprobe", "-d", root.toString(), "-S", "4.4.4"));
    all.addAll(List.of("-C", Files.exists(config) ? config.toString() : empty.toString()));
    all.addAll(List.of(words));
    return KmodRun.of(kernel, Map.of(), empty, all.toArray(String[]::new));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file);
  }

  @ParameterizedTest
  @CsvSource({
    "show-depends, mod-loop-a, correct.txt",
    "show-depends, mod-simple, correct-mod-simple.txt",
    "alias-to-none, mod-simple, correct.txt",
    "module-param-kcmdline, mod-simple, correct.txt"
  })
  void showDepends_printsTheirLines(String name, String module, String file) throws IOException {
    Path cmdline = tree(name).resolve("proc/cmdline");
    kernel.commandLine = Files.exists(cmdline) ? text(cmdline) : "";
    KmodRun run = modprobe(tree(name), "--show-depends", "--ignore-install", module);
    assertThat(run.out().replace(tree(name).toString(), ""))
        .isEqualTo(text(tree(name).resolve(file)));
    assertThat(run.status()).isZero();
    assertThat(run.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5, 6, 7, 8, 9})
  void showConfig_ofTheBootLine_printsTheirLines(int number) throws IOException {
    Path directory = tree("module-param-kcmdline" + number);
    kernel.commandLine = text(directory.resolve("proc/cmdline"));
    assertThat(modprobe(directory, "-c").out()).isEqualTo(text(directory.resolve("correct.txt")));
  }

  @Test
  void builtin_isThereAlready() throws IOException {
    Path root = tree("builtin");
    assertThat(modprobe(root, "unix")).isEqualTo(new KmodRun(0, "", "", List.of()));
    assertThat(modprobe(root, "-R", "unix").out()).isEqualTo(text(root.resolve("correct.txt")));
    assertThat(modprobe(root, "-D", "unix").out()).isEqualTo("builtin unix\n");
    kernel.result = 0;
    KmodRun removal = modprobe(root, "-r", "unix");
    assertThat(removal.err()).isEqualTo("modprobe: FATAL: Module unix is builtin.\n");
    assertThat(removal.status()).isEqualTo(1);
  }

  @Test
  void loops_ofSoftDependencies_end() {
    String kernelDirectory = "/lib/modules/4.4.4/kernel/";
    Path soft = tree("softdep-loop");
    assertThat(modprobe(soft, "mod-loop-b").calls())
        .containsExactly(
            "insmod " + soft + kernelDirectory + "mod-loop-b.ko []",
            "insmod " + soft + kernelDirectory + "mod-loop-a.ko []");
    Path weak = tree("weakdep-loop");
    assertThat(modprobe(weak, "mod-loop-b").calls())
        .as("weak dependencies are not modprobe's")
        .containsExactly("insmod " + weak + kernelDirectory + "mod-loop-b.ko []");
  }

  @ParameterizedTest
  @CsvSource({"--force, 3", "--force-vermagic, 2", "--force-modversion, 1"})
  void force_isTheKernels(String option, int flags) {
    String directory = option.replace("--", "");
    assertThat(modprobe(tree(directory), option, "mod-simple").calls())
        .containsExactly(
            "insmod "
                + tree(directory)
                + "/lib/modules/4.4.4/kernel/mod-simple.ko [] flags "
                + flags);
  }

  @Test
  void index_mayHoldAbsolutePaths() {
    assertThat(modprobe(tree("external"), "mod-simple").calls())
        .containsExactly("insmod /lib/modules/external/mod-simple.ko []");
  }

  @Test
  void path_needsNoIndex() throws IOException {
    Path file = Files.createFile(empty.resolve("mod-simple.ko"));
    assertThat(modprobe(empty, file.toString()).calls()).containsExactly("insmod " + file + " []");
    assertThat(modprobe(empty, "./mod-simple.ko").calls()).hasSize(1);
  }

  private ModprobeConfig config(String test) {
    List<String> complaints = new ArrayList<>();
    Path place = upstream.resolve(test).resolve("etc/modprobe.d");
    ModprobeConfig config =
        ConfigFiles.read(
            List.of(place),
            ModuleIndex.of(empty, Map.of()),
            "",
            complaints::add,
            Throwable::getMessage);
    assertThat(complaints).isEmpty();
    return config;
  }

  @Test
  void blacklist_ofNames_filters() {
    assertThat(Stream.of("pcspkr", "pcspkr2", "floppy", "ext4"))
        .filteredOn(config("test-blacklist")::isBlacklisted)
        .containsExactly("pcspkr", "floppy");
  }

  @Test
  void softdeps_ofSeveralLines_addUp() {
    ModprobeConfig config = config("test-multi-softdep");
    assertThat(config.softdep("mod_softdep_a"))
        .isEqualTo(
            new SoftDep("mod_softdep_a", List.of("mod_foo_a", "mod_foo_b"), List.of("mod_foo_c")));
    assertThat(config.softdep("mod_softdep_b"))
        .isEqualTo(
            new SoftDep("mod_softdep_b", List.of("mod_foo_a"), List.of("mod_foo_b", "mod_foo_c")));
  }

  @Test
  void weakdeps_areReadAndPrinted() throws IOException {
    Path root = upstream.resolve("test-weakdep");
    assertThat(modprobe(root, "-c").out()).isEqualTo(text(root.resolve("modprobe-c.txt")));
  }

  @Test
  void names_areNormalised() throws IOException {
    Path correct = upstream.resolve("test-new-module/from_name/correct.txt");
    assertThat(
            Stream.of(
                    "ext4",
                    "balbalbalbbalbalbalbalbalbalbal",
                    "snd-hda-intel",
                    "snd-timer",
                    "iTCO_wdt")
                .map(Names::module))
        .containsExactlyElementsOf(
            text(correct).lines().filter(l -> !l.isEmpty()).map(l -> l.substring(9)).toList());
    assertThat(
            new Lookup(ModuleIndex.of(empty, Map.of()), config("test-new-module/from_alias"))
                .find("ext4.x"))
        .extracting(Target::name)
        .containsExactly("ext4");
  }

  @Test
  void aliases_keepWhatIsInBrackets() throws IOException {
    String input = null;
    int compared = 0;
    for (String line : text(upstream.resolve("test-util/alias-correct.txt")).split("\n")) {
      if (line.startsWith("input")) {
        input = line.substring(8);
      } else if (line.startsWith("output")) {
        assertThat(Names.alias(input)).isEqualTo(line.substring(8));
        compared++;
      }
    }
    assertThat(compared).isEqualTo(5);
  }
}
