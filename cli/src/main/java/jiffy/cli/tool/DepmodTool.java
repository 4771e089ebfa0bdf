package jiffy.cli.tool;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import jiffy.cli.kmod.depmod.Depmod;
import jiffy.cli.kmod.depmod.JarFiles;
import jiffy.cli.kmod.depmod.KnownSymbols;
import jiffy.cli.kmod.depmod.ModuleScan;
import jiffy.cli.kmod.depmod.Report;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.runtime.Version;

/**
 * {@code depmod [VERSION [FILE...]]}: writes the index of a tree of modules. Needs no kernel.
 *
 * <p>Called with neither a tree nor a version it is about the directories in which modprobe looks
 * anyway, whose index is kept in memory: then it checks them, shows what there is to show, and
 * writes only where {@code -o} says.
 */
final class DepmodTool implements Tool {
  private static final String HELP =
      """
      Usage:
      \tdepmod -[aA] [options] [forced_version]

      If no arguments (except options) are given, "depmod -a" is assumed

      depmod will output a dependency list suitable for the modprobe utility.

      Options:
      \t-a, --all            Probe all modules
      \t-A, --quick          Only does the work if there's a new module
      \t-e, --errsyms        Report not supplied symbols
      \t-n, --show           Write the dependency file on stdout only
      \t-P, --symbol-prefix  Architecture symbol prefix
      \t-C, --config PATH    Read configuration from PATH
      \t-v, --verbose        Enable verbose mode
      \t-w, --warn           Warn on duplicates
      \t-V, --version        show version
      \t-h, --help           show this help

      The following options are useful for people managing distributions:
      \t-b, --basedir DIR    Root path (default: /).
      \t-m, --moduledir DIR  Module directory (default: /lib/modules).
      \t-o, --outdir DIR     Output root path (default: same as <basedir>).
      \t-F, --filesyms FILE  Use the file instead of the
      \t                     current kernel symbols.
      \t-E, --symvers FILE   Use Module.symvers file to check
      \t                     symbol versions.
      """;

  private static final KmodOptions OPTIONS =
      KmodOptions.only(
          "depmod",
          HELP,
          new String[] {"-a", "--all"},
          new String[] {"-A", "--quick"},
          new String[] {"-e", "--errsyms"},
          new String[] {"-n", "--show", "--dry-run"},
          new String[] {"-P", "--symbol-prefix", "CHAR"},
          new String[] {"-C", "--config", "PATH"},
          new String[] {"-v", "--verbose"},
          new String[] {"-w", "--warn"},
          new String[] {"-b", "--basedir", "DIR"},
          new String[] {"-m", "--moduledir", "DIR"},
          new String[] {"-o", "--outdir", "DIR"},
          new String[] {"-F", "--filesyms", "FILE"},
          new String[] {"-E", "--symvers", "FILE"});

  private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+.*", Pattern.DOTALL);

  /** Below the tree's root, the first that has a file of a name counts. */
  private static final List<String> CONFIGURATIONS =
      List.of(
          "etc/depmod.d",
          "run/depmod.d",
          "usr/local/lib/depmod.d",
          "usr/lib/depmod.d",
          "lib/depmod.d");

  private final ModuleScan scan;

  DepmodTool(ModuleScan scan) {
    this.scan = scan;
  }

  /** What cannot be done, said before anything is read. */
  private static final class RefusedException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String level;

    RefusedException(String level, String text) {
      super(text, null, false, false);
      this.level = level;
    }
  }

  @Override
  public int run(Invocation call) throws GoneException {
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    try {
      Report report = Depmod.run(scan, request(call, options));
      for (Report.Message each : report.messages()) {
        String why = each.cause() == null ? "" : ": " + Strerror.of(each.cause());
        options.say(each.level(), each.text() + why);
      }
      call.out(report.out());
      Path tree = tree(call, options.value("-b"), options.value("-m"), Version.JIFFY);
      if (report.status() != 0 && options.words().isEmpty() && !Files.isDirectory(tree)) {
        hint(options);
      }
      return report.status();
    } catch (RefusedException e) {
      return options.say(e.level, e.getMessage());
    }
  }

  private static void hint(KmodOptions.Parsed options) throws GoneException {
    String root = options.has("-b") ? "-b " + options.value("-b") + " " : "";
    options.say(
        "NOTICE",
        "no version was given, so this is Jiffy's own: say which with 'depmod "
            + root
            + "VERSION'");
  }

  private static Depmod.Request request(Invocation call, KmodOptions.Parsed options)
      throws RefusedException, GoneException {
    List<String> words = options.words();
    if (!words.isEmpty() && !VERSION.matcher(words.get(0)).matches()) {
      throw new RefusedException("ERROR", "Bad version passed " + words.get(0));
    }
    String prefix = options.value("-P");
    if (prefix != null && prefix.length() != 1) {
      throw new RefusedException("FATAL", "-P only takes a single char");
    }
    String version = words.isEmpty() ? Version.JIFFY : words.get(0);
    boolean isTree = options.has("-b") || options.has("-m") || !words.isEmpty();
    String modules = options.value("-m");
    Path tree = tree(call, options.value("-b"), modules, version);
    String outRoot = options.has("-o") ? options.value("-o") : options.value("-b");
    Path output = tree(call, outRoot, modules, version);
    boolean isWritten = isTree || options.has("-o");
    if (tree == null || output == null) {
      throw new RefusedException("FATAL", "no directory can have such a name");
    }
    List<Path> files = isTree ? files(call, words) : placedFiles(call);
    return new Depmod.Request(
        isTree ? tree : ModuleTrees.directories(call).get(0),
        isWritten ? output : null,
        version,
        configurations(call, options, isTree),
        files,
        symbols(call, options),
        isWritten && options.has("-A") && !options.has("-a") && words.size() < 2,
        options.has("-n"),
        options.has("-w"),
        options.has("-v"));
  }

  /**
   * The tree of a version below a root.
   *
   * @param root as the user says it; null: the host's
   * @param modules null: {@code lib/modules}
   * @return null if no file can have such a name
   */
  private static Path tree(Invocation call, String root, String modules, String version) {
    Path at = call.file(root == null ? "/" : root);
    String within = modules == null ? "lib/modules" : modules.replaceFirst("^/+", "");
    try {
      return at == null ? null : at.normalize().resolve(within).resolve(version);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  /** Those behind the version; null if there are none. */
  private static List<Path> files(Invocation call, List<String> words) throws RefusedException {
    if (words.size() < 2) {
      return null;
    }
    List<Path> files = new ArrayList<>();
    for (String word : words.subList(1, words.size())) {
      Path file = call.file(word);
      if (!word.startsWith("/")) {
        throw new RefusedException("FATAL", word + ": not absolute path.");
      }
      if (file == null || !Files.isRegularFile(file)) {
        throw new RefusedException(
            "FATAL", "could not create module from path " + word + ": No such file or directory");
      }
      files.add(file.normalize());
    }
    return files;
  }

  private static List<Path> placedFiles(Invocation call) throws RefusedException {
    List<Path> files = new ArrayList<>();
    List<Path> places = ModuleTrees.directories(call);
    if (places.stream().noneMatch(Files::exists)) {
      String all = places.stream().map(Path::toString).collect(Collectors.joining(", "));
      throw new RefusedException("ERROR", "no directory of modules is there: " + all);
    }
    for (Path place : places) {
      try {
        files.addAll(JarFiles.in(place));
      } catch (IOException e) {
        throw new RefusedException(
            "ERROR", "could not open directory " + place + ": " + Strerror.of(e));
      }
    }
    return files;
  }

  private static List<Path> configurations(
      Invocation call, KmodOptions.Parsed options, boolean isTree) throws RefusedException {
    if (!options.has("-C")) {
      String root = options.has("-b") ? options.value("-b") : "/";
      return isTree
          ? CONFIGURATIONS.stream()
              .map(each -> call.directory().resolve(root).resolve(each))
              .toList()
          : List.of();
    }
    List<Path> places = new ArrayList<>();
    for (String each : options.values("-C")) {
      Path place = call.file(each);
      if (place == null || !Files.exists(place)) {
        throw new RefusedException(
            "FATAL", "could not open configuration " + each + ": No such file or directory");
      }
      places.add(place);
    }
    return places;
  }

  /** What {@code -e} does not miss; null without it. */
  private static KnownSymbols symbols(Invocation call, KmodOptions.Parsed options)
      throws RefusedException, GoneException {
    KnownSymbols known = new KnownSymbols();
    boolean isGiven = options.has("-E") || options.has("-F");
    for (String option : List.of("-F", "-E")) {
      String name = options.value(option);
      if (name == null) {
        continue;
      }
      try {
        Path file = call.file(name);
        if (file == null) {
          throw new NoSuchFileException(name);
        }
        if (option.equals("-F")) {
          known.addSystemMap(file);
        } else {
          known.addSymvers(file);
        }
      } catch (IOException e) {
        throw new RefusedException("FATAL", "could not load " + name + ": " + Strerror.of(e));
      }
    }
    if (options.has("-e") && !isGiven) {
      options.say("WARNING", "-e needs -E or -F");
    }
    return options.has("-e") && isGiven ? known : null;
  }

  @Override
  public String errorPrefix() {
    return "depmod: ERROR: ";
  }
}
