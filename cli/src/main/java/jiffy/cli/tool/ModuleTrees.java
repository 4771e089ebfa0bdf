package jiffy.cli.tool;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jiffy.cli.kmod.ModuleTree;
import jiffy.cli.kmod.depmod.ModuleScan;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.index.TextFile;
import jiffy.linux.Errno;
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
      return plain(call);
    }
    Path base = call.directory().resolve(root == null ? "/" : root);
    return onDisk(base.resolve("lib/modules").resolve(version == null ? Version.JIFFY : version));
  }

  private static ModuleTree onDisk(Path directory) {
    Map<String, String> texts = new HashMap<>();
    List<String> warnings = new ArrayList<>();
    if (Files.isDirectory(directory)) {
      for (String name : ModuleIndex.FILES) {
        Path file = directory.resolve(name);
        try {
          texts.put(name, TextFile.read(file));
        } catch (NoSuchFileException e) {
          continue; // what cannot be found is said
        } catch (IOException e) {
          warnings.add("could not read " + file + ": " + Strerror.of(e));
        }
      }
    }
    ModuleIndex index = ModuleIndex.of(directory, texts);
    return new ModuleTree(directory.toString(), index, hint(directory), warnings);
  }

  private static String hint(Path directory) {
    if (Files.notExists(directory)) {
      return ""; // kmod names it, and says no more
    }
    if (!Files.isDirectory(directory)) {
      int error = Files.exists(directory) ? Errno.ENOTDIR : Errno.EACCES;
      return "could not look into " + directory + ": " + Strerror.of(error);
    }
    boolean lacksIndex = Files.notExists(directory.resolve("modules.dep"));
    return lacksIndex ? "there is no modules.dep in " + directory + ": run depmod" : "";
  }

  private ModuleTree plain(Invocation call) {
    List<Path> directories = directories(call);
    List<String> warnings = new ArrayList<>();
    for (String each : given(call)) {
      if (call.file(each) == null) {
        warnings.add("no directory can be called " + each + ": " + VARIABLE);
      }
    }
    ModuleScan.Index index =
        scan.index(
            directories,
            (each, e) -> warnings.add("could not look into " + each + ": " + Strerror.of(e)));
    String place =
        directories.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
    return new ModuleTree(place, ModuleIndex.of(index.base(), index.texts()), "", warnings);
  }

  private static List<String> given(Invocation call) {
    String given = call.environment().getOrDefault(VARIABLE, "");
    return Stream.of(given.split(File.pathSeparator)).filter(each -> !each.isEmpty()).toList();
  }

  /** {@code JIFFY_MODULES}, else what the build leaves and what users put there. */
  static List<Path> directories(Invocation call) {
    List<Path> directories = new ArrayList<>();
    for (String each : given(call)) {
      Path directory = call.file(each);
      if (directory != null) {
        directories.add(directory.normalize());
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
