package jiffy.cli.kmod;

import java.nio.file.Path;
import java.util.List;

/**
 * A module that a name means.
 *
 * @param name as the kernel writes it
 * @param path of its file; null if the tree has none of that name
 * @param dependencies all modules it needs, the deepest first
 * @param alias the name it was asked for by, if that is an alias of it; else null
 * @param isBuiltin whether the kernel has it without a file
 */
public record Target(
    String name, Path path, List<String> dependencies, String alias, boolean isBuiltin) {
  Target withAlias(String by) {
    return new Target(name, path, dependencies, by, isBuiltin);
  }
}
