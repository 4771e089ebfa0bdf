package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import jiffy.kernel.Owner;
import jiffy.runtime.module.file.Exports;
import jiffy.runtime.module.file.Modinfo;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.PluginFacts;
import jiffy.runtime.module.file.PrivateCopy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModuleStateTest {
  /** Every pair that may happen; all others may not. */
  private static final Set<String> ALLOWED =
      Set.of(
          "UNFORMED COMING",
          "UNFORMED GONE",
          "COMING LIVE",
          "COMING GOING",
          "COMING ZOMBIE",
          "LIVE GOING",
          "GOING ZOMBIE",
          "GOING GONE",
          "ZOMBIE GONE");

  @TempDir Path dir;

  @Test
  void setState_everyPair_isAllowedOrThrows() throws Exception {
    for (ModuleState from : ModuleState.values()) {
      for (ModuleState to : ModuleState.values()) {
        LoadedModule module = moduleIn(from);
        if (ALLOWED.contains(from + " " + to)) {
          module.setState(to);
          assertThat(module.state()).isEqualTo(to);
        } else {
          assertThatThrownBy(() -> module.setState(to))
              .hasMessage("module m cannot go from " + from + " to " + to);
        }
      }
    }
  }

  private LoadedModule moduleIn(ModuleState state) throws Exception {
    LoadedModule module = module();
    for (ModuleState each : pathTo(state)) {
      module.setState(each);
    }
    return module;
  }

  private static List<ModuleState> pathTo(ModuleState state) {
    switch (state) {
      case UNFORMED:
        return List.of();
      case COMING:
        return List.of(ModuleState.COMING);
      case LIVE:
        return List.of(ModuleState.COMING, ModuleState.LIVE);
      case GOING:
        return List.of(ModuleState.COMING, ModuleState.GOING);
      case ZOMBIE:
        return List.of(ModuleState.COMING, ModuleState.ZOMBIE);
      default:
        return List.of(ModuleState.GONE);
    }
  }

  private LoadedModule module() throws Exception {
    return module(dir);
  }

  /** {@code m}, unformed. */
  static LoadedModule module(Path dir) throws Exception {
    Path jar = Files.writeString(dir.resolve("m.jar"), "x");
    PrivateCopy copy = PrivateCopy.of(jar, dir.resolve("cache"));
    List<String> none = List.of();
    ModuleFile file =
        new ModuleFile(
            "m",
            "M",
            "GPL",
            none,
            "",
            "1.0",
            none,
            none,
            List.of(),
            List.of(),
            new Exports(List.of(), Set.of(), Set.of()),
            "",
            new Modinfo(List.of()),
            "",
            PluginFacts.NONE,
            none);
    return new LoadedModule(new Owner(null, "m"), file, copy, 0xffffffffc0200000L);
  }

  @Test
  void isDecided_onlyBeforeTheEndOfInit_isFalse() {
    assertThat(EnumSet.allOf(ModuleState.class).stream().filter(s -> !s.isDecided()))
        .containsExactly(ModuleState.UNFORMED, ModuleState.COMING);
  }

  @Test
  void procLine_inEachState_readsAsLinuxs() throws Exception {
    LoadedModule module = module();
    module.setTaints(Taint.Flag.OUT_OF_TREE_MODULE.mask | Taint.Flag.UNSIGNED_MODULE.mask);
    module.setState(ModuleState.COMING);
    assertThat(module.view().procLine()).isEqualTo("m 4096 1 - Loading 0xffffffffc0200000 (OE+)");
    module.put();
    module.setState(ModuleState.LIVE);
    assertThat(module.view().procLine()).isEqualTo("m 4096 0 - Live 0xffffffffc0200000 (OE)");
    assertThat(module.releaseBase()).isTrue();
    module.setState(ModuleState.GOING);
    assertThat(module.view().procLine())
        .isEqualTo("m 4096 -1 - Unloading 0xffffffffc0200000 (OE-)");
  }

  @Test
  void procLine_withHoldersAndPermanent_listsBoth() {
    ModuleView view =
        new ModuleView(
            "dep_a", 16384, 2, List.of("dep_c", "dep_b"), ModuleState.LIVE, true, "", 1, "");
    assertThat(view.procLine())
        .isEqualTo("dep_a 16384 2 dep_c,dep_b,[permanent], Live 0x0000000000000001");
  }

  @Test
  void refcount_getsAndPuts_keepLinuxsBias() throws Exception {
    LoadedModule module = module();
    module.setState(ModuleState.COMING);
    assertThat(module.tryGet()).isTrue();
    assertThat(module.tryGet()).isTrue();
    assertThat(module.refcount()).isEqualTo(3);
    module.put();
    module.setState(ModuleState.LIVE);
    assertThat(module.refcount()).isEqualTo(2);
    assertThat(module.releaseBase()).isFalse();
    assertThat(module.put()).isTrue();
    assertThat(module.put()).isTrue();
    assertThat(module.put()).as("one too many").isFalse();
    assertThat(module.releaseBase()).isTrue();
    assertThat(module.tryGet()).isFalse();
    assertThat(module.refcount()).isEqualTo(-1);
  }
}
