package jiffy.runtime.module;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.SimArch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** References of a module that goes. */
class ReferencesTest {
  @TempDir Path dir;
  private final SimArch arch = new SimArch();
  private final List<String> log = new ArrayList<>();
  private final Registry registry = new Registry(arch);
  private final References references =
      new References(registry, (level, text) -> log.add(level + " " + text));
  private final Owner user = new Owner(null, "user");
  private LoadedModule module;

  @BeforeEach
  void load() throws Exception {
    module = ModuleStateTest.module(dir);
    registry.reserve(null, module, false);
    registry.form(module);
  }

  @AfterEach
  void halt() {
    arch.close();
  }

  private void fail() {
    registry.move(module, ModuleState.GOING);
    module.owner.setGoing();
    references.release(null, module.owner);
    registry.move(module, ModuleState.GONE);
  }

  @Test
  void tryGet_whoseModuleGoesBeforeItIsPutDown_isFalseAndLeavesNothing() {
    module.owner.setGoing(); // since the state was looked at
    assertThat(references.tryGet(user, module.owner)).isFalse();
    assertThat(references.heldBy(user)).isEmpty();
    assertThat(references.of(module)).isEmpty();
    assertThat(module.refcount()).isEqualTo(1);
  }

  @Test
  void tryGet_ofATakerThatIsGone_isFalseAndHoldsNothing() {
    user.setGoing();
    assertThat(references.tryGet(user, module.owner)).isFalse();
    assertThat(references.of(module)).isEmpty();
    assertThat(module.refcount()).isEqualTo(1);
  }

  @Test
  void get_ofAModuleThatGoes_isNotTakenAndSaid() {
    registry.move(module, ModuleState.GOING);
    references.get(user, module.owner);
    assertThat(module.refcount()).isEqualTo(1);
    assertThat(log).containsExactly("4 user: __module_get(m) of a module that goes: not taken");
  }

  @Test
  void tryGet_ofAnyStateThatIsNoMore_isFalse() {
    fail();
    assertThat(module.tryGet()).isFalse();
  }

  @Test
  void put_ofWhatTheModuleTookWithIt_saysNothing() {
    assertThat(references.tryGet(user, module.owner)).isTrue();
    registry.move(module, ModuleState.GOING);
    module.owner.setGoing();
    references.release(null, module.owner);
    references.put(user, module.owner);
    registry.move(module, ModuleState.GONE);
    references.put(user, module.owner);
    assertThat(references.heldBy(user)).isEmpty();
    assertThat(log).isEmpty();
  }

  @Test
  void put_whoseLoadIsGone_comesOffTheAccount() {
    assertThat(references.tryGet(user, module.owner)).isTrue();
    registry.move(module, ModuleState.GOING);
    registry.move(module, ModuleState.GONE);
    references.put(user, module.owner);
    assertThat(references.heldBy(user)).isEmpty();
    assertThat(references.of(module)).isEmpty();
  }

  @Test
  void heldBy_referenceOfOneThatIsGone_isNotSpokenOf() {
    assertThat(references.tryGet(user, module.owner)).isTrue();
    assertThat(references.heldBy(user)).containsExactly("of module m");
    module.owner.setGoing();
    assertThat(references.heldBy(user)).isEmpty();
  }

  @Test
  void put_ofNothing_isSaid() {
    references.put(user, module.owner);
    assertThat(log).containsExactly("4 m: module_put() without a try_module_get()");
  }
}
