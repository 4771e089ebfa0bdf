package jiffy.cli.kmod.modinfo;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import jiffy.runtime.module.file.Modinfo;

/**
 * Shows modules as JSON: an array with an object a module, keys in the order of the text.
 *
 * <p>What a module may say several times is an array, even of one or none; so are {@code depends},
 * and {@code parm}, whose elements have {@code name}, {@code description} and {@code type}, null
 * where there is none. All else is a string, or an array where a key of the module's own comes
 * twice.
 */
public final class ModinfoJson {
  private static final Set<String> LISTS =
      Set.of("author", "alias", "softdep", "weakdep", "firmware", "import_ns", "depends", "parm");

  private ModinfoJson() {}

  /**
   * The text, with a newline.
   *
   * @param key the only one to show; null for all
   */
  public static String of(List<Subject> subjects, String key) {
    List<String> objects = new ArrayList<>();
    for (Subject subject : subjects) {
      Map<String, String> members = members(subject);
      if (key != null) {
        members.keySet().retainAll(Set.of(key));
      }
      objects.add(object(members, "\n    ", "\n  "));
    }
    return objects.isEmpty() ? "[]\n" : "[\n  " + String.join(",\n  ", objects) + "\n]\n";
  }

  private static Map<String, String> members(Subject subject) {
    Map<String, String> members = new LinkedHashMap<>();
    if (subject.filename() == null) {
      members.put("name", quoted(subject.name()));
    }
    members.put("filename", quoted(subject.shownFilename()));
    Modinfo modinfo = subject.modinfo();
    for (Modinfo.Pair pair : modinfo.pairs()) {
      if (!Parm.isParm(pair.key())) {
        members.put(pair.key(), value(pair.key(), modinfo.all(pair.key())));
      }
    }
    members.put("parm", array(Parm.of(modinfo).stream().map(ModinfoJson::parm)));
    return members;
  }

  private static String value(String key, List<String> values) {
    if (key.equals("depends")) {
      return array(
          Stream.of(values.get(0).split(","))
              .filter(each -> !each.isBlank())
              .map(ModinfoJson::quoted));
    }
    boolean isList = LISTS.contains(key) || values.size() > 1;
    return isList ? array(values.stream().map(ModinfoJson::quoted)) : quoted(values.get(0));
  }

  private static String parm(Parm parm) {
    Map<String, String> members = new LinkedHashMap<>();
    members.put("name", quoted(parm.name()));
    members.put("description", quoted(parm.description()));
    members.put("type", quoted(parm.type()));
    return object(members, " ", " ");
  }

  private static String array(Stream<String> elements) {
    return elements.collect(Collectors.joining(", ", "[", "]"));
  }

  private static String object(Map<String, String> members, String before, String after) {
    return members.entrySet().stream()
        .map(each -> before + quoted(each.getKey()) + ": " + each.getValue())
        .collect(Collectors.joining(",", "{", after + "}"));
  }

  private static String quoted(String text) {
    if (text == null) {
      return "null";
    }
    StringBuilder json = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      switch (c) {
        case '"', '\\' -> json.append('\\').append(c);
        case '\n' -> json.append("\\n");
        case '\t' -> json.append("\\t");
        default -> {
          boolean isPlain = c >= ' ' && !Character.isSurrogate(c) && c != 0x7f;
          json.append(isPlain ? "" + c : String.format(Locale.ROOT, "\\u%04x", (int) c));
        }
      }
    }
    return json.append('"').toString();
  }
}
