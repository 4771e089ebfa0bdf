package jiffy.cli.kmod;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import jiffy.testkit.ModuleJar;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** modinfo over files and directories of our own. */
class ModinfoTest {
  private static final String MODULE =
      """
      import jiffy.linux.*;
      @ModuleInfo(%s)
      public final class M extends KernelModule {
        @ModuleParam("one") static int a;
        @ModuleParam static String[] b = new String[2];
      }
      """;

  @TempDir Path root;

  private ToolRun modinfo(String... words) {
    String[] all = Stream.concat(Stream.of("modinfo"), Stream.of(words)).toArray(String[]::new);
    return ToolRun.of(root, Map.of("JIFFY_MODULES", root.toString()), all);
  }

  private Path module(String info) {
    return ModuleJar.of(MODULE.formatted(info)).writeTo(root.resolve("m.jar"));
  }

  @Test
  void pairs_comeInTheOrderOppositeToTheSources_thenWhatWasFoundOut() {
    Path jar =
        module(
            "name = \"m-m\", license = \"GPL\", author = {\"A\", \"B\"}, weakdep = \"w\","
                + " info = {\"intree=Y\", \"custom=x=y\"}, description = \"d\"");
    assertThat(modinfo(jar.toString()))
        .isEqualTo(
            new ToolRun(
                0,
                "filename:       "
                    + jar
                    + "\ndescription:    d\n"
                    + "custom:         x=y\n"
                    + "intree:         Y\n"
                    + "weakdep:        w\n"
                    + "author:         B\n"
                    + "author:         A\n"
                    + "license:        GPL\n"
                    + "depends:        \n"
                    + "name:           m-m\n"
                    + "vermagic:       0.1\n"
                    + "parm:           a:one (int)\n"
                    + "parm:           b:array of charp\n",
                ""));
  }

  @Test
  void srcversion_isOfTheClasses_andThereWhereAVersionIs() {
    module("license = \"GPL\"");
    assertThat(modinfo("-F", "srcversion", "m")).isEqualTo(new ToolRun(0, "", ""));
    module("license = \"GPL\", version = \"1\"");
    String first = modinfo("-F", "srcversion", "m").out();
    assertThat(first).matches("[0-9A-F]{23}\n");
    ModuleJar.of(MODULE.formatted("license = \"GPL\", version = \"1\""))
        .entry("notes.txt", new byte[9])
        .manifest("Built-By", "somebody")
        .writeTo(root.resolve("m.jar"));
    assertThat(modinfo("-F", "srcversion", "m").out()).isEqualTo(first);
    module("license = \"GPL\", version = \"2\"");
    assertThat(modinfo("-F", "srcversion", "m").out()).isNotEqualTo(first);
  }

  @Test
  void params_mayHaveADescriptionOrATypeOnly() {
    module(
        "license = \"GPL\", info = {\"parmtype=t:int\", \"parm=d:said: so\","
            + " \"parmtype=x:bool\", \"parm=x:both\", \"parm=nonsense\"}");
    assertThat(modinfo("-p", "m").out())
        .isEqualTo("a:one (int)\nb: (array of charp)\nt: (int)\nd:said: so\nx:both (bool)\n");
    assertThat(modinfo("m").out())
        .endsWith(
            "parm:           t:int\nparm:           d:said: so\n"
                + "parm:           x:both (bool)\n");
  }

  @Test
  void paramWithCallbacksOnly_hasNoType() {
    ModuleJar.of(
            """
            import jiffy.linux.*;
            @ModuleInfo(license = "GPL")
            public final class M extends KernelModule {
              @ModuleParam("called") static jiffy.types.KernelParamOps told;
              @ModuleParam static jiffy.types.KernelParamOps untold;
            }
            """)
        .writeTo(root.resolve("m.jar"));
    assertThat(modinfo("-p", "m").out()).isEqualTo("told:called\n");
    assertThat(modinfo("m").out()).endsWith("parm:           told:called\n");
  }

  @Test
  void depends_isFoundBesideTheFile_andElseInThePlaces() throws IOException {
    Path aside = Sources.write(root.resolve("aside/user.jar"), "", "near", "far");
    Sources.write(root.resolve("aside/near.jar"), "");
    Sources.write(root.resolve("far.jar"), "");
    Files.copy(root.resolve("aside/near.jar"), root.resolve("other.jar"));
    assertThat(modinfo("-F", "depends", aside.toString()).out()).isEqualTo("near,far\n");
  }

  @Test
  void name_isAModuleOrAnAliasOrASymbol_butWithModnameOnlyThat() {
    Sources.write(root.resolve("my-mod.jar"), "alias = \"x-*\"");
    String file = root.resolve("my-mod.jar") + "\n";
    for (String name : new String[] {"my-mod", "my_mod", "x-1", "x_1", "symbol:my_mod_fn"}) {
      assertThat(modinfo("-n", name)).as(name).isEqualTo(new ToolRun(0, file, ""));
    }
    assertThat(modinfo("-n", "-m", "my-mod").out()).isEqualTo(file);
    assertThat(modinfo("-m", "x-1"))
        .isEqualTo(new ToolRun(1, "", "modinfo: ERROR: Module name x-1 not found.\n"));
  }

  @Test
  void json_isOneArray_whateverHappens() throws IOException {
    Path jar = module("license = \"GPL\", author = \"\\\"q\\\"\\t\\u00e4\", description = \"d\"");
    String object =
        "{\n"
            + "    \"filename\": \""
            + jar
            + "\",\n"
            + "    \"description\": \"d\",\n"
            + "    \"author\": [\"\\\"q\\\"\\t\u00e4\"],\n"
            + "    \"license\": \"GPL\",\n"
            + "    \"depends\": [],\n"
            + "    \"name\": \"m\",\n"
            + "    \"vermagic\": \"0.1\",\n"
            + "    \"parm\": [{ \"name\": \"a\", \"description\": \"one\", \"type\": \"int\" },"
            + " { \"name\": \"b\", \"description\": null, \"type\": \"array of charp\" }]\n"
            + "  }";
    assertThat(modinfo("-J", "m").out()).isEqualTo("[\n  " + object + "\n]\n");
    assertThat(modinfo("-J", "m", "nosuch", "m"))
        .isEqualTo(
            new ToolRun(
                1,
                "[\n  " + object + ",\n  " + object + "\n]\n",
                "modinfo: ERROR: Module nosuch not found.\n"));
    assertThat(modinfo("--json", "nosuch").out()).isEqualTo("[]\n");
    assertThat(modinfo("-J", "-d", "m").out())
        .isEqualTo("[\n  {\n    \"description\": \"d\"\n  }\n]\n");
  }

  @Test
  void brokenFiles_areToldWithTheReason() throws IOException {
    Files.writeString(root.resolve("text.jar"), "text");
    ModuleJar.empty().writeTo(root.resolve("none.jar"));
    Path half = module("license = \"GPL\"");
    byte[] bytes = Files.readAllBytes(half);
    Files.write(root.resolve("half.jar"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    ModuleJar.of(MODULE.formatted("license = \"GPL\", info = \"nonsense\""))
        .writeTo(root.resolve("pair.jar"));
    String refused = "modinfo: ERROR: could not get modinfo from '%s': Exec format error\n";
    assertThat(modinfo("text"))
        .isEqualTo(
            new ToolRun(
                1,
                "filename:       " + root.resolve("text.jar") + "\n",
                refused.formatted("text")));
    assertThat(modinfo("-l", "none", "half", "pair").err())
        .contains(refused.formatted("none"), "none.jar: no kernel module")
        .contains(refused.formatted("half"), "half.jar: not a JAR, or a damaged or truncated one")
        .contains(
            refused.formatted("pair"),
            "pair.jar: @ModuleInfo(info = \"nonsense\") is no pair: write \"key=value\"");
    assertThat(modinfo("-n", "text").out()).isEqualTo(root.resolve("text.jar") + "\n");
    assertThat(modinfo("-J", "-n", "text").out())
        .isEqualTo("[\n  {\n    \"filename\": \"" + root.resolve("text.jar") + "\"\n  }\n]\n");
    assertThat(modinfo("-b", "a\0b", "text").err()).contains("no directory can be called");
  }

  @Test
  void treeWithoutAnIndex_saysHowToGetOne() {
    Sources.write(root.resolve("lib/modules/1.0/m.jar"), "");
    assertThat(modinfo("-b", root.toString(), "-k", "1.0", "m").err())
        .isEqualTo(
            "modinfo: WARNING: there is no modules.dep in "
                + root.resolve("lib/modules/1.0")
                + ": run depmod\nmodinfo: ERROR: Module m not found.\n");
    assertThat(modinfo("-b", root.toString(), "m").err())
        .isEqualTo(
            "modinfo: WARNING: no directory "
                + root.resolve("lib/modules/0.1.0")
                + ": say which version with -k\nmodinfo: ERROR: Module m not found.\n");
  }
}
