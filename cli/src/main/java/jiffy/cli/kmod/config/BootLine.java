package jiffy.cli.kmod.config;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.kmod.index.Names;

/**
 * What the kernel's command line says of modules: {@code module.param=value}, {@code module.param},
 * {@code "module.param=a b"}, {@code modprobe.blacklist=a,b}. All other words are not ours.
 */
final class BootLine {
  private static final Pattern PARAMETER =
      Pattern.compile(
          "([A-Za-z0-9_-]+)\\.([A-Za-z0-9_-]+(?:\\[[^\\s\"=]*\\])?)(=.*)?", Pattern.DOTALL);

  private BootLine() {}

  static void read(String line, ModprobeConfig.Builder into) {
    for (String word : Words.parameters(line)) {
      take(word, into);
    }
  }

  private static void take(String word, ModprobeConfig.Builder into) {
    boolean isQuoted = word.length() > 1 && word.startsWith("\"") && word.endsWith("\"");
    String text = isQuoted ? word.substring(1, word.length() - 1) : word;
    Matcher matcher = PARAMETER.matcher(text);
    if (!matcher.matches()) {
      return;
    }
    String module = Names.module(matcher.group(1));
    String name = matcher.group(2);
    String value = matcher.group(3) == null ? "" : matcher.group(3);
    if (module.equals("modprobe") && name.equals("blacklist")) {
      List.of(value.replaceFirst("=", "").split(",", -1)).stream()
          .filter(each -> !each.isEmpty())
          .forEach(each -> into.blacklist.add(Names.module(each)));
    } else {
      into.options.add(new ModprobeConfig.Options(module, name + requoted(value), true));
    }
  }

  /** A value that the quotes of the whole word kept together gets quotes of its own. */
  private static String requoted(String value) {
    boolean needed = value.indexOf('"') < 0 && value.chars().anyMatch(Character::isWhitespace);
    return needed ? "=\"" + value.substring(1) + '"' : value;
  }
}
