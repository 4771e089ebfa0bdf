package jiffy.runtime.module.drop;

import com.google.common.collect.HashMultimap;
import com.google.common.collect.SetMultimap;
import com.google.common.graph.GraphBuilder;
import com.google.common.graph.MutableGraph;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import jiffy.runtime.module.file.Export;
import jiffy.runtime.module.file.Import;
import jiffy.runtime.module.file.ModuleFile;
import jiffy.runtime.module.file.ModuleNames;

/**
 * Which of the files that arrived together is loaded first: by name, but what another one needs
 * before it. Otherwise each that comes too early would be read, refused and tried again after every
 * other: of n that need each other in the wrong order, n² / 2 times.
 */
final class DropOrder {
  /**
   * What a file has for others and wants of them, as words that are the same on both sides.
   *
   * @param has symbols, classes, and the module's name
   * @param wants likewise
   */
  record Facts(Set<String> has, Set<String> wants) {
    /** Of a file that cannot be understood: the loader says so. */
    static final Facts NONE = new Facts(Set.of(), Set.of());

    static Facts of(ModuleFile file) {
      Set<String> has = new HashSet<>();
      has.add("module " + file.name());
      for (Export export : file.exports().symbols()) {
        has.add("symbol " + export.member());
      }
      file.exports().classes().forEach(name -> has.add("class " + name));
      Set<String> wants = new HashSet<>();
      for (Import each : file.imports()) {
        wants.add("symbol " + each.member());
        wants.add("class " + each.owner());
      }
      file.plugin()
          .dependencies()
          .forEach(each -> wants.add("module " + ModuleNames.ofPlugin(each.getPluginId())));
      return new Facts(Set.copyOf(has), Set.copyOf(wants));
    }
  }

  private DropOrder() {}

  /**
   * The one to begin with; of a circle, none of which can be loaded, the first by name.
   *
   * @param files at least one
   */
  static String first(SortedMap<String, Facts> files) {
    SetMultimap<String, String> owners = HashMultimap.create();
    files.forEach((file, facts) -> facts.has.forEach(word -> owners.put(word, file)));
    MutableGraph<String> before = GraphBuilder.directed().build();
    files.keySet().forEach(before::addNode);
    for (Map.Entry<String, Facts> each : files.entrySet()) {
      for (String word : each.getValue().wants) {
        for (String owner : owners.get(word)) {
          if (!owner.equals(each.getKey())) {
            before.putEdge(owner, each.getKey());
          }
        }
      }
    }
    return files.keySet().stream()
        .filter(file -> before.inDegree(file) == 0)
        .findFirst()
        .orElseGet(files::firstKey);
  }
}
