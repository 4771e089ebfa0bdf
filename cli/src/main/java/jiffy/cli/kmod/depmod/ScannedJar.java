package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
 * @param errno why it is no module, positive; 0 if it is one
 * @param problem the same as a sentence; null where Linux says nothing
 */
public record ScannedJar(Path path, ModuleFile file, int errno, String problem) {
  private static final byte[] ZIP = {'P', 'K', 3, 4};

  /** The name by which modprobe finds it: the file's. */
  public String name() {
    return ModuleNames.ofFile(path.toString());
  }

  /** Whether a line of {@code modules.dep} can say it: a blank or a colon would end it. */
  boolean hasPlainName() {
    return isPlain(path);
  }

  static boolean isPlain(Path path) {
    return path.getFileName().toString().chars().noneMatch(c -> c == ':' || c <= ' ');
  }

  /** Its name with the dashes that the file has: as {@code depends} is written. */
  public String nameAsWritten() {
    return path.getFileName().toString().substring(0, name().length());
  }

  /** Whether it is at least the beginning of an archive: then it was meant to be a module. */
  public boolean isZip() {
    try (InputStream in = Files.newInputStream(path)) {
      return Arrays.equals(in.readNBytes(ZIP.length), ZIP);
    } catch (IOException e) {
      return false;
    }
  }

  List<Import> imports() {
    return file == null ? List.of() : file.imports();
  }

  /** Names of the modules that its plugin's descriptor wants. */
  List<String> needs() {
    return file == null ? List.of() : file.plugin().needs();
  }

  /**
   * Whether a symbol that no module has need not be missing: a plugin that it names may have the
   * class, for of plugins every class may be used; and a plain one asks only when it uses it.
   */
  boolean mayDoWithout() {
    return file != null && (file.plugin().isPlain() || !needs().isEmpty());
  }

  List<Export> exports() {
    return file == null ? List.of() : file.exports().symbols();
  }

  /** All values of a pair of modinfo. */
  List<String> values(String key) {
    return file == null ? List.of() : file.modinfo().all(key);
  }
}
