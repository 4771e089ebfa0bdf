package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * kmod's own tests of depmod and modinfo, as INDEX.md lists them, over JARs instead of its modules.
 * Their data is not ours: they run if {@code -Djiffy.shared=DIR} names the directory of shared
 * data. Signatures, which JARs have not, are left out.
 */
class UpstreamDepmodTest {
  private static final String VERSION = "4.4.4";

  @TempDir Path root;

  private Path upstream;
  private Path tree;

  @BeforeEach
  void findData() throws IOException {
    String name = System.getProperty("jiffy.shared", "");
    upstream =
        Stream.of("", "..")
            .map(base -> Path.of(base).resolve(name).resolve("vectors/kmod/upstream"))
            .filter(path -> !name.isEmpty() && Files.isDirectory(path))
            .map(path -> path.toAbsolutePath().normalize())
            .findFirst()
            .orElse(null);
    assumeTrue(upstream != null, "no -Djiffy.shared=DIR of test data");
    tree = Files.createDirectories(root.resolve("lib/modules").resolve(VERSION));
  }

  /** A text of theirs as it reads here. */
  private String text(String file) throws IOException {
    return Files.readString(upstream.resolve(file)).replaceAll("\\.ko\\b", ".jar");
  }

  private ToolRun depmod(String... words) {
    return ToolRun.of(
        root,
        Map.of(),
        Stream.concat(Stream.of("depmod", "-b", root.toString()), Stream.of(words))
            .toArray(String[]::new));
  }

  private ToolRun modinfo(String version, String... words) {
    return ToolRun.of(
        root,
        Map.of(),
        Stream.concat(Stream.of("modinfo", "-b", root.toString(), "-k", version), Stream.of(words))
            .toArray(String[]::new));
  }

  @ParameterizedTest
  @ValueSource(strings = {"simple", "same-prefix", "override", "external-first", "external-last"})
  void searchOrder_choosesTheirModule(String name) throws IOException {
    String test = "test-depmod/search-order-" + name + "/";
    List<String> places =
        switch (name) {
          case "simple" -> List.of("kernel", "updates");
          case "override" -> List.of("foo", "override");
          default -> List.of("foo", "foobar");
        };
    places.forEach(place -> Sources.write(tree.resolve(place).resolve("mod-simple.jar"), ""));
    Path external = root.resolve("lib/modules/external");
    Sources.write(external.resolve("mod-simple.jar"), "");
    Path config = Files.createDirectories(root.resolve("etc/depmod.d"));
    try (Stream<Path> files = Files.list(upstream.resolve(test + "etc/depmod.d"))) {
      for (Path file : files.toList()) {
        String here = Files.readString(file).replace("/lib/modules/external", external.toString());
        Files.writeString(config.resolve(file.getFileName().toString()), here);
      }
    }
    assertThat(depmod(VERSION).status()).isZero();
    assertThat(tree.resolve("modules.dep"))
        .hasContent(
            text(test + "lib/modules/4.4.4/correct-modules.dep")
                .replace("/lib/modules/external", external.toString()));
  }

  /** Each module's aliases are said the other way round: so the index has them as they are. */
  private void scsiModules(String correctAliases, String order) throws IOException {
    Files.writeString(tree.resolve("modules.order"), text(order));
    Path drivers = tree.resolve("kernel/drivers");
    Sources.write(drivers.resolve("scsi/scsi_mod.jar"), aliases(correctAliases, "scsi_mod"));
    Sources.write(drivers.resolve("block/cciss.jar"), aliases(correctAliases, "cciss"));
    Sources.write(drivers.resolve("scsi/hpsa.jar"), aliases(correctAliases, "hpsa"), "scsi_mod");
  }

  private String aliases(String correct, String module) throws IOException {
    List<String> found = new ArrayList<>();
    for (String line : text(correct).split("\n")) {
      String[] words = line.split(" ");
      if (words.length == 3 && words[2].equals(module)) {
        found.add('"' + words[1] + '"');
      }
    }
    Collections.reverse(found);
    return "alias = {" + String.join(", ", found) + "}";
  }

  @Test
  void outdir_getsTheIndex() throws IOException {
    String test = "test-depmod/modules-outdir/";
    scsiModules(test + "correct-modules.alias", test + "lib/modules/4.4.4/modules.order");
    assertThat(depmod("-o", root.resolve("out").toString(), VERSION).status()).isZero();
    Path out = root.resolve("out/lib/modules").resolve(VERSION);
    assertThat(out.resolve("modules.dep")).hasContent(text(test + "correct-modules.dep"));
    assertThat(out.resolve("modules.alias")).hasContent(text(test + "correct-modules.alias"));
    assertThat(tree.resolve("modules.dep")).doesNotExist();
  }

  @Test
  void modulesOrder_ordersAliases() throws IOException {
    String test = "test-depmod/modules-order-compressed/lib/modules/4.4.4/";
    scsiModules(test + "correct-modules.alias", test + "modules.order");
    assertThat(depmod(VERSION).status()).isZero();
    assertThat(tree.resolve("modules.alias")).hasContent(text(test + "correct-modules.alias"));
  }

  @ParameterizedTest
  @CsvSource({"/foobar", "foobar"})
  void anotherModuledir_isUsed(String moduledir) throws IOException {
    Sources.write(root.resolve("foobar/4.4.4/kernel/mod-simple.jar"), "");
    assertThat(depmod("-m", moduledir, VERSION).status()).isZero();
    assertThat(root.resolve("foobar/4.4.4/modules.dep"))
        .hasContent(text("test-depmod/another-moddir/correct-modules.dep"));
  }

  @Test
  void weakdeps_areWrittenDown() throws IOException {
    Sources.write(tree.resolve("kernel/mod-weakdep.jar"), "weakdep = \"mod-simple\"");
    Sources.write(tree.resolve("kernel/mod-simple.jar"), "");
    assertThat(depmod(VERSION).status()).isZero();
    assertThat(tree.resolve("modules.weakdep"))
        .hasContent(text("test-depmod/check-weakdep/lib/modules/4.4.4/correct-modules.weakdep"));
    assertThat(modinfo(VERSION, "-F", "weakdep", "mod-weakdep").out()).isEqualTo("mod-simple\n");
  }

  /** Where a circle begins and which comes first is chance there: the circles are the same. */
  @Test
  void loops_areTheirs() throws IOException {
    Files.writeString(
        tree.resolve("modules.order"),
        text("test-depmod/detect-loop/lib/modules/4.4.4/modules.order"));
    String[][] needs = {
      {"a", "b"},
      {"b", "c"},
      {"c", "a"},
      {"d", "e"},
      {"e", "d"},
      {"f", "d"},
      {"g", "f"},
      {"h", "i"},
      {"i", "j"},
      {"j", "h", "k"},
      {"k", "h"}
    };
    for (String[] each : needs) {
      String[] libraries =
          Stream.of(each).skip(1).map(name -> "mod_loop_" + name).toArray(String[]::new);
      Sources.write(tree.resolve("kernel/mod-loop-" + each[0] + ".jar"), "", libraries);
    }
    ToolRun run = depmod(VERSION);
    assertThat(run.status()).isEqualTo(1);
    assertThat(circles(run.err())).isEqualTo(circles(text("test-depmod/detect-loop/correct.txt")));
  }

  /** Each line, of a circle the least of the ways to write it. */
  private static Set<String> circles(String text) {
    return text.lines().map(UpstreamDepmodTest::fromItsLeast).collect(Collectors.toSet());
  }

  private static String fromItsLeast(String line) {
    String detected = "Cycle detected: ";
    int at = line.indexOf(detected);
    if (at < 0) {
      return line;
    }
    List<String> names =
        new ArrayList<>(List.of(line.substring(at + detected.length()).split(" -> ")));
    names.remove(names.size() - 1);
    Collections.rotate(names, -names.indexOf(Collections.min(names)));
    return String.join(" ", names);
  }

  @Test
  void builtin_isShownByItsModinfo() throws IOException {
    Path builtin = Files.createDirectories(root.resolve("lib/modules/6.11.0"));
    Files.write(
        builtin.resolve("modules.builtin.modinfo"),
        Files.readAllBytes(
            upstream.resolve("test-modinfo/builtin/lib/modules/6.11.0/modules.builtin.modinfo")));
    assertThat(modinfo("6.11.0", "intel_uncore"))
        .isEqualTo(new ToolRun(0, text("test-modinfo/correct-builtin.txt"), ""));
  }

  @Test
  void externalModule_isFoundByItsAbsolutePath() throws IOException {
    Path external = Sources.write(root.resolve("lib/modules/external/mod-simple.jar"), "");
    Path data = upstream.resolve("test-modinfo/external/lib/modules/4.4.4");
    try (Stream<Path> files = Files.list(data)) {
      for (Path file : files.toList()) {
        String here =
            text(upstream.relativize(file).toString())
                .replace("/lib/modules/external", external.getParent().toString());
        Files.writeString(tree.resolve(file.getFileName().toString()), here);
      }
    }
    assertThat(modinfo(VERSION, "-n", "mod-simple").out())
        .isEqualTo(
            text("test-modinfo/correct-external.txt")
                    .stripTrailing()
                    .replace("/lib/modules/external", external.getParent().toString())
                + "\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"filename", "author", "license", "description", "parm", "depends"})
  void field_isTheirs(String field) throws IOException {
    String author = text("test-modinfo/correct-author.txt").strip();
    String description = text("test-modinfo/correct-description.txt").strip();
    Path jar =
        Sources.write(
            root.resolve("mod-simple.jar"),
            "author = \"" + author + "\", description = \"" + description + "\"");
    String expected = text("test-modinfo/correct-" + field + ".txt");
    ToolRun run = modinfo(VERSION, "-F", field, jar.toString());
    assertThat(run.out().replace(root.toString(), "").strip()).isEqualTo(expected.strip());
    assertThat(run.status()).isZero();
  }
}
