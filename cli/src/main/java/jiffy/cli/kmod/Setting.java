package jiffy.cli.kmod;

import java.util.Optional;
import java.util.stream.Stream;
import jiffy.cli.kmod.config.ModprobeConfig;

/** What all parts of one run of modprobe look at. */
record Setting(
    ModuleTree tree,
    ModprobeConfig config,
    Lookup lookup,
    ModuleKernel kernel,
    Console console,
    Commands commands) {
  /** Whether a module of the tree is loaded and can be used. */
  boolean isLive(String name) {
    return loaded(name).filter(ModuleKernel.Loaded::isLive).isPresent();
  }

  /** A module of the tree as it is loaded; it may call itself otherwise than its file. */
  Optional<ModuleKernel.Loaded> loaded(String name) {
    return Stream.concat(Stream.of(name), tree.index().otherNames(name).stream())
        .flatMap(each -> kernel.find(each).stream())
        .findFirst();
  }
}
