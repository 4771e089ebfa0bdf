package jiffy.cli.kmod.depmod;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import jiffy.cli.kmod.index.TextFile;
import jiffy.runtime.module.file.ModuleNames;

/**
 * {@code depmod.d}: where modules are, and which of two of a name counts. One thread.
 *
 * <pre>
 *   search NAME...               directories in order of their rank; built-in: all others of the
 *                                tree, external: those outside of it
 *   override MODULE VERSION DIR  of that module the one in DIR counts; * is any version
 *   external REGEX DIR           a directory outside of the tree, for versions that match
 *   exclude DIR                  is not looked into
 * </pre>
 */
final class DepmodConfig {
  private static final String BUILT_IN = "built-in";
  private static final String EXTERNAL = "external";
  private static final List<String> DEFAULT_SEARCH = List.of("updates", BUILT_IN);

  /** The module of that name in that directory of the tree. */
  private record Preference(String module, String directory) {}

  private final String version;
  private final Path tree;
  private final List<Report.Message> complaints = new ArrayList<>();
  private final List<String> search = new ArrayList<>();
  private final List<Preference> overrides = new ArrayList<>();
  private final List<Path> externals = new ArrayList<>();
  private final List<String> excluded = new ArrayList<>();

  /**
   * Nothing configured.
   *
   * @param version of the kernel that the tree is of
   * @param tree its directory
   */
  DepmodConfig(String version, Path tree) {
    this.version = version;
    this.tree = tree;
  }

  /**
   * Reads what configures depmod.
   *
   * @param places directories, whose {@code *.conf} are read in the order of their names, the first
   *     of a name only; or files
   */
  void read(List<Path> places) {
    TreeMap<String, Path> files = new TreeMap<>();
    for (Path place : places) {
      if (Files.exists(place) && !Files.isDirectory(place)) {
        files.putIfAbsent(place.getFileName().toString(), place);
      }
      try (Stream<Path> all = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
        all.filter(file -> !Files.isDirectory(file))
            .filter(file -> file.getFileName().toString().matches("[^.].*\\.conf"))
            .forEach(file -> files.putIfAbsent(file.getFileName().toString(), file));
      } catch (IOException e) {
        complaints.add(Report.error("could not read " + place, e));
      }
    }
    files.values().forEach(this::readFile);
  }

  private void readFile(Path file) {
    try {
      int number = 0;
      StringBuilder line = new StringBuilder();
      for (String part : TextFile.read(file).replace("\r\n", "\n").split("\n", -1)) {
        number++;
        boolean isContinued = part.endsWith("\\");
        line.append(part, 0, part.length() - (isContinued ? 1 : 0));
        if (!isContinued) {
          readLine(line.toString(), file + " line " + number);
          line.setLength(0);
        }
      }
      readLine(line.toString(), file + " line " + number);
    } catch (IOException e) {
      complaints.add(Report.error("could not read " + file, e));
    }
  }

  private void readLine(String line, String place) {
    List<String> words = Stream.of(line.trim().split("\\s+")).toList();
    String first = words.get(0);
    boolean isNothing = first.isEmpty() || first.startsWith("#");
    if (!isNothing && !(words.stream().allMatch(this::canBePath) && take(words))) {
      complaints.add(Report.error(place + ": ignoring bad line starting with '" + first + "'"));
    }
  }

  /** Whether a file can have such a name; words that are none, such as versions, can be one. */
  private boolean canBePath(String word) {
    try {
      return tree.resolve(word) != null;
    } catch (InvalidPathException e) {
      return false;
    }
  }

  /**
   * @return whether it could be understood
   */
  private boolean take(List<String> words) {
    int arguments = words.size() - 1;
    switch (words.get(0)) {
      case "search":
        search.addAll(words.subList(1, words.size()));
        return arguments > 0;
      case "override":
        if (arguments == 3 && (words.get(2).equals("*") || words.get(2).equals(version))) {
          overrides.add(new Preference(ModuleNames.canonical(words.get(1)), words.get(3)));
        }
        return arguments == 3;
      case "external":
        return arguments == 2 && takeExternal(words.get(1), words.get(2));
      case "exclude":
        excluded.addAll(words.subList(1, words.size()));
        return arguments > 0;
      default:
        return words.get(0).equals("include") || words.get(0).equals("make_map_files");
    }
  }

  private boolean takeExternal(String regex, String directory) {
    try {
      if (Pattern.compile(regex).matcher(version).find()) {
        externals.add(tree.resolve(directory));
      }
      return true;
    } catch (PatternSyntaxException e) {
      return false;
    }
  }

  /** What was wrong with the files. */
  List<Report.Message> complaints() {
    return complaints;
  }

  /** Directories outside of the tree. */
  List<Path> externals() {
    return externals;
  }

  /** Whether a directory of the tree is not looked into: {@code exclude}, and kbuild's links. */
  boolean isExcluded(Path directory) {
    String name = directory.getFileName().toString();
    boolean isKbuilds = name.equals("build") || name.equals("source");
    return name.startsWith(".")
        || isKbuilds && tree.equals(directory.getParent())
        || excluded.contains(name)
        || excluded.contains(relative(directory));
  }

  /** Whether of two modules of a name the new one counts. */
  boolean isHigher(ScannedJar now, ScannedJar before) {
    for (Preference each : overrides) {
      if (each.module.equals(now.name())) {
        if (isIn(now.path(), each.directory)) {
          return true;
        }
        if (isIn(before.path(), each.directory)) {
          return false;
        }
      }
    }
    return rank(now.path()) < rank(before.path());
  }

  private int rank(Path file) {
    List<String> order = search.isEmpty() ? DEFAULT_SEARCH : search;
    for (int i = 0; i < order.size(); i++) {
      boolean isThere =
          order.get(i).equals(EXTERNAL) ? !file.startsWith(tree) : isIn(file, order.get(i));
      if (isThere) {
        return i;
      }
    }
    int builtIn = order.indexOf(BUILT_IN);
    return builtIn < 0 ? order.size() : builtIn;
  }

  private boolean isIn(Path file, String directory) {
    return file.startsWith(tree.resolve(directory));
  }

  private String relative(Path directory) {
    return directory.startsWith(tree) ? tree.relativize(directory).toString() : "";
  }
}
