package jiffy.cli.kmod.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The texts of depmod, as lookups. */
class ModuleIndexTest {
  private static final Path DIRECTORY = Path.of("/lib/modules/1");

  private static final ModuleIndex INDEX =
      ModuleIndex.of(
          DIRECTORY,
          Map.of(
              "modules.dep",
              """
              # comment
              kernel/top.jar: kernel/mid.jar kernel/my-core.jar
              kernel/mid.jar: kernel/my-core.jar

              kernel/my-core.jar:
              /elsewhere/top.jar:
              no colon
              : nameless
              """,
              "modules.alias",
              """
              alias net-pf-[0-9]-* mid
              alias net-pf-1-2 top
              alias broken[ mid
              alias onlyone
              options mid x=1
              """,
              "modules.symbols",
              "alias symbol:dep-fn_x my-core\n",
              "modules.builtin",
              "kernel/lib/in-it.ko\n"));

  @Test
  void module_hasItsDependenciesDeepestFirst() {
    assertThat(INDEX.module("top"))
        .hasValue(
            new ModuleIndex.Entry(
                "top", DIRECTORY.resolve("kernel/top.jar"), List.of("my_core", "mid")));
    assertThat(INDEX.module("my_core")).isEqualTo(INDEX.module("my-core")).isPresent();
    assertThat(INDEX.module("nosuch")).isEmpty();
    assertThat(INDEX.modules()).extracting(ModuleIndex.Entry::name).hasSize(3);
  }

  @Test
  void byAlias_matchesPatternsAndBothLetters() {
    assertThat(INDEX.byAlias("net-pf-1-2")).containsExactly("mid", "top");
    assertThat(INDEX.byAlias("net_pf_7_x")).containsExactly("mid");
    assertThat(INDEX.byAlias("net-pf-77-x")).isEmpty();
    assertThat(INDEX.byAlias("broken[")).isEmpty();
  }

  @Test
  void exporters_knowSymbolsByTheirVeryNames() {
    assertThat(INDEX.exporters("dep-fn_x")).containsExactly("my_core");
    assertThat(INDEX.bySymbolAlias("symbol:dep-fn_x")).containsExactly("my_core");
    assertThat(INDEX.exporters("dep_fn_x")).isEmpty();
  }

  @Test
  void isBuiltin_takesBothLetters() {
    assertThat(INDEX.isBuiltin("in-it")).isTrue();
    assertThat(INDEX.isBuiltin("top")).isFalse();
  }
}
