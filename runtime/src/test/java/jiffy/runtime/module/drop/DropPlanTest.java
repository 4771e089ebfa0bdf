package jiffy.runtime.module.drop;

import static jiffy.runtime.module.drop.DropPlan.GRACE_NANOS;
import static jiffy.runtime.module.drop.DropPlan.NEVER;
import static jiffy.runtime.module.drop.DropPlan.PATIENCE_NANOS;
import static jiffy.runtime.module.drop.DropPlan.SETTLE_NANOS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jiffy.linux.Errno;
import jiffy.runtime.module.drop.DropPlan.Action;
import jiffy.runtime.module.drop.DropPlan.Stamp;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A folder, an archive test and a clock, all made of variables. */
class DropPlanTest {
  private final Map<String, DropOrder.Facts> facts = new HashMap<>();
  private final DropPlan plan =
      new DropPlan(file -> facts.getOrDefault(file, DropOrder.Facts.NONE));
  private final Map<String, Stamp> files = new HashMap<>();
  private final Set<String> whole = new HashSet<>();
  private final List<String> asked = new ArrayList<>();
  private long now = 1000;
  private long stamps;

  private void put(String file) {
    partOf(file);
    whole.add(file);
  }

  private void partOf(String file) {
    files.put(file, new Stamp(++stamps, stamps, "inode"));
    whole.remove(file);
  }

  private List<String> look() {
    return plan
        .look(
            now,
            files,
            file -> {
              asked.add(file);
              return whole.contains(file);
            })
        .stream()
        .map(DropPlanTest::show)
        .toList();
  }

  private List<String> lookAfter(long nanos) {
    now += nanos;
    return look();
  }

  private static String show(Action action) {
    if (action instanceof Action.Load load) {
      return "load " + load.file();
    }
    if (action instanceof Action.Unload unload) {
      return "unload " + unload.module();
    }
    return ((Action.Report) action).text();
  }

  private void loaded(String file, String module) {
    plan.loaded(file, 0, module, () -> "");
  }

  private void notLoaded(String file, int errno, String reason) {
    plan.loaded(file, -errno, null, () -> reason);
  }

  private void unloaded(String file) {
    plan.unloaded(file, 0, () -> "");
  }

  /** Puts and loads it. */
  private void have(String file, String module) {
    put(file);
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load " + file);
    loaded(file, module);
    assertThat(look()).isEmpty();
  }

  @Test
  void look_onAnEmptyFolder_hasNoDeadline() {
    assertThat(look()).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(NEVER);
  }

  @Test
  void look_onAFileThatSettles_loadsItOnce() {
    put("kt.jar");
    assertThat(look()).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(now + SETTLE_NANOS);
    assertThat(lookAfter(SETTLE_NANOS - 1)).isEmpty();
    assertThat(lookAfter(1)).containsExactly("load kt.jar");
    assertThat(look()).isEmpty();
    loaded("kt.jar", "kt");
    assertThat(look()).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(NEVER);
    assertThat(asked).containsExactly("kt.jar");
  }

  @Test
  void look_onAFileThatGrows_asksOnlyWhenItRests() {
    for (int i = 0; i < 10; i++) {
      partOf("kt.jar");
      assertThat(lookAfter(SETTLE_NANOS - 1)).isEmpty();
    }
    assertThat(asked).isEmpty();
    whole.add("kt.jar");
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load kt.jar");
  }

  @Test
  void look_onSeveral_loadsByNameOneAfterTheOther() {
    put("b.jar");
    put("a.jar");
    put("c.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load a.jar");
    assertThat(look()).isEmpty();
    loaded("a.jar", "a");
    assertThat(look()).containsExactly("load b.jar");
    loaded("b.jar", "b");
    assertThat(look()).containsExactly("load c.jar");
  }

  @Test
  void look_whileAnInitNeverReturns_goesOnAfterAWhile() {
    put("a.jar");
    put("b.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load a.jar");
    assertThat(plan.nextLookNanos()).isEqualTo(now + PATIENCE_NANOS);
    assertThat(lookAfter(PATIENCE_NANOS)).containsExactly("load b.jar");
    loaded("b.jar", "b");
    assertThat(look()).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(NEVER);
  }

  @Test
  void look_onAHalfWrittenFile_reportsItOnceAndLoadsItWhenWhole() {
    partOf("kt.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(now - SETTLE_NANOS + GRACE_NANOS);
    assertThat(lookAfter(GRACE_NANOS))
        .containsExactly("kt.jar is no complete JAR: left alone until it changes");
    assertThat(lookAfter(GRACE_NANOS)).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(NEVER);
    put("kt.jar");
    assertThat(look()).isEmpty();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load kt.jar");
  }

  @Test
  void look_onGarbage_leavesTheOthersAlone() {
    partOf("a.jar");
    put("b.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load b.jar");
  }

  @Test
  void look_onARefusedFile_reportsItOnceAndTriesAgainWhenItChanges() {
    put("bad.jar");
    look();
    lookAfter(SETTLE_NANOS);
    notLoaded("bad.jar", Errno.ENOEXEC, "Invalid module format");
    assertThat(look()).containsExactly("bad.jar could not be loaded: Invalid module format");
    assertThat(lookAfter(GRACE_NANOS)).isEmpty();
    put("bad.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load bad.jar");
  }

  @Test
  void look_onARefusedFileThatGoes_unloadsNothing() {
    put("kt.jar");
    look();
    lookAfter(SETTLE_NANOS);
    notLoaded("kt.jar", Errno.EEXIST, "File exists");
    assertThat(look()).hasSize(1);
    files.clear();
    assertThat(look()).isEmpty();
  }

  @Test
  void look_onAFileThatGoes_unloadsWhatItGave() {
    have("kt-1.0.jar", "kt");
    files.clear();
    assertThat(look()).containsExactly("unload kt");
    unloaded("kt-1.0.jar");
    assertThat(look()).isEmpty();
    assertThat(plan.nextLookNanos()).isEqualTo(NEVER);
  }

  @Test
  void look_onFilesThatGo_unloadsTheNewestFirst() {
    have("b.jar", "b");
    have("a.jar", "a");
    files.clear();
    assertThat(look()).containsExactly("unload a");
    unloaded("a.jar");
    assertThat(look()).containsExactly("unload b");
  }

  @Test
  void look_onAReplacedFile_keepsTheOldModuleUntilTheNewFileIsWhole() {
    have("kt.jar", "old");
    partOf("kt.jar");
    assertThat(look()).isEmpty();
    assertThat(lookAfter(SETTLE_NANOS)).isEmpty();
    put("kt.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("unload old");
    unloaded("kt.jar");
    assertThat(look()).containsExactly("load kt.jar");
    loaded("kt.jar", "new");
    assertThat(look()).isEmpty();
  }

  @Test
  void look_onAFileThatGoesWhileItIsLoaded_unloadsItAfterwards() {
    put("kt.jar");
    look();
    lookAfter(SETTLE_NANOS);
    files.clear();
    assertThat(look()).isEmpty();
    loaded("kt.jar", "kt");
    assertThat(look()).containsExactly("unload kt");
  }

  @Test
  void look_onAModuleThatWasUnloadedByHand_takesItsFilesEndCalmly() {
    have("kt.jar", "kt");
    files.clear();
    look();
    plan.unloaded("kt.jar", -Errno.ENOENT, () -> "No such file or directory");
    assertThat(look()).isEmpty();
  }

  @Test
  void look_onAModuleInUse_reportsItOnceAndUnloadsItAfterItsUser() {
    have("a.jar", "a");
    have("b.jar", "b");
    files.remove("a.jar");
    assertThat(look()).containsExactly("unload a");
    plan.unloaded("a.jar", -Errno.EAGAIN, () -> "Resource temporarily unavailable");
    assertThat(look())
        .containsExactly(
            "a.jar is gone, but its module cannot be unloaded: Resource temporarily unavailable:"
                + " tried again when another module is unloaded");
    assertThat(lookAfter(GRACE_NANOS)).isEmpty();
    files.remove("b.jar");
    assertThat(look()).containsExactly("unload b");
    unloaded("b.jar");
    assertThat(look()).containsExactly("unload a");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void look_onAFileThatNeedsAnother_triesItAgainAfterEachLoad(int others) {
    put("a.jar");
    look();
    lookAfter(SETTLE_NANOS);
    notLoaded("a.jar", Errno.ENOENT, "Unknown symbol in module");
    assertThat(look())
        .containsExactly(
            "a.jar waits: Unknown symbol in module: tried again when another module is loaded");
    for (int i = 0; i < others; i++) {
      put("other" + i + ".jar");
      look();
      assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load other" + i + ".jar");
      loaded("other" + i + ".jar", "other" + i);
      assertThat(look()).containsExactly("load a.jar");
      if (i < others - 1) {
        notLoaded("a.jar", Errno.ENOENT, "Unknown symbol in module");
        assertThat(look()).isEmpty();
      }
    }
  }

  @Test
  void look_onANewVersionBesideTheOld_loadsItOnceTheOldOneHasGone() {
    have("kt-1.0.jar", "kt");
    put("kt-1.1.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load kt-1.1.jar");
    notLoaded("kt-1.1.jar", Errno.EEXIST, "File exists");
    assertThat(look())
        .containsExactly("kt-1.1.jar waits: File exists: tried again when that module is unloaded");
    have("other.jar", "other");
    assertThat(look()).isEmpty();
    files.remove("kt-1.0.jar");
    assertThat(look()).containsExactly("unload kt");
    unloaded("kt-1.0.jar");
    assertThat(look()).containsExactly("load kt-1.1.jar");
  }

  @Test
  void look_onAFileWhoseLibraryIsStillComing_triesItAgainWhenAnythingHasComeOrGone() {
    have("old.jar", "old");
    put("user.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load user.jar");
    notLoaded("user.jar", Errno.EBUSY, "Device or resource busy");
    assertThat(look())
        .containsExactly(
            "user.jar waits: Device or resource busy: tried again when that module, or one that it"
                + " needs, has come or gone");
    put("library.jar");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load library.jar");
    loaded("library.jar", "library");
    assertThat(look()).containsExactly("load user.jar");
    notLoaded("user.jar", Errno.EBUSY, "Device or resource busy");
    files.remove("old.jar");
    assertThat(look()).containsExactly("unload old");
    unloaded("old.jar");
    assertThat(look()).containsExactly("load user.jar");
  }

  @Test
  void look_onAFileThatNeedsAnother_doesNotTryItAgainAfterAnUnload() {
    have("old.jar", "old");
    put("user.jar");
    look();
    lookAfter(SETTLE_NANOS);
    notLoaded("user.jar", Errno.ENOENT, "Unknown symbol in module");
    look();
    files.remove("old.jar");
    assertThat(look()).containsExactly("unload old");
    unloaded("old.jar");
    assertThat(look()).isEmpty();
  }

  @Test
  void came_andWent_byHand_tryWhatWaitedForThatAndNothingElse() {
    put("needy.jar");
    put("twin.jar");
    look();
    lookAfter(SETTLE_NANOS);
    notLoaded("needy.jar", Errno.ENOENT, "Unknown symbol in module");
    look();
    notLoaded("twin.jar", Errno.EEXIST, "File exists");
    look();
    plan.went();
    assertThat(look()).containsExactly("load twin.jar");
    notLoaded("twin.jar", Errno.EEXIST, "File exists");
    assertThat(look()).isEmpty();
    plan.came();
    assertThat(look()).containsExactly("load needy.jar");
    loaded("needy.jar", "needy");
    assertThat(look()).isEmpty();
  }

  private void has(String file, String has, String... wants) {
    put(file);
    facts.put(file, new DropOrder.Facts(Set.of(has), Set.of(wants)));
  }

  @Test
  void look_filesThatNeedEachOther_loadInThatOrderWithoutATryTooMany() {
    has("a.jar", "a", "b", "c");
    has("b.jar", "b", "c");
    has("c.jar", "c", "nobody's");
    has("d.jar", "d");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load c.jar");
    loaded("c.jar", "c");
    assertThat(look()).containsExactly("load b.jar");
    loaded("b.jar", "b");
    assertThat(look()).containsExactly("load a.jar");
    loaded("a.jar", "a");
    assertThat(look()).containsExactly("load d.jar");
  }

  @Test
  void look_circle_isTriedByName() {
    has("b.jar", "b", "c");
    has("c.jar", "c", "b");
    look();
    assertThat(lookAfter(SETTLE_NANOS)).containsExactly("load b.jar");
  }
}
