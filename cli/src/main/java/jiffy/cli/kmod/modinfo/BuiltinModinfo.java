package jiffy.cli.kmod.modinfo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jiffy.runtime.module.file.Modinfo;
import jiffy.runtime.module.file.ModuleNames;

/** The file {@code modules.builtin.modinfo}: {@code MODULE.KEY=VALUE}, each ended by a NUL. */
public final class BuiltinModinfo {
  private final Map<String, List<Modinfo.Pair>> modules = new LinkedHashMap<>();

  /**
   * @param text of the file; what is no pair is passed over
   */
  public BuiltinModinfo(String text) {
    for (String entry : text.split("\0")) {
      int equals = entry.indexOf('=');
      int dot = entry.indexOf('.');
      if (dot > 0 && dot < equals) {
        modules
            .computeIfAbsent(
                ModuleNames.canonical(entry.substring(0, dot)), name -> new ArrayList<>())
            .add(new Modinfo.Pair(entry.substring(dot + 1, equals), entry.substring(equals + 1)));
      }
    }
  }

  /** What is said of a module, or null. */
  public Subject find(String name) {
    String canonical = ModuleNames.canonical(name);
    List<Modinfo.Pair> pairs = modules.get(canonical);
    return pairs == null ? null : new Subject(canonical, null, new Modinfo(pairs));
  }

  /** The lines of {@code modules.builtin.alias}: {@code alias PATTERN MODULE}. */
  public String aliases() {
    StringBuilder text = new StringBuilder();
    modules.forEach(
        (name, pairs) ->
            new Modinfo(pairs)
                .all("alias")
                .forEach(each -> text.append("alias " + each + " " + name + "\n")));
    return text.toString();
  }
}
