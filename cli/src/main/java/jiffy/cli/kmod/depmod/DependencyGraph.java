package jiffy.cli.kmod.depmod;

import com.google.common.collect.ArrayListMultimap;
import com.google.common.collect.ListMultimap;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableGraph;
import com.google.common.graph.Traverser;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jiffy.runtime.module.file.Export;
import jiffy.runtime.module.file.Import;

/**
 * Which module uses symbols of which: an edge goes from the user to the library. A symbol is found
 * as the kernel finds it when it links a module: functions by class, name and signature, then types
 * in what the libraries found so far show, or any other. What {@code Plugin-Dependencies} names
 * comes before all symbols.
 */
final class DependencyGraph {
  /** A symbol of a module. */
  private record Symbol(String owner, String member, String descriptor) {}

  /**
   * A symbol that no module has.
   *
   * @param hasOtherVersion whether one has it with another signature
   */
  record Missing(ScannedJar user, String symbol, boolean hasOtherVersion) {}

  private final List<ScannedJar> modules;
  private final Map<Symbol, ScannedJar> functions = new HashMap<>();

  /** By the name that a module calls itself. */
  private final Map<String, ScannedJar> named = new HashMap<>();

  /** Owners and names of functions, whatever their signatures. */
  private final Set<List<String>> names = new LinkedHashSet<>();

  /** By internal name of a class that a module shows. */
  private final ListMultimap<String, ScannedJar> types = ArrayListMultimap.create();

  private final MutableGraph<ScannedJar> graph =
      GraphBuilder.directed().allowsSelfLoops(false).build();
  private final Map<ScannedJar, List<ScannedJar>> libraries = new HashMap<>();
  private final Map<ScannedJar, Integer> order = new HashMap<>();
  private final List<Missing> missing = new ArrayList<>();

  /**
   * @param modules of different names; of a symbol that two export the first one's counts
   */
  DependencyGraph(List<ScannedJar> modules) {
    this.modules = modules;
    for (ScannedJar module : modules) {
      graph.addNode(module);
      for (Export each : module.exports()) {
        functions.putIfAbsent(new Symbol(each.owner(), each.member(), each.descriptor()), module);
        names.add(List.of(each.owner(), each.member()));
      }
      if (module.file() != null) {
        named.putIfAbsent(module.file().name(), module);
        module.file().exports().classes().forEach(type -> types.put(type, module));
      }
    }
    for (ScannedJar module : modules) {
      List<ScannedJar> found = resolve(module);
      libraries.put(module, found);
      found.forEach(library -> graph.putEdge(module, library));
    }
    int next = 0;
    for (ScannedJar module : Traverser.forGraph(graph).depthFirstPostOrder(modules)) {
      order.put(module, next++);
    }
  }

  private List<ScannedJar> resolve(ScannedJar user) {
    Set<ScannedJar> found = new LinkedHashSet<>();
    for (String need : user.needs()) {
      ScannedJar plugin = named.get(need);
      if (plugin == null) {
        missing.add(new Missing(user, need, false));
      } else {
        found.add(plugin);
      }
    }
    List<Import> others = new ArrayList<>();
    for (Import wanted : user.imports()) {
      ScannedJar library =
          functions.get(new Symbol(wanted.owner(), wanted.member(), wanted.descriptor()));
      if (library == null) {
        others.add(wanted);
      } else {
        found.add(library);
      }
    }
    for (Import wanted : others) {
      ScannedJar library = typeOf(wanted, found);
      if (library == null && user.mayDoWithout()) {
        continue;
      }
      if (library == null) {
        boolean hasOther =
            wanted.member() != null && names.contains(List.of(wanted.owner(), wanted.member()));
        missing.add(new Missing(user, wanted.symbol(), hasOther));
      } else {
        found.add(library);
      }
    }
    found.remove(user);
    return List.copyOf(found);
  }

  private ScannedJar typeOf(Import wanted, Set<ScannedJar> linked) {
    ScannedJar first = null;
    for (ScannedJar module : types.get(wanted.owner())) {
      boolean isWhole = module.file().exports().types().contains(wanted.owner());
      if (wanted.member() == null || isWhole) {
        if (linked.contains(module)) {
          return module;
        }
        first = first == null ? module : first;
      }
    }
    return first;
  }

  /** All modules, as they were given. */
  List<ScannedJar> modules() {
    return modules;
  }

  /** Whose symbols a module uses, in the order in which it does. */
  List<ScannedJar> librariesOf(ScannedJar user) {
    return libraries.get(user);
  }

  /** All that must be there before a module is, the last to be loaded first. */
  List<ScannedJar> dependenciesOf(ScannedJar user) {
    List<ScannedJar> all = new ArrayList<>(Graphs.reachableNodes(graph, user));
    all.remove(user);
    all.sort(Comparator.comparing(order::get).reversed());
    return all;
  }

  /** What nobody exports, by user, each symbol once. */
  List<Missing> missing() {
    return missing.stream().distinct().toList();
  }

  /** A graph of its own to take apart. */
  MutableGraph<ScannedJar> copy() {
    return Graphs.copyOf(graph);
  }
}
