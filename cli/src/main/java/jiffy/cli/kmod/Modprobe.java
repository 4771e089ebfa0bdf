package jiffy.cli.kmod;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import jiffy.cli.kmod.Console.Level;
import jiffy.cli.kmod.Order.Option;
import jiffy.cli.kmod.config.ModprobeConfig;
import jiffy.cli.kmod.index.Names;
import jiffy.linux.Errno;
import jiffy.runtime.module.file.BadModuleException;
import jiffy.runtime.module.param.ParamLine;

/** One run of modprobe. */
public final class Modprobe {
  private final Setting setting;
  private final Path directory;

  /**
   * For one run.
   *
   * @param tree where modules are
   * @param config what is configured
   * @param directory what relative files start from
   * @param environment variables for install and remove commands
   */
  public Modprobe(
      ModuleTree tree,
      ModprobeConfig config,
      ModuleKernel kernel,
      Console console,
      Path directory,
      Map<String, String> environment) {
    this.directory = directory;
    setting =
        new Setting(
            tree,
            config,
            new Lookup(tree.index(), config),
            kernel,
            console,
            new Commands(kernel, console, directory, environment));
  }

  /** Does what is wanted. @return the exit status */
  public int run(Order order) throws StoppedException {
    if (order.has(Option.SHOW_CONFIG)) {
      return showConfig();
    }
    if (order.words().isEmpty()) {
      setting.console().say(Level.ERROR, "missing parameters. See -h.");
      return 1;
    }
    String first = order.words().get(0);
    if (order.has(Option.SHOW_EXPORTS) || order.has(Option.SHOW_MODVERSIONS)) {
      return showSymbols(first, order.has(Option.SHOW_EXPORTS));
    }
    if (order.has(Option.REMOVE)) {
      return removeAll(order);
    }
    if (!order.has(Option.ALL)) {
      List<String> words = order.words().subList(1, order.words().size());
      warnOfNames(order, first, words);
      return insert(order, first, parameters(words));
    }
    int status = 0;
    for (String name : order.words()) {
      status |= insert(order, name, List.of());
    }
    return status;
  }

  /** Of words that look as if {@code -a} had been meant. */
  private void warnOfNames(Order order, String first, List<String> words) throws StoppedException {
    List<String> names =
        words.stream()
            .filter(word -> word.indexOf('=') < 0 && !setting.lookup().find(word).isEmpty())
            .toList();
    if (names.isEmpty() || order.has(Option.SHOW_ALIAS)) {
      return;
    }
    Stream<Path> files =
        Names.isPath(first)
            ? Stream.of(directory.resolve(first))
            : setting.lookup().find(first).stream().map(Target::path);
    List<Set<String>> parameters =
        files.flatMap(each -> OwnWords.parameters(each).stream()).toList();
    for (String name : names) {
      if (!parameters.isEmpty()
          && parameters.stream().noneMatch(each -> each.contains(Names.module(name)))) {
        String text = "'%s' is taken as a parameter of %s; to load both: modprobe -a %2$s %1$s";
        setting.console().say(Level.WARNING, String.format(text, name, first));
      }
    }
  }

  private static List<String> parameters(List<String> words) {
    List<String> parameters = new ArrayList<>();
    for (String word : words) {
      parameters.add(ParamLine.join(List.of(word)));
    }
    return parameters;
  }

  private int showConfig() throws StoppedException {
    for (String line : setting.config().lines()) {
      setting.console().print(line);
    }
    setting.console().print("");
    setting.console().print("# End of configuration files. Dumping indexes now:");
    setting.console().print("");
    for (String line : setting.tree().index().dump()) {
      setting.console().print(line);
    }
    return 0;
  }

  private int insert(Order order, String name, List<String> parameters) throws StoppedException {
    Level level = order.has(Option.ALL) ? Level.WARNING : Level.FATAL;
    if (Names.isPath(name)) {
      return insertFile(order, name, parameters, level);
    }
    List<Target> found = setting.lookup().find(name);
    if (found.isEmpty()) {
      sayNotFound(level, name);
      return hintAtFile(name);
    }
    int status = 0;
    for (Target each : found) {
      if (order.has(Option.SHOW_ALIAS)) {
        setting.console().print(each.name());
      } else {
        status |= new Insertion(setting, order, each, parameters).run();
      }
    }
    return status;
  }

  private int sayNotFound(Level level, String name) throws StoppedException {
    String place = setting.tree().place();
    setting.console().say(level, "Module " + name + " not found in directory " + place);
    if (!setting.tree().hint().isEmpty()) {
      setting.console().say(Level.NOTICE, setting.tree().hint());
    }
    return 1;
  }

  /** Of a word that looks like a file, where only names are looked up. @return the exit status */
  private int hintAtFile(String name) throws StoppedException {
    String module = Names.ofFile(name);
    Path file = file(name);
    if (name.endsWith(".jar") && !setting.lookup().find(module).isEmpty()) {
      String hint = "modules are called by their names: 'modprobe " + module + "'";
      setting.console().say(Level.NOTICE, hint);
    } else if (file != null && Files.isRegularFile(file)) {
      String hint = name + " is a file: it is loaded by 'modprobe ./" + name + "'";
      setting.console().say(Level.NOTICE, hint);
    }
    return 1;
  }

  /** Null if no file can have such a name. */
  private Path file(String name) {
    try {
      return directory.resolve(name);
    } catch (InvalidPathException e) {
      return null;
    }
  }

  private int insertFile(Order order, String name, List<String> parameters, Level level)
      throws StoppedException {
    Path file = file(name);
    String reason = whyNoModule(file);
    if (reason != null) {
      setting.console().say(level, "Failed to get module from path " + name + ": " + reason);
      return 1;
    }
    if (order.has(Option.SHOW_ALIAS)) {
      setting.console().print(setting.lookup().file(file).name());
      return 0;
    }
    return Insertion.ofFile(setting, order, file, parameters);
  }

  /** Null if it may be one. */
  private String whyNoModule(Path file) {
    if (file == null || !Files.exists(file)) {
      return setting.kernel().reason(Errno.ENOENT);
    }
    if (Files.isDirectory(file)) {
      return setting.kernel().reason(Errno.EISDIR);
    }
    return Files.isRegularFile(file) ? null : "not a regular file"; // it might never end
  }

  /** Unless all are wanted, the first that fails is the last: FATAL ends the program. */
  private int removeAll(Order order) throws StoppedException {
    if (!order.isDry()) {
      setting.kernel().need();
    }
    int status = 0;
    Removal removal = new Removal(setting, order);
    for (String name : order.words()) {
      List<Target> found = removable(name);
      if (found.isEmpty()) {
        Level level = order.has(Option.ALL) ? Level.WARNING : Level.FATAL;
        setting.console().say(level, "Module " + name + " not found.");
        status = 1;
      }
      for (Target each : found) {
        status |= removal.run(each);
      }
      if (status != 0 && !order.has(Option.ALL)) {
        return status;
      }
    }
    return status;
  }

  /** What is loaded can be unloaded, whether the tree has it or not. */
  private List<Target> removable(String name) {
    boolean isFile = Names.isPath(name) || name.endsWith(".jar");
    Optional<ModuleKernel.Loaded> own =
        (isFile ? OwnWords.name(directory.resolve(name)) : Optional.<String>empty())
            .flatMap(setting.kernel()::find);
    if (own.isPresent()) {
      String loadedName = own.get().name();
      List<Target> ofTree = setting.lookup().find(loadedName);
      return ofTree.isEmpty() ? List.of(setting.lookup().module(loadedName)) : ofTree;
    }
    List<Target> found = Names.isPath(name) ? List.of() : setting.lookup().find(name);
    if (!found.isEmpty()) {
      return found;
    }
    Optional<ModuleKernel.Loaded> loaded =
        setting
            .kernel()
            .find(Names.module(name))
            .or(() -> setting.kernel().find(Names.ofFile(name)));
    return loaded.map(each -> List.of(setting.lookup().module(each.name()))).orElse(List.of());
  }

  private int showSymbols(String name, boolean exports) throws StoppedException {
    Path file = file(name);
    if (!Names.isPath(name) && (file == null || !Files.exists(file))) {
      List<Target> found = setting.lookup().find(name);
      if (found.isEmpty() || found.get(0).path() == null) {
        return sayNotFound(Level.FATAL, name);
      }
      file = found.get(0).path();
    }
    if (file == null || Files.exists(file) && !Files.isRegularFile(file)) {
      setting.console().say(Level.FATAL, "Module " + name + ": " + whyNoModule(file));
      return 1;
    }
    try {
      for (String line : exports ? SymbolVersions.exports(file) : SymbolVersions.imports(file)) {
        setting.console().print(line);
      }
      return 0;
    } catch (BadModuleException e) {
      String reason = e.getMessage() == null ? setting.kernel().reason(e.errno()) : e.getMessage();
      setting.console().say(Level.FATAL, "Module " + name + ": " + reason);
      return 1;
    }
  }
}
