package jiffy.cli.kmod.depmod;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.runtime.module.file.Export;

/** The texts of the index files, in kmod's format. */
final class IndexTexts {
  /** What is in no word of an index file. */
  private static final Pattern BLANK = Pattern.compile("\\s");

  private static final String DEVNAME = "devname:";
  private static final Pattern DEVICE = Pattern.compile("(char|block)-major-(\\d+)-(\\d+)");

  private final Path base;
  private final DependencyGraph graph;
  private final List<String> warnings = new ArrayList<>();
  private final List<String> duplicates = new ArrayList<>();

  /**
   * @param base what is in or below it is written relative to it
   */
  IndexTexts(Path base, DependencyGraph graph) {
    this.base = base;
    this.graph = graph;
  }

  /** All files by name, in the order in which {@code depmod -n} shows them. */
  Map<String, String> all() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("modules.dep", dependencies());
    texts.put("modules.alias", aliases());
    texts.put(
        "modules.softdep",
        pairs("softdep", "# Soft dependencies extracted from modules themselves.\n"));
    texts.put(
        "modules.weakdep",
        pairs("weakdep", "# Weak dependencies extracted from modules themselves.\n"));
    texts.put("modules.symbols", symbols());
    String devices = devices();
    if (!devices.isEmpty()) {
      texts.put(
          "modules.devname", "# Device nodes to trigger on-demand module loading.\n" + devices);
    }
    return texts;
  }

  /** What of the modules could not be written down. */
  List<String> warnings() {
    return warnings;
  }

  /** Aliases and symbols that two modules have. */
  List<String> duplicates() {
    return duplicates;
  }

  private String dependencies() {
    StringBuilder text = new StringBuilder();
    for (ScannedJar module : graph.modules()) {
      text.append(pathOf(module)).append(':');
      for (ScannedJar library : graph.dependenciesOf(module)) {
        text.append(' ').append(wordOf(library));
      }
      text.append('\n');
    }
    return text.toString();
  }

  private String pathOf(ScannedJar module) {
    Path path = module.path();
    return path.startsWith(base) ? base.relativize(path).toString() : path.toString();
  }

  /** A directory's name may have blanks, at which a line's readers would cut: then without it. */
  private String wordOf(ScannedJar module) {
    String path = pathOf(module);
    return BLANK.matcher(path).find() ? module.path().getFileName().toString() : path;
  }

  private String aliases() {
    StringBuilder text = new StringBuilder("# Aliases extracted from modules themselves.\n");
    Set<String> seen = new LinkedHashSet<>();
    for (ScannedJar module : graph.modules()) {
      List<String> aliases = new ArrayList<>(module.values("alias"));
      if (module.file() != null && !module.file().name().equals(module.name())) {
        aliases.add(module.file().name()); // modprobe looks for files, lsmod shows this one
      }
      for (String alias : aliases) {
        if (BLANK.matcher(alias).find() || alias.isEmpty()) {
          warnings.add(module.path() + ": the alias '" + alias + "' is no word: left out");
        } else {
          text.append("alias ").append(alias).append(' ').append(module.name()).append('\n');
          note(seen, "module alias", alias + " " + module.name(), alias);
        }
      }
    }
    return text.toString();
  }

  private void note(Set<String> seen, String kind, String line, String key) {
    if (!seen.add(key)) {
      duplicates.add("duplicate " + kind + ":\n" + line);
    }
  }

  private String pairs(String key, String head) {
    StringBuilder text = new StringBuilder(head);
    each(
        key,
        (module, value) -> {
          String line = value.strip().replaceAll("\\s+", " ");
          text.append(key).append(' ').append(module.name()).append(' ').append(line).append('\n');
        });
    return text.toString();
  }

  private void each(String key, BiConsumer<ScannedJar, String> taker) {
    for (ScannedJar module : graph.modules()) {
      module.values(key).forEach(value -> taker.accept(module, value));
    }
  }

  private String symbols() {
    StringBuilder text = new StringBuilder("# Aliases for symbols, used by symbol_request().\n");
    Set<String> seen = new LinkedHashSet<>();
    for (ScannedJar module : graph.modules()) {
      for (String symbol : module.exports().stream().map(Export::member).distinct().toList()) {
        text.append("alias symbol:").append(symbol).append(' ').append(module.name()).append('\n');
        note(seen, "module syms", "symbol:" + symbol + " " + module.name(), symbol);
      }
    }
    return text.toString();
  }

  /** {@code fuse fuse c10:229}: a device's node that may be made before its module is there. */
  private String devices() {
    StringBuilder text = new StringBuilder();
    for (ScannedJar module : graph.modules()) {
      String node = null;
      String device = null;
      for (String alias : module.values("alias")) {
        Matcher numbers = DEVICE.matcher(alias);
        if (alias.startsWith(DEVNAME)) {
          node = alias.substring(DEVNAME.length());
        } else if (numbers.matches()) {
          device = numbers.group(1).charAt(0) + numbers.group(2) + ":" + numbers.group(3);
        }
      }
      if (node != null && device != null) {
        text.append(module.name() + " " + node + " " + device + "\n");
      }
    }
    return text.toString();
  }
}
