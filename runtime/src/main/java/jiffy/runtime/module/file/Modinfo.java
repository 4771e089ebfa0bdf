package jiffy.runtime.module.file;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jiffy.runtime.module.param.ParamSpec;

/**
 * What a module says of itself in pairs, as modinfo shows them: the ELF section {@code .modinfo}.
 *
 * <p>A compiler writes C's {@code MODULE_*} macros the other way round than they stand there, and
 * modpost adds at the end what it found out. So here the values of {@code @ModuleInfo} come in the
 * order opposite to the class file's, which is the source's, then the parameters likewise, then
 * {@code srcversion}, {@code depends}, {@code name} and {@code vermagic}, as far as they are known.
 * What a module needs of others is written nowhere in it: {@code depends} is missing unless a pair
 * of the module's says it. Immutable.
 *
 * @param pairs in that order
 */
public record Modinfo(List<Pair> pairs) {
  /** One of them. */
  public record Pair(String key, String value) {}

  /** What modpost writes, in its order. */
  private static final List<String> LAST = List.of("srcversion", "depends", "name", "vermagic");

  /** Key of the annotation's element that is itself a list of pairs. */
  private static final String FREE = "info";

  private static final String KEY = "[\\w.-]+";

  /** Takes a copy. */
  public Modinfo {
    pairs = List.copyOf(pairs);
  }

  /**
   * Puts the pairs into order.
   *
   * @param info the values of {@code @ModuleInfo} as in the class file: texts and lists of texts
   * @param params as in the class files
   * @param found what goes to the end where the module itself does not say it
   * @throws IllegalArgumentException a sentence, if a free pair is none
   */
  static Modinfo of(Map<String, Object> info, List<ParamSpec> params, List<Pair> found) {
    List<Pair> said = new ArrayList<>();
    info.forEach((key, value) -> add(key, value, said));
    Collections.reverse(said);
    List<Pair> ofParams = new ArrayList<>();
    for (ParamSpec param : params) {
      if (!param.typeName().isEmpty()) { // one of callbacks only has none
        ofParams.add(new Pair("parmtype", param.name() + ":" + param.typeName()));
      }
      if (!param.description().isEmpty()) {
        ofParams.add(new Pair("parm", param.name() + ":" + param.description()));
      }
    }
    Collections.reverse(ofParams);
    List<Pair> all = new ArrayList<>(said);
    all.removeIf(pair -> LAST.contains(pair.key()));
    all.addAll(ofParams);
    for (String key : LAST) {
      List<Pair> last = said.stream().filter(pair -> pair.key().equals(key)).toList();
      all.addAll(last.isEmpty() ? withKey(found, key) : last);
    }
    return new Modinfo(all);
  }

  private static void add(String key, Object value, List<Pair> to) {
    if (value instanceof Collection<?> values) {
      for (Object each : values) {
        to.add(key.equals(FREE) ? free((String) each) : new Pair(key, (String) each));
      }
    } else if (!value.equals("") || !Set.of("name", "version").contains(key)) {
      to.add(new Pair(key, (String) value));
    }
  }

  private static Pair free(String text) {
    String[] halves = text.split("=", 2);
    if (halves.length < 2 || !halves[0].matches(KEY)) {
      throw new IllegalArgumentException(
          "@ModuleInfo(info = \"" + text + "\") is no pair: write \"key=value\"");
    }
    return new Pair(halves[0], halves[1]);
  }

  private static List<Pair> withKey(List<Pair> pairs, String key) {
    return pairs.stream().filter(pair -> pair.key().equals(key)).toList();
  }

  /** All values of a key, in order. */
  public List<String> all(String key) {
    return withKey(pairs, key).stream().map(Pair::value).toList();
  }

  /** The first value of a key, or null. */
  public String first(String key) {
    List<String> all = all(key);
    return all.isEmpty() ? null : all.get(0);
  }

  /** The same with another pair, at the place of its key; if the module says one, unchanged. */
  public Modinfo orElse(String key, String value) {
    if (first(key) != null) {
      return this;
    }
    List<Pair> all = new ArrayList<>(pairs);
    int at = LAST.indexOf(key);
    int before = at < 0 ? 0 : all.size();
    while (before > 0 && LAST.indexOf(all.get(before - 1).key()) > at) {
      before--;
    }
    all.add(before, new Pair(key, value));
    return new Modinfo(all);
  }

  /** {@code /sys/module/NAME/srcversion}: a sum of the classes; null if nobody asked for it. */
  public String srcversion() {
    return first("srcversion");
  }
}
