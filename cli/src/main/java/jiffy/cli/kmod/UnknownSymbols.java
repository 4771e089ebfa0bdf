package jiffy.cli.kmod;

import com.google.common.collect.LinkedHashMultimap;
import com.google.common.collect.SetMultimap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import jiffy.cli.kmod.index.ModuleIndex;
import jiffy.cli.kmod.index.Names;
import jiffy.runtime.module.file.BadModuleException;

/** Which modules have what a module was refused for. */
public final class UnknownSymbols {
  private UnknownSymbols() {}

  static List<String> of(Setting setting, Path jar) {
    return of(setting.tree(), setting.kernel().live(), jar);
  }

  /**
   * A sentence for each module of the tree that has symbols which the JAR wants, and that is not
   * live, and what to do; nothing if the JAR cannot be read.
   *
   * @param live the names of the live modules
   */
  public static List<String> of(ModuleTree tree, Set<String> live, Path jar) {
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
      } else if (exporters.stream().noneMatch(each -> isLive(index, live, each))) {
        exporters.forEach(module -> absent.put(module, symbol));
      }
    }
    return sentences(tree, jar, absent, nowhere);
  }

  private static boolean isLive(ModuleIndex index, Set<String> live, String module) {
    return live.contains(module) || index.otherNames(module).stream().anyMatch(live::contains);
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
