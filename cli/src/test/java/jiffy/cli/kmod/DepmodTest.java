package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** depmod over trees of our own. */
class DepmodTest {
  @TempDir Path root;

  private Path tree;

  @BeforeEach
  void anEmptyTree() throws IOException {
    tree = Files.createDirectories(root.resolve("lib/modules/1.0.0"));
    Files.writeString(tree.resolve("modules.order"), "");
  }

  private ToolRun depmod(String... words) {
    String[] all =
        Stream.concat(Stream.of("depmod", "-b", root.toString()), Stream.of(words))
            .toArray(String[]::new);
    return ToolRun.of(root, Map.of(), all);
  }

  private void isSilent(ToolRun run) {
    assertThat(run).isEqualTo(new ToolRun(0, "", ""));
  }

  private String index(String name) throws IOException {
    return Files.readString(tree.resolve("modules." + name));
  }

  private Path module(String path, String info, String... needs) {
    return Sources.write(tree.resolve(path), info, needs);
  }

  private void configure(String... lines) throws IOException {
    Path directory = Files.createDirectories(root.resolve("etc/depmod.d"));
    Files.write(directory.resolve("test.conf"), List.of(lines));
  }

  @Test
  void depmod_ofATree_writesTheIndexAndLeavesNothingElse() throws IOException {
    module("kernel/a.jar", "alias = {\"x-*\", \"devname:a\", \"char-major-10-229\"}");
    module("kernel/b.jar", "softdep = \"pre:  c\"", "a");
    module("kernel/c.jar", "weakdep = \"a\"", "a", "b");
    isSilent(depmod("1.0.0"));
    assertThat(index("dep"))
        .isEqualTo(
            "kernel/a.jar:\n"
                + "kernel/b.jar: kernel/a.jar\n"
                + "kernel/c.jar: kernel/b.jar kernel/a.jar\n");
    assertThat(index("alias"))
        .isEqualTo(
            "# Aliases extracted from modules themselves.\n"
                + "alias char-major-10-229 a\nalias devname:a a\nalias x-* a\n");
    assertThat(index("softdep")).endsWith("themselves.\nsoftdep b pre: c\n");
    assertThat(index("weakdep")).endsWith("themselves.\nweakdep c a\n");
    assertThat(index("symbols"))
        .endsWith("alias symbol:a_fn a\nalias symbol:b_fn b\nalias symbol:c_fn c\n");
    assertThat(index("devname"))
        .isEqualTo("# Device nodes to trigger on-demand module loading.\na a c10:229\n");
    try (Stream<Path> files = Files.list(tree)) {
      assertThat(files.map(file -> file.getFileName().toString()))
          .containsExactlyInAnyOrder(
              "kernel",
              "modules.order",
              "modules.dep",
              "modules.alias",
              "modules.softdep",
              "modules.weakdep",
              "modules.symbols",
              "modules.devname");
    }
  }

  @Test
  void depmod_ofATreeWithoutDevices_takesTheOldListAway() throws IOException {
    Files.writeString(tree.resolve("modules.devname"), "old");
    module("a.jar", "");
    isSilent(depmod("1.0.0"));
    assertThat(tree.resolve("modules.devname")).doesNotExist();
  }

  @Test
  void modulesOrder_decides_andOthersFollowByPath() throws IOException {
    for (String each : List.of("a", "b", "c", "d")) {
      module("kernel/" + each + ".jar", "");
    }
    Files.writeString(
        tree.resolve("modules.order"), "#1\nkernel/d.jar\nkernel/b.jar\n\ngone.jar\n");
    isSilent(depmod("1.0.0"));
    assertThat(index("dep"))
        .isEqualTo("kernel/d.jar:\nkernel/b.jar:\nkernel/a.jar:\nkernel/c.jar:\n");
  }

  @ParameterizedTest
  @CsvSource({
    "'',                                 updates/m.jar",
    "search built-in updates,            foo/m.jar",
    "search foobar foo built-in,         foobar/m.jar",
    "search foo foobar built-in,         foo/m.jar",
    "search external built-in,           ext",
    "search foobar built-in external,    foobar/m.jar",
    "override m 1.0.0 over,              over/m.jar",
    "override m * over,                  over/m.jar",
    "override m 2.0.0 over,              updates/m.jar",
    "exclude updates,                    foo/m.jar",
  })
  void moduleInSeveralPlaces_isTheOneThatTheConfigurationSays(String line, String expected)
      throws IOException {
    for (String each : List.of("foo", "foobar", "over", "updates")) {
      module(each + "/m.jar", "");
    }
    Path external = Sources.write(root.resolve("ext/m.jar"), "");
    configure("# comment", line, "external 1\\.0\\..* " + root.resolve("ext"));
    isSilent(depmod("1.0.0"));
    assertThat(index("dep")).isEqualTo((expected.equals("ext") ? external : expected) + ":\n");
  }

  @Test
  void badConfiguration_isToldLineByLine_andTheRestCounts() throws IOException {
    configure("frobnicate x", "search", "external [ /x", "override m", "search foobar built-in");
    module("foo/m.jar", "");
    module("foobar/m.jar", "");
    ToolRun run = depmod("1.0.0");
    String file = root.resolve("etc/depmod.d/test.conf").toString();
    assertThat(run.status()).isZero();
    assertThat(run.err())
        .isEqualTo(
            Stream.of(
                    "1: ignoring bad line starting with 'frobnicate'",
                    "2: ignoring bad line starting with 'search'",
                    "3: ignoring bad line starting with 'external'",
                    "4: ignoring bad line starting with 'override'")
                .map(each -> "depmod: ERROR: " + file + " line " + each + "\n")
                .reduce("", String::concat));
    assertThat(index("dep")).isEqualTo("foobar/m.jar:\n");
  }

  @Test
  void configuration_isReadLineByLine_whateverItsBytes() throws IOException {
    Path file = Files.createDirectories(root.resolve("etc/depmod.d")).resolve("a.conf");
    String text =
        "# caf\u00e9\nsearch \\\n  foobar \\\n  built-in\nnonsense\nexternal 1.* /x\0y\nsearch \0\n";
    Files.write(file, text.getBytes(StandardCharsets.ISO_8859_1));
    Path link = Files.createSymbolicLink(file.resolveSibling("b.conf"), root.resolve("gone"));
    module("foo/m.jar", "");
    module("foobar/m.jar", "");
    assertThat(depmod("1.0.0").err())
        .isEqualTo(
            Stream.of(
                    file + " line 5: ignoring bad line starting with 'nonsense'",
                    file + " line 6: ignoring bad line starting with 'external'",
                    file + " line 7: ignoring bad line starting with 'search'",
                    "could not read " + link + ": No such file or directory")
                .map(each -> "depmod: ERROR: " + each + "\n")
                .collect(Collectors.joining()));
    assertThat(index("dep")).isEqualTo("foobar/m.jar:\n");
  }

  @Test
  void modulesOrder_whateverItsBytes_countsForTheOtherLines() throws IOException {
    module("a.jar", "");
    module("b.jar", "");
    Files.write(
        tree.resolve("modules.order"),
        "caf\u00e9.jar\nx\0.jar\nb.jar\n".getBytes(StandardCharsets.ISO_8859_1));
    isSilent(depmod("1.0.0"));
    assertThat(index("dep")).isEqualTo("b.jar:\na.jar:\n");
  }

  @ParameterizedTest
  @ValueSource(strings = {"-C", "-F", "-E", "-b", "-o", "-m"})
  void optionThatNoFileCanBeCalled_isRefused(String option) {
    ToolRun run = depmod(option, "x\0", "1.0.0");
    assertThat(run.status()).isEqualTo(1);
    assertThat(run.err()).startsWith("depmod: FATAL: ").doesNotContain("internal");
    assertThat(depmod("1.0.0", "/x\0").err()).startsWith("depmod: FATAL: could not create module");
  }

  @Test
  void cycles_areToldOneByOne_andTheOldIndexStays() throws IOException {
    Files.writeString(tree.resolve("modules.dep"), "old");
    module("a.jar", "", "b");
    module("b.jar", "", "c");
    module("c.jar", "", "a");
    module("d.jar", "", "e");
    module("e.jar", "", "d", "a");
    module("user.jar", "", "a");
    module("free.jar", "");
    assertThat(depmod("1.0.0"))
        .isEqualTo(
            new ToolRun(
                1,
                "",
                "depmod: ERROR: Cycle detected: a -> b -> c -> a\n"
                    + "depmod: ERROR: Cycle detected: d -> e -> d\n"
                    + "depmod: ERROR: Found 5 modules in dependency cycles!\n"));
    assertThat(index("dep")).isEqualTo("old");
  }

  @Test
  void quick_doesNothingUntilAModuleIsNewerOrComesOrGoes() throws IOException {
    Path a = module("a.jar", "");
    Path b = module("b.jar", "");
    isSilent(depmod("-A", "1.0.0"));
    assertThat(index("dep")).as("there was none").isEqualTo("a.jar:\nb.jar:\n");
    Files.writeString(tree.resolve("modules.alias"), "untouched");
    isSilent(depmod("-A", "1.0.0"));
    assertThat(index("alias")).isEqualTo("untouched");

    Files.setLastModifiedTime(a, FileTime.from(Instant.now().plusSeconds(60)));
    isSilent(depmod("-A", "1.0.0"));
    assertThat(index("alias")).isNotEqualTo("untouched");
    Files.setLastModifiedTime(a, FileTime.from(Instant.EPOCH));

    Files.delete(b);
    isSilent(depmod("-A", "1.0.0"));
    assertThat(index("dep")).isEqualTo("a.jar:\n");
    Path c = module("c.jar", "");
    Files.setLastModifiedTime(c, FileTime.from(Instant.EPOCH));
    isSilent(depmod("-A", "1.0.0"));
    assertThat(index("dep")).isEqualTo("a.jar:\nc.jar:\n");

    Files.copy(c, tree.resolve("bad name.jar"));
    Files.writeString(tree.resolve("modules.alias"), "untouched");
    isSilent(depmod("-A", "1.0.0"));
    assertThat(index("alias")).isEqualTo("untouched");
  }

  @Test
  void indexThatCannotBeWritten_leavesTheOldOne() throws IOException {
    module("a.jar", "");
    Files.writeString(tree.resolve("modules.dep"), "old");
    Files.createDirectory(tree.resolve("modules.symbols"));
    ToolRun run = depmod("1.0.0");
    assertThat(run)
        .isEqualTo(
            new ToolRun(
                1,
                "",
                "depmod: FATAL: could not write the index files in "
                    + tree
                    + ", the old ones are left as they were: modules.symbols is a directory\n"));
    assertThat(index("dep")).isEqualTo("old");
    try (Stream<Path> files = Files.list(tree)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".tmp"));
    }
  }

  @Test
  void outdirAndModuledir_areTakenFromTheRoots() throws IOException {
    Sources.write(root.resolve("mods/1.0.0/a.jar"), "");
    Path out = root.resolve("out");
    ToolRun run = depmod("-m", "/mods", "--outdir=" + out, "1.0.0");
    assertThat(run.status()).isZero();
    assertThat(out.resolve("mods/1.0.0/modules.dep")).hasContent("a.jar:\n");
    assertThat(root.resolve("mods/1.0.0/modules.dep")).doesNotExist();
  }

  @Test
  void moduleThatIsNone_keepsItsPlaceAndIsTold() throws IOException {
    Files.writeString(tree.resolve("broken.jar"), "text");
    module("fine.jar", "");
    ToolRun run = depmod("1.0.0");
    assertThat(run.status()).isZero();
    assertThat(run.err())
        .startsWith("depmod: ERROR: failed to read module " + tree.resolve("broken.jar") + ": ")
        .contains("not a JAR");
    assertThat(index("dep")).isEqualTo("broken.jar:\nfine.jar:\n");
  }

  @Test
  void twoVersionsInOneDirectory_areTold() throws IOException {
    Sources.write(tree.resolve("m-1.0.jar"), "");
    Sources.write(tree.resolve("m-1.1.jar"), "");
    assertThat(depmod("1.0.0").err())
        .isEqualTo(
            "depmod: WARNING: "
                + tree.resolve("m-1.0.jar")
                + " and m-1.1.jar are both module m: the first is taken\n");
  }

  @Test
  void moduleWithAnotherNameThanItsFile_isFoundByBoth() throws IOException {
    module("file.jar", "name = \"inside\"");
    isSilent(depmod("1.0.0"));
    assertThat(index("alias")).endsWith("alias inside file\n");
  }

  @Test
  void fileThatNoIndexCanName_isLeftOut() throws IOException {
    Path fine = module("fine.jar", "");
    Files.copy(fine, tree.resolve("a b.jar"));
    Files.copy(fine, tree.resolve("a:b.jar"));
    String why = ": a name with blanks or colons cannot be looked up: left out\n";
    assertThat(depmod("1.0.0").err())
        .isEqualTo(
            Stream.of("a b.jar", "a:b.jar")
                .map(name -> "depmod: WARNING: " + tree.resolve(name) + why)
                .collect(Collectors.joining()));
    assertThat(index("dep")).isEqualTo("fine.jar:\n");
  }

  @Test
  void aliasThatIsNoWord_isLeftOut() throws IOException {
    module("m.jar", "alias = {\"a b\", \"fine\"}");
    assertThat(depmod("1.0.0").err())
        .isEqualTo(
            "depmod: WARNING: "
                + tree.resolve("m.jar")
                + ": the alias 'a b' is no word: left out\n");
    assertThat(index("alias")).endsWith("alias fine m\n").doesNotContain("a b");
  }

  @Test
  void warn_tellsOfAliasesThatTwoHave() throws IOException {
    module("a.jar", "alias = \"x\"");
    module("b.jar", "alias = \"x\"");
    assertThat(depmod("-n", "1.0.0").err()).isEmpty();
    assertThat(depmod("-n", "-w", "1.0.0").err())
        .isEqualTo("depmod: WARNING: duplicate module alias:\nx b\n");
  }

  @Test
  void errsyms_doesNotMissWhatTheKernelIsSaidToHave() throws IOException {
    module("user.jar", "", "lib");
    Path map = Files.writeString(root.resolve("map"), "ff00 R __ksymtab_lib_fn\nff08 T other\n");
    Path symvers = Files.writeString(root.resolve("sv"), "0x1\tlib_fn\tvmlinux\tEXPORT_SYMBOL\n");
    String user = tree.resolve("user.jar").toString();
    assertThat(depmod("-n", "-e", "-F", "/dev/null", "1.0.0").err())
        .isEqualTo("depmod: WARNING: " + user + " needs unknown symbol lib_fn\n");
    assertThat(depmod("-n", "-e", "-F", map.toString(), "1.0.0").err()).isEmpty();
    assertThat(depmod("-n", "-e", "-E", symvers.toString(), "1.0.0").err()).isEmpty();
    assertThat(depmod("-n", "-e", "-E", "/nosuch", "1.0.0"))
        .isEqualTo(
            new ToolRun(
                1, "", "depmod: FATAL: could not load /nosuch: No such file or directory\n"));
  }

  @Test
  void builtinModinfo_givesBuiltinAliases() throws IOException {
    Files.writeString(
        tree.resolve("modules.builtin.modinfo"), "unix.license=GPL\0unix.alias=net-pf-1\0");
    isSilent(depmod("1.0.0"));
    assertThat(index("builtin.alias")).isEqualTo("alias net-pf-1 unix\n");
  }

  @Test
  void filesAfterTheVersion_areTheOnlyOnes() throws IOException {
    Path a = module("a.jar", "");
    module("b.jar", "");
    assertThat(depmod("-n", "1.0.0", a.toString()).out()).startsWith("a.jar:\n# Aliases");
    assertThat(depmod("-n", "1.0.0", "a.jar").err())
        .isEqualTo("depmod: FATAL: a.jar: not absolute path.\n");
    assertThat(depmod("-n", "1.0.0", "/nosuch.jar").err())
        .startsWith("depmod: FATAL: could not create module from path /nosuch.jar: No such file");
  }

  @Test
  void treeOfAVersionThatNobodyNamed_isAskedFor() {
    assertThat(depmod().err())
        .endsWith(
            "depmod: FATAL: could not search modules: No such file or directory\n"
                + "depmod: NOTICE: no version was given, so this is Jiffy's own: say which with"
                + " 'depmod -b "
                + root
                + " VERSION'\n");
  }

  @Test
  void withoutATree_thePlacesOfModulesAreChecked_andOnlyShownIfAsked() throws IOException {
    Path one = root.resolve("one");
    Path two = root.resolve("two");
    Sources.write(one.resolve("a.jar"), "");
    Sources.write(two.resolve("b.jar"), "", "a");
    Map<String, String> places = Map.of("JIFFY_MODULES", one + ":two:" + root.resolve("none"));
    isSilent(ToolRun.of(root, places, "depmod"));
    isSilent(ToolRun.of(root, places, "depmod", "-a"));
    assertThat(ToolRun.of(root, places, "depmod", "-n").out())
        .startsWith("a.jar:\n" + two.resolve("b.jar") + ": a.jar\n#");
    assertThat(one.resolve("modules.dep")).doesNotExist();

    Map<String, String> empty =
        Map.of("JIFFY_MODULES", Files.createDirectory(root.resolve("e")) + "");
    isSilent(ToolRun.of(root, empty, "depmod"));
    Map<String, String> none = Map.of("JIFFY_MODULES", "none:other");
    assertThat(ToolRun.of(root, none, "depmod").err())
        .isEqualTo(
            "depmod: ERROR: no directory of modules is there: "
                + root.resolve("none")
                + ", "
                + root.resolve("other")
                + "\n");
  }
}
