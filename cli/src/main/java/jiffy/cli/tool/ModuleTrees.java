package jiffy.cli.tool;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jiffy.cli.kmod.ModuleTree;
import jiffy.cli.kmod.depmod.ModuleScan;
import jiffy.cli.kmod.index.ModuleIndex;

/**
 * Where a tool looks for modules: a tree that depmod has been over, or plain directories of JARs,
 * whose index is made in memory and kept as long as the files stay the same. Thread safe.
 */
final class ModuleTrees {
  private final ModuleScan scan;

  ModuleTrees(ModuleScan scan) {
    this.scan = scan;
  }

  /**
   * The tree for a call.
   *
   * @param root {@code -d}; null: {@code /} if there is a version
   * @param version {@code -S}; null: this Jiffy's, if there is a root
   */
  ModuleTree of(Invocation call, String root, String version) {
    if (root == null && version == null) {
      return plain(ModulePlaces.directories(call));
    }
    Path tree = ModulePlaces.tree(call, root, null, version);
    return tree == null
        ? new ModuleTree(root + "", ModuleIndex.of(call.directory(), Map.of()), "")
        : onDisk(tree);
  }

  private static ModuleTree onDisk(Path directory) {
    Map<String, String> texts = new HashMap<>();
    for (String name : ModuleIndex.FILES) {
      Path file = directory.resolve(name);
      try {
        if (Files.isRegularFile(file)) {
          texts.put(name, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
      } catch (IOException unreadable) {
        continue; // as if it were not there: what cannot be found is said
      }
    }
    boolean lacksIndex = Files.isDirectory(directory) && !texts.containsKey("modules.dep");
    String hint = lacksIndex ? "there is no modules.dep in " + directory + ": run depmod" : "";
    return new ModuleTree(directory.toString(), ModuleIndex.of(directory, texts), hint);
  }

  private ModuleTree plain(List<Path> directories) {
    String place =
        directories.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    try {
      ModuleScan.Index index = scan.index(directories);
      return new ModuleTree(place, ModuleIndex.of(index.base(), index.texts()), "");
    } catch (IOException e) {
      String hint = "could not look into " + place + ": " + Strerror.of(e);
      return new ModuleTree(place, ModuleIndex.of(directories.get(0), Map.of()), hint);
    }
  }

  /** The directory above {@code scripts/}. */
  static Path home(Invocation call) {
    String home = System.getProperty("jiffy.home", "");
    return call.directory().resolve(home);
  }
}
