package jiffy.cli.tool;

import java.io.File;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import jiffy.runtime.Version;

/**
 * Where a tool looks for modules, unless it is told a tree: in the directories of JIFFY_MODULES,
 * else in the samples' build output and in plugins/.
 */
final class ModulePlaces {
  private static final List<String> OURS = List.of("sample-modules/target/modules", "plugins");

  private ModulePlaces() {}

  /** The directories, absolute, whether they are there or not; at least one. */
  static List<Path> directories(Invocation call) {
    String list = call.environment().getOrDefault("JIFFY_MODULES", "");
    List<Path> places = new ArrayList<>();
    for (String each : list.split(File.pathSeparator)) {
      Path place = each.isEmpty() ? null : call.file(each);
      if (place != null) {
        places.add(place.normalize());
      }
    }
    if (places.isEmpty()) {
      Path home = call.directory().resolve(System.getProperty("jiffy.home", ""));
      OURS.forEach(each -> places.add(home.resolve(each)));
    }
    return List.copyOf(places);
  }

  /**
   * The tree of a version below a root.
   *
   * @param root as the user says it; null: the host's
   * @param modules null: {@code lib/modules}
   * @param version null: this kernel's
   * @return null if no file can have such a name
   */
  static Path tree(Invocation call, String root, String modules, String version) {
    try {
      Path at = call.directory().resolve(root == null ? "/" : root).normalize();
      String within = modules == null ? "lib/modules" : modules.replaceFirst("^/+", "");
      return at.resolve(within).resolve(version == null ? Version.JIFFY : version);
    } catch (InvalidPathException e) {
      return null;
    }
  }
}
