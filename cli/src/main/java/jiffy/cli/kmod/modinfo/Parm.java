package jiffy.cli.kmod.modinfo;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import jiffy.runtime.module.file.Modinfo;

/**
 * A parameter: the two pairs {@code parm=NAME:DESCRIPTION} and {@code parmtype=NAME:TYPE}, of which
 * one may be missing.
 *
 * @param description null if there is none
 * @param type null if there is none
 */
record Parm(String name, String description, String type) {
  /** Those of a module, the one that is mentioned first last: as their sources have them. */
  static List<Parm> of(Modinfo modinfo) {
    Map<String, Parm> byName = new LinkedHashMap<>();
    for (Modinfo.Pair pair : modinfo.pairs()) {
      int colon = pair.value().indexOf(':');
      boolean isType = pair.key().equals("parmtype");
      if (colon < 0 || !isParm(pair.key())) {
        continue;
      }
      String name = pair.value().substring(0, colon);
      String text = pair.value().substring(colon + 1);
      Parm before = byName.getOrDefault(name, new Parm(name, null, null));
      Parm now =
          isType ? new Parm(name, before.description, text) : new Parm(name, text, before.type);
      byName.put(name, now);
    }
    List<Parm> all = new ArrayList<>(byName.values());
    Collections.reverse(all);
    return all;
  }

  static boolean isParm(String key) {
    return key.equals("parm") || key.equals("parmtype");
  }

  /** As in the list of everything: {@code debug:Say more (int)}, {@code debug:int}. */
  String inList() {
    return description == null ? name + ":" + type : alone();
  }

  /** As {@code modinfo -p} has it: {@code debug:Say more (int)}, {@code debug: (int)}. */
  String alone() {
    return name
        + ":"
        + (description == null ? "" : description)
        + (type == null ? "" : " (" + type + ")");
  }
}
