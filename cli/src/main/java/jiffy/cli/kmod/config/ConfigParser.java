package jiffy.cli.kmod.config;

import java.util.List;
import java.util.function.Consumer;
import jiffy.cli.kmod.index.Names;

/** Reads one file of modprobe.d. One thread. */
final class ConfigParser {
  private static final String BLANKS = " \t";

  private final String file;
  private final String text;
  private final ModprobeConfig.Builder into;
  private final Consumer<String> complaints;
  private int position;
  private int lineNumber;

  private ConfigParser(
      String file, String text, ModprobeConfig.Builder into, Consumer<String> complaints) {
    this.file = file;
    this.text = text;
    this.into = into;
    this.complaints = complaints;
  }

  static void parse(
      String file, String text, ModprobeConfig.Builder into, Consumer<String> complaints) {
    new ConfigParser(file, text.replace("\r\n", "\n"), into, complaints).all();
  }

  private void all() {
    while (position < text.length()) {
      String line = nextLine();
      if (!line.isBlank() && !line.stripLeading().startsWith("#")) {
        take(line);
      }
    }
  }

  /**
   * {@code freadline_wrapped}: a backslash at the end of a line continues it; before any other
   * character it stands for that character.
   */
  String nextLine() {
    StringBuilder line = new StringBuilder();
    lineNumber++;
    while (position < text.length()) {
      char c = text.charAt(position++);
      if (c == '\n') {
        break;
      }
      if (c == '\\') {
        if (position == text.length()) {
          break;
        }
        c = text.charAt(position++);
        if (c == '\n') {
          lineNumber++;
          continue;
        }
      }
      line.append(c);
    }
    return line.toString();
  }

  private void take(String line) {
    Cursor cursor = new Cursor(line);
    String command = cursor.word();
    if (command.equals("include") || command.equals("config")) {
      complaints.accept(
          "kmod_config_parse: "
              + file
              + ": command "
              + command
              + " is deprecated and not parsed anymore");
      return;
    }
    String name = cursor.word();
    String rest = cursor.rest();
    if (name == null || !understands(command, name, rest)) {
      complaints.accept(
          "kmod_config_parse: "
              + file
              + " line "
              + lineNumber
              + ": ignoring bad line starting with '"
              + command
              + "'");
    }
  }

  private boolean understands(String command, String name, String rest) {
    String module = Names.alias(name); // for alias, the pattern
    if (module == null) {
      return false;
    }
    switch (command) {
      case "blacklist":
        return into.blacklist.add(module);
      case "forbid":
        String reason = rest == null ? "" : rest.strip();
        return into.forbids.add(
            new ModprobeConfig.Forbid(module, reason, file + " line " + lineNumber));
      case "alias":
        List<String> words = rest == null ? List.of() : Words.of(rest);
        String target = words.isEmpty() ? null : Names.alias(words.get(0));
        return target != null && into.aliases.add(new ModprobeConfig.Alias(module, target));
      case "weakdep":
        return rest != null
            && into.weakdeps.add(new ModprobeConfig.WeakDep(module, Words.of(rest)));
      default:
        return rest != null && !rest.isBlank() && understandsText(command, module, rest);
    }
  }

  private boolean understandsText(String command, String module, String rest) {
    return switch (command) {
      case "options" -> into.options.add(new ModprobeConfig.Options(module, rest, false));
      case "install" -> into.installs.add(new ModprobeConfig.Command(module, rest));
      case "remove" -> into.removes.add(new ModprobeConfig.Command(module, rest));
      case "softdep" -> into.softdeps.add(SoftDep.parse(module, rest));
      default -> false;
    };
  }

  /** {@code strtok_r}: words, and what is left of the line behind one blank. */
  private static final class Cursor {
    private final String line;
    private int at;

    Cursor(String line) {
      this.line = line;
    }

    private boolean isBlank(int index) {
      return BLANKS.indexOf(line.charAt(index)) >= 0;
    }

    String word() {
      while (at < line.length() && isBlank(at)) {
        at++;
      }
      int start = at;
      while (at < line.length() && !isBlank(at)) {
        at++;
      }
      String word = start == at ? null : line.substring(start, at);
      at = Math.min(at + 1, line.length());
      return word;
    }

    String rest() {
      return at < line.length() ? line.substring(at) : null;
    }
  }
}
