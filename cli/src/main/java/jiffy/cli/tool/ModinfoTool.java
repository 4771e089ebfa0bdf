package jiffy.cli.tool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import jiffy.cli.kmod.ModuleTree;
import jiffy.cli.kmod.depmod.ModuleScan;
import jiffy.cli.kmod.depmod.ScannedJar;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.modinfo.BuiltinModinfo;
import jiffy.cli.kmod.modinfo.ModinfoJson;
import jiffy.cli.kmod.modinfo.ModinfoText;
import jiffy.cli.kmod.modinfo.Subject;
import jiffy.cli.tool.Invocation.GoneException;
import jiffy.runtime.Version;
import jiffy.runtime.module.file.Modinfo;

/** {@code modinfo NAME|FILE|ALIAS...}: what modules say of themselves. Needs no kernel. */
final class ModinfoTool implements Tool {
  /** To the letter of kmod: {@code -J} stands in {@code jiffy --help}. */
  private static final String HELP =
      """
      Usage:
      \tmodinfo [options] <modulename|filename> [args]
      Options:
      \t-a, --author                Print only 'author'
      \t-d, --description           Print only 'description'
      \t-l, --license               Print only 'license'
      \t-p, --parameters            Print only 'parm'
      \t-n, --filename              Print only 'filename'
      \t-0, --null                  Use \\0 instead of \\n
      \t-m, --modname               Handle argument as module name instead of alias or filename
      \t-F, --field FIELD           Print only provided FIELD
      \t-k, --set-version VERSION   Use VERSION instead of $(uname -r)
      \t-b, --basedir DIR           Use DIR as filesystem root for /lib/modules
      \t-V, --version               Show version
      \t-h, --help                  Show this help
      """;

  private static final KmodOptions OPTIONS =
      KmodOptions.only(
          "modinfo",
          HELP,
          new String[] {"-a", "--author"},
          new String[] {"-d", "--description"},
          new String[] {"-l", "--license"},
          new String[] {"-p", "--parameters"},
          new String[] {"-n", "--filename"},
          new String[] {"-0", "--null"},
          new String[] {"-J", "--json"},
          new String[] {"-m", "--modname"},
          new String[] {"-F", "--field", "FIELD"},
          new String[] {"-k", "--set-version", "VERSION"},
          new String[] {"-b", "--basedir", "DIR"});

  /** Options that are short for {@code -F}. */
  private static final Map<String, String> FIELDS =
      Map.of(
          "author", "author",
          "description", "description",
          "license", "license",
          "parameters", "parm",
          "filename", "filename");

  private static final String BUILTIN = "modules.builtin.modinfo";

  private final ModuleTrees trees;
  private final ModuleScan scan;

  ModinfoTool(ModuleTrees trees) {
    this.trees = trees;
    this.scan = trees.scan();
  }

  @Override
  public int run(Invocation call) throws GoneException {
    KmodOptions.Parsed options = OPTIONS.parse(call);
    if (options.status >= 0) {
      return options.status;
    }
    if (options.words().isEmpty()) {
      return options.error("missing module or filename.");
    }
    for (String option : List.of("-b", "-k")) {
      if (options.has(option) && call.file(options.value(option)) == null) {
        return options.error("no directory can be called " + options.value(option));
      }
    }
    return new Run(call, options).all();
  }

  @Override
  public String errorPrefix() {
    return "modinfo: ERROR: ";
  }

  /** One call of it. */
  private final class Run {
    private final Invocation call;
    private final KmodOptions.Parsed options;
    private final ModinfoText text;

    /** The only key to show, or null. */
    private final String field;

    /** Whether a tree is named; else it is about the places of modules. */
    private final boolean isTree;

    private final List<Subject> shown = new ArrayList<>();
    private ModuleIndex index;
    private BuiltinModinfo builtins;

    Run(Invocation call, KmodOptions.Parsed options) {
      this.call = call;
      this.options = options;
      this.text = new ModinfoText(options.has("-0"));
      this.field = fieldOf(options);
      this.isTree = options.has("-b") || options.has("-k");
    }

    int all() throws GoneException {
      int status = 0;
      for (String word : options.words()) {
        status |= one(word);
      }
      if (options.has("-J")) {
        call.out(ModinfoJson.of(shown, field));
      }
      return status;
    }

    private int one(String word) throws GoneException {
      Path file = options.has("-m") ? null : moduleFile(word);
      if (file != null) {
        return showFile(file, file.toString());
      }
      prepare();
      List<ModuleIndex.Entry> found = modules(word);
      Subject builtin = found.isEmpty() ? builtin(word) : null;
      if (builtin != null) {
        return show(builtin);
      }
      if (found.isEmpty()) {
        return options.error("Module " + (options.has("-m") ? "name " : "") + word + " not found.");
      }
      int status = 0;
      for (ModuleIndex.Entry each : found) {
        status |= showFile(each.path(), each.path().toString());
      }
      return status;
    }

    /** A word that is the name of a file that may be a module; else null. */
    private Path moduleFile(String word) {
      Path file = call.file(word);
      boolean looksSo = word.contains("/") || word.endsWith(".jar") || word.endsWith(".JAR");
      return looksSo && file != null && Files.isRegularFile(file) ? file.normalize() : null;
    }

    private List<ModuleIndex.Entry> modules(String word) {
      List<ModuleIndex.Entry> named = index.module(word).stream().toList();
      if (!named.isEmpty() || options.has("-m")) {
        return named;
      }
      List<String> names = index.bySymbolAlias(word);
      names = names.isEmpty() ? index.byAlias(word) : names;
      return names.stream().flatMap(name -> index.module(name).stream()).toList();
    }

    private Subject builtin(String word) {
      Subject named = builtins.find(word);
      boolean isOther = named == null && !options.has("-m");
      if (isOther && !index.byBuiltinAlias(word).isEmpty()) {
        named = builtins.find(index.byBuiltinAlias(word).get(0));
      }
      if (named == null && index.isBuiltin(word)) {
        return new Subject(word.replace('-', '_'), null, new Modinfo(List.of()));
      }
      return named;
    }

    private int showFile(Path file, String filename) throws GoneException {
      ScannedJar jar = scan.read(file);
      if (jar.file() == null) {
        return refuse(jar, filename);
      }
      Modinfo modinfo = jar.file().modinfo();
      if (modinfo.first("depends") == null) {
        modinfo = modinfo.orElse("depends", depends(jar));
      }
      return show(new Subject(jar.name(), filename, modinfo));
    }

    private String depends(ScannedJar jar) {
      List<Path> places = isTree ? List.of(place()) : ModuleTrees.directories(call);
      return scan.librariesOf(jar, places, isTree).stream()
          .map(ScannedJar::nameAsWritten)
          .collect(Collectors.joining(","));
    }

    /** Its name is known in any case, and for that alone the file is not looked into. */
    private int refuse(ScannedJar jar, String filename) throws GoneException {
      Subject subject = new Subject(jar.name(), filename, new Modinfo(List.of()));
      if ("filename".equals(field)) {
        return show(subject);
      }
      if (field == null && !options.has("-J")) {
        call.out(text.head(subject));
      }
      String name = jar.name();
      options.error("could not get modinfo from '" + name + "': " + Strerror.of(jar.errno()));
      if (jar.problem() != null && jar.isZip()) {
        options.error(jar.problem());
      }
      return 1;
    }

    private int show(Subject subject) throws GoneException {
      shown.add(subject);
      if (!options.has("-J")) {
        call.out(
            field == null ? text.head(subject) + text.body(subject) : text.field(subject, field));
      }
      return 0;
    }

    /** The directory of the tree that is named. */
    private Path place() {
      String version = options.has("-k") ? options.value("-k") : Version.JIFFY;
      String root = options.has("-b") ? options.value("-b") : "/";
      return call.directory().resolve(root).resolve("lib/modules").resolve(version);
    }

    /** Reads the index, when the first name wants it. */
    private void prepare() throws GoneException {
      if (index != null) {
        return;
      }
      ModuleTree tree = trees.of(call, options.value("-b"), options.value("-k"));
      index = tree.index();
      builtins = new BuiltinModinfo("");
      if (isTree) {
        readBuiltins();
      }
      for (String each : tree.warnings()) {
        options.say("WARNING", each);
      }
      boolean isNowhere = isTree && !Files.isDirectory(place());
      if (isNowhere) {
        options.say("WARNING", "no directory " + place() + ": say which version with -k");
      } else if (!tree.hint().isEmpty() && !Files.exists(place().resolve(BUILTIN))) {
        options.say("WARNING", tree.hint());
      }
    }

    private void readBuiltins() throws GoneException {
      Path file = place().resolve(BUILTIN);
      try {
        if (Files.isRegularFile(file)) {
          builtins =
              new BuiltinModinfo(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
      } catch (IOException e) {
        options.say("WARNING", "could not read " + file + ": " + Strerror.of(e));
      }
    }
  }

  private static String fieldOf(KmodOptions.Parsed options) {
    String field = options.value("-F");
    for (Map.Entry<String, String> each : FIELDS.entrySet()) {
      if (options.has("--" + each.getKey())) {
        field = each.getValue();
      }
    }
    return field;
  }
}
