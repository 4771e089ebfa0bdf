package jiffy.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import jiffy.runtime.Machine;
import jiffy.runtime.module.loader.UnloadedLoader;

/** Loads and unloads a module many times. */
final class LoadCycles {
  private LoadCycles() {}

  /** Asserts that none stays in the list, and that no class loader outlives its module. */
  static void assertLeaveNoLoader(Path jar, String name, int cycles) {
    try (Machine machine = Machine.boot("hz=250 nr_cpus=2")) {
      for (int i = 0; i < cycles; i++) {
        machine.insmod(jar);
        machine.rmmod(name);
      }
      assertThat(machine.modules().list()).isEmpty();
      LoaderLeaks.collectUntil(() -> allCollected(machine));
      assertThat(machine.modules().unloadedLoaders())
          .as("unloaded loaders that live on")
          .filteredOn(loader -> !loader.isCollected())
          .isEmpty();
    }
  }

  private static boolean allCollected(Machine machine) {
    return machine.modules().unloadedLoaders().stream().allMatch(UnloadedLoader::isCollected);
  }
}
