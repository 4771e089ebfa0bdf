package jiffy.cli.kmod;

import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.index.Names;
import jiffy.runtime.module.file.BadModuleException;

/** Which modules have what a module was refused for. */
public final class UnknownSymbols {
  private UnknownSymbols() {}

  static List<String> of(Setting setting, Path jar) {
    Predicate<String> isLoaded = name -> setting.kernel().find(name).isPresent();
    return of(setting.tree(), isLoaded, jar);
  }

  /**
   * A sentence for each module of the tree that has symbols which the JAR wants, and that is not
   * loaded, and what to do; nothing if the JAR cannot be read.
   */
  public static List<String> of(ModuleTree tree, Predicate<String> isLoaded, Path jar) {
    List<String> wanted;
    try {
      wanted = SymbolVersions.wanted(jar);
    } catch (BadModuleException e) {
      return List.of();
    }
    ModuleIndex index = tree.index();
    SetMultimap<String, String> absent = LinkedHashMultimap.create();
    List<String> nowhere = new ArrayList<>();
    for (String symbol : wanted) {
      List<String> exporters = index.exporters(symbol);
      if (exporters.isEmpty() && symbol.indexOf('.') < 0) {
        nowhere.add(symbol);
      } else if (exporters.stream().noneMatch(isLoaded)) {
        exporters.forEach(module -> absent.put(module, symbol));
      }
    }
    return sentences(tree, jar, absent, nowhere);
  }

  private static List<String> sentences(
      ModuleTree tree, Path jar, SetMultimap<String, String> absent, List<String> nowhere) {
    List<String> lines = new ArrayList<>();
    absent
        .asMap()
        .forEach(
            (module, symbols) -> {
              Set<String> names = Set.copyOf(symbols);
              String list = names.stream().sorted().collect(Collectors.joining(", "));
              lines.add(list + (names.size() == 1 ? " is" : " are") + " in module " + module);
            });
    String name = Names.ofFile(jar.getFileName().toString());
    if (!absent.isEmpty()) {
      boolean isInTree = tree.index().module(name).isPresent();
      lines.add(
          isInTree
              ? "'modprobe " + name + "' loads what it needs first"
              : "load it first: 'modprobe " + String.join("', 'modprobe ", absent.keySet()) + "'");
    } else if (!nowhere.isEmpty()) {
      lines.add("no module in " + tree.place() + " has " + String.join(", ", nowhere));
    }
    return lines;
  }
}
