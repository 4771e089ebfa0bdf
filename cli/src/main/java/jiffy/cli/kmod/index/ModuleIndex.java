package jiffy.cli.kmod.index;

import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The index files of one directory of modules: {@code modules.dep}, {@code .alias}, {@code
 * .symbols}, {@code .builtin} and so on. Immutable.
 *
 * <p>A line that cannot be understood is passed over: depmod wrote the files, and the next run of
 * it mends them. What the files say twice of a module, the first line says.
 */
public final class ModuleIndex {
  /** The files that make an index; {@code modules.dep} alone is enough. */
  public static final List<String> FILES =
      List.of(
          "modules.dep",
          "modules.alias",
          "modules.symbols",
          "modules.softdep",
          "modules.weakdep",
          "modules.builtin",
          "modules.builtin.alias");

  private static final String SYMBOL = "symbol:";
  private static final Pattern NAME = Pattern.compile("\\w+");

  /**
   * A line of {@code modules.dep}.
   *
   * @param name the module's
   * @param path of its file, absolute if the index's directory is
   * @param dependencies names of all modules it needs, the deepest first: the order of loading
   */
  public record Entry(String name, Path path, List<String> dependencies) {}

  private final Path directory;
  private final Map<String, String> texts;
  private final Map<String, Entry> modules = new LinkedHashMap<>();
  private final SetMultimap<String, String> aliases = LinkedHashMultimap.create();
  private final SetMultimap<String, String> symbols = LinkedHashMultimap.create();
  private final SetMultimap<String, String> builtinAliases = LinkedHashMultimap.create();
  private final TreeSet<String> builtins = new TreeSet<>();

  private ModuleIndex(Path directory, Map<String, String> texts) {
    this.directory = directory;
    this.texts = Map.copyOf(texts);
  }

  /**
   * Reads an index.
   *
   * @param directory what relative paths in it start from
   * @param texts the files, by name; a missing one is as an empty one
   */
  public static ModuleIndex of(Path directory, Map<String, String> texts) {
    ModuleIndex index = new ModuleIndex(directory, texts);
    index.lines("modules.dep").forEach(index::takeDependencies);
    index.lines("modules.alias").forEach(line -> takeAlias(line, index.aliases));
    index.lines("modules.symbols").forEach(line -> takeAlias(line, index.symbols));
    index.lines("modules.builtin.alias").forEach(line -> takeAlias(line, index.builtinAliases));
    index.lines("modules.builtin").forEach(line -> index.builtins.add(Names.ofFile(line)));
    return index;
  }

  private Stream<String> lines(String file) {
    return texts
        .getOrDefault(file, "")
        .lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty() && !line.startsWith("#"));
  }

  private void takeDependencies(String line) {
    int colon = line.indexOf(':');
    if (colon <= 0) {
      return;
    }
    String file = line.substring(0, colon);
    List<String> dependencies = new ArrayList<>();
    for (String each : words(line.substring(colon + 1))) {
      String name = Names.ofFile(each);
      dependencies.add(name);
    }
    Collections.reverse(dependencies);
    String name = Names.ofFile(file);
    try {
      Path path = directory.resolve(file);
      modules.putIfAbsent(name, new Entry(name, path, List.copyOf(dependencies)));
    } catch (InvalidPathException noSuchFile) {
      return;
    }
  }

  private static void takeAlias(String line, SetMultimap<String, String> into) {
    List<String> words = words(line);
    if (words.size() == 3 && words.get(0).equals("alias")) {
      String pattern = Names.alias(words.get(1));
      // As they are compared: a symbol is its own name, whatever letters are in it.
      boolean isSymbol = words.get(1).startsWith(SYMBOL);
      if (isSymbol || pattern != null) {
        into.put(isSymbol ? words.get(1) : pattern, Names.module(words.get(2)));
      }
    }
  }

  private static List<String> words(String line) {
    return Stream.of(line.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  /** The text of one of {@link #FILES}, if it is there. */
  public Optional<String> text(String file) {
    return Optional.ofNullable(texts.get(file));
  }

  /** The directory that the index is of. */
  public Path directory() {
    return directory;
  }

  /** The module of that name, {@code -} being {@code _}. */
  public Optional<Entry> module(String name) {
    return Optional.ofNullable(modules.get(Names.module(name)));
  }

  /** All modules, as {@code modules.dep} lists them. */
  public List<Entry> modules() {
    return List.copyOf(modules.values());
  }

  /**
   * What a module may be called once it is loaded, besides by its file: depmod writes that down as
   * an alias. Other aliases may be among these, but no name of another module of the tree.
   */
  public List<String> otherNames(String module) {
    return aliases.entries().stream()
        .filter(entry -> entry.getValue().equals(module))
        .map(Map.Entry::getKey)
        .filter(name -> NAME.matcher(name).matches() && !modules.containsKey(name))
        .toList();
  }

  /** Whether the kernel has it without a file. */
  public boolean isBuiltin(String name) {
    return builtins.contains(Names.module(name));
  }

  /** The modules that say that an alias is theirs, in the order of the file. */
  public List<String> byAlias(String alias) {
    return matching(aliases, alias);
  }

  /** The builtin modules that say that an alias is theirs. */
  public List<String> byBuiltinAlias(String alias) {
    return matching(builtinAliases, alias);
  }

  private static List<String> matching(SetMultimap<String, String> patterns, String alias) {
    String wanted = Names.alias(alias);
    if (wanted == null) {
      return List.of();
    }
    return patterns.entries().stream()
        .filter(entry -> Fnmatch.matches(entry.getKey(), wanted))
        .map(Map.Entry::getValue)
        .distinct()
        .toList();
  }

  /** The modules that export what is asked for as {@code symbol:NAME}. */
  public List<String> bySymbolAlias(String alias) {
    return List.copyOf(symbols.get(alias));
  }

  /** The modules that export a symbol. */
  public List<String> exporters(String symbol) {
    return bySymbolAlias(SYMBOL + symbol);
  }

  /** Aliases and symbols with their modules, each sorted: the end of {@code modprobe -c}. */
  public List<String> dump() {
    List<String> lines = new ArrayList<>();
    for (SetMultimap<String, String> part : List.of(aliases, symbols, builtinAliases)) {
      new TreeMap<>(part.asMap())
          .forEach((key, names) -> names.forEach(name -> lines.add("alias " + key + " " + name)));
    }
    return lines;
  }
}
