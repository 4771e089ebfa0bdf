package jiffy.cli.tool;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jiffy.cli.kmod.ModuleTree;
import jiffy.cli.kmod.depmod.ModuleScan;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.runtime.Version;

/**
 * Where a tool looks for modules: a tree that depmod has been over, or plain directories of JARs,
 * whose index is made in memory and kept as long as the files stay the same. Thread safe.
 */
final class ModuleTrees {
  private static final String VARIABLE = "JIFFY_MODULES";

  private final ModuleScan scan = new ModuleScan();

  /** What is known of module JARs, for all tools that look at them. */
  ModuleScan scan() {
    return scan;
  }

  /**
   * The tree for a call.
   *
   * @param root {@code -d}; null: {@code /} if there is a version
   * @param version {@code -S}; null: this Jiffy's, if there is a root
   */
  ModuleTree of(Invocation call, String root, String version) {
    if (root == null && version == null) {
      return plain(directories(call));
    }
    Path base = call.directory().resolve(root == null ? "/" : root);
    return onDisk(base.resolve("lib/modules").resolve(version == null ? Version.JIFFY : version));
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

  /** {@code JIFFY_MODULES}, else what the build leaves and what users put there. */
  static List<Path> directories(Invocation call) {
    List<Path> directories = new ArrayList<>();
    String given = call.environment().getOrDefault(VARIABLE, "");
    for (String each : given.split(File.pathSeparator)) {
      if (!each.isEmpty()) {
        try {
          directories.add(call.directory().resolve(each).normalize());
        } catch (InvalidPathException noSuchFile) {
          continue;
        }
      }
    }
    if (directories.isEmpty()) {
      Path home = home(call);
      directories.add(home.resolve("sample-modules/target/modules"));
      directories.add(home.resolve("plugins"));
    }
    return directories;
  }

  /** The directory above {@code scripts/}. */
  static Path home(Invocation call) {
    String home = System.getProperty("jiffy.home", "");
    return home.isEmpty() ? call.directory() : Path.of(home);
  }
}
