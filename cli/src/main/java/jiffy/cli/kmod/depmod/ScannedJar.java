package jiffy.cli.kmod.depmod;

import java.nio.file.Path;
import java.util.List;
import jiffy.runtime.module.file.Export;
import jiffy.runtime.module.file.Import;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.ModuleNames;

/**
 * A JAR among modules. It has its place in the index even if it is none: who asks for it shall hear
 * what is wrong with it, not that it is not there.
 *
 * @param path absolute
 * @param file what it says of itself; null if it is no module
 * @param problem why it is no module; null if it is one
 */
public record ScannedJar(Path path, ModuleFile file, String problem) {
  /** The name by which modprobe finds it: the file's. */
  public String name() {
    return ModuleNames.ofFile(path.toString());
  }

  /** The same with the dashes that the file has: as {@code depends} is written. */
  public String nameAsWritten() {
    return path.getFileName().toString().substring(0, name().length());
  }

  List<Import> imports() {
    return file == null ? List.of() : file.imports();
  }

  List<Export> exports() {
    return file == null ? List.of() : file.exports().symbols();
  }

  /** All values of a pair of modinfo. */
  List<String> values(String key) {
    return file == null ? List.of() : file.modinfo().all(key);
  }
}
