package jiffy.cli.kmod;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.file.HostClasses;
import jiffy.runtime.module.file.ModuleFile;

/** What a JAR says of its module; nothing if it is none, or cannot be read. */
public final class OwnWords {
  private OwnWords() {}

  /**
   * What the module in a file is called once it is loaded, whatever the file is called.
   *
   * @param jar null: none
   */
  public static Optional<String> name(Path jar) {
    return read(jar).map(ModuleFile::name);
  }

  /** The names of its parameters; empty too if it has none. */
  static Optional<Set<String>> parameters(Path jar) {
    return read(jar)
        .map(file -> file.params().stream().map(each -> each.name()).collect(Collectors.toSet()));
  }

  private static Optional<ModuleFile> read(Path jar) {
    if (jar == null || !Files.isRegularFile(jar)) {
      return Optional.empty();
    }
    try {
      return Optional.of(ModuleFile.read(jar, jar.getFileName().toString(), new HostClasses()));
    } catch (BadModuleException e) {
      return Optional.empty(); // whoever loads it hears why
    }
  }
}
