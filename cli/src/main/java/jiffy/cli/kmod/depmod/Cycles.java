package jiffy.cli.kmod.depmod;

import com.google.common.graph.Graph;
import com.google.common.graph.Graphs;
import com.google.common.graph.MutableGraph;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Modules that need each other in a circle, none of which can be loaded first.
 *
 * <p>What nothing in a circle goes through is taken away first: a module that needs nobody, or that
 * nobody needs, again and again. In what is left, two modules are in a circle together if each
 * reaches the other. Of such a group the circles through its first module are told, then those
 * through the first that has not been told of yet, until each has been: not every way round, of
 * which there can be more than anybody could read.
 */
final class Cycles {
  /** Enough to see what is wrong. */
  private static final int MOST_OF_A_MODULE = 20;

  /** Steps of one search; a dense group has no end of ways. */
  private static final int MOST_STEPS = 100_000;

  private final List<List<String>> found = new ArrayList<>();
  private final Set<String> members = new LinkedHashSet<>();

  private Cycles() {}

  /** The circles of a graph. */
  static Cycles of(DependencyGraph modules) {
    Cycles cycles = new Cycles();
    MutableGraph<ScannedJar> left = modules.copy();
    prune(left);
    if (left.nodes().isEmpty()) {
      return cycles;
    }
    Graph<ScannedJar> reaches = Graphs.transitiveClosure(left);
    Set<ScannedJar> told = new LinkedHashSet<>();
    for (ScannedJar module : modules.modules()) {
      if (!left.nodes().contains(module) || !reaches.hasEdgeConnecting(module, module)) {
        continue;
      }
      cycles.members.add(module.name());
      if (!told.contains(module)) {
        cycles.search(left, reaches, module, told);
      }
    }
    return cycles;
  }

  private static void prune(MutableGraph<ScannedJar> graph) {
    Deque<ScannedJar> open = new ArrayDeque<>(graph.nodes());
    while (!open.isEmpty()) {
      ScannedJar module = open.pop();
      boolean isEnd = graph.nodes().contains(module);
      isEnd = isEnd && (graph.inDegree(module) == 0 || graph.outDegree(module) == 0);
      if (isEnd) {
        open.addAll(graph.adjacentNodes(module));
        graph.removeNode(module);
      }
    }
  }

  /** Walks all ways from a module that lead back to it and meet nobody twice. */
  private void search(
      Graph<ScannedJar> graph, Graph<ScannedJar> reaches, ScannedJar root, Set<ScannedJar> told) {
    LinkedHashSet<ScannedJar> path = new LinkedHashSet<>();
    Deque<Iterator<ScannedJar>> ways = new ArrayDeque<>();
    Deque<ScannedJar> heads = new ArrayDeque<>();
    path.add(root);
    heads.push(root);
    ways.push(graph.successors(root).iterator());
    int left = MOST_OF_A_MODULE;
    for (int steps = 0; !ways.isEmpty() && left > 0 && steps < MOST_STEPS; steps++) {
      if (!ways.peek().hasNext()) {
        ways.pop();
        path.remove(heads.pop());
        continue;
      }
      ScannedJar next = ways.peek().next();
      if (next.equals(root)) {
        tell(path, root, told);
        left--;
      } else if (reaches.hasEdgeConnecting(next, root) && path.add(next)) {
        heads.push(next);
        ways.push(graph.successors(next).iterator());
      }
    }
  }

  private void tell(Set<ScannedJar> path, ScannedJar root, Set<ScannedJar> told) {
    List<String> names = new ArrayList<>();
    path.forEach(module -> names.add(module.name()));
    names.add(root.name());
    found.add(List.copyOf(names));
    told.addAll(path);
  }

  /** Each a list of names that ends with its first. */
  List<List<String>> found() {
    return found;
  }

  /** How many modules are in one. */
  int size() {
    return members.size();
  }
}
