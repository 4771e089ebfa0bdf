package jiffy.arch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The names of the kernel's API that C sources use: all their identifiers but those that they
 * declare themselves, and the keywords of C.
 */
final class SeedNames {
  /*
   * No C parser: sources are cut into pieces at ; { } and a piece is a declaration if it begins with a
   * type and goes on with declarators, or ends in a list of parameters. That is enough for modules that
   * are written as the tutorials are.
   */

  private static final Set<String> KEYWORDS =
      Set.of(
          ("auto break case char const continue default do double else enum extern float for goto if"
                  + " inline int long register return short signed sizeof static struct switch"
                  + " typedef union unsigned void volatile while define ifdef ifndef endif include")
              .split(" "));

  private static final Pattern IDENTIFIER = Pattern.compile("\\b[A-Za-z_]\\w*");
  private static final Pattern INCLUDE = Pattern.compile("#\\s*include\\s*<([\\w/.]+)>");
  private static final Pattern MACRO =
      Pattern.compile("(?m)^\\s*#\\s*(?:define|ifndef|ifdef)\\s+(\\w+)(?:\\(([\\w, ]*)\\))?(.*)$");
  private static final Pattern TAG = Pattern.compile("\\b(?:struct|union|enum)\\s+(\\w+)\\s*$");
  private static final Pattern POINTER = Pattern.compile("\\(\\s*\\*\\s*(\\w+)\\s*\\)");
  private static final Pattern MADE_BY_MACRO =
      Pattern.compile("^(?:static\\s+)?[A-Z_]+\\s*\\(\\s*(\\w+)\\s*\\)$");
  private static final String TYPE =
      "(?:(?:static|extern|inline|const|typedef)\\s+)*"
          + "(?:(?:struct|union|enum)\\s+\\w+|(?:(?:unsigned|signed|long|short|int|char|void)\\b\\s*)+|"
          + "(?!(?:static|extern|inline|const|return|goto|case|else|if|while|for|do|sizeof)\\b)[A-Za-z_]\\w*)";
  private static final Pattern FUNCTION =
      Pattern.compile("^" + TYPE + "[\\s*]+(?:__init\\s+|__exit\\s+)?(\\w+)\\s*\\((.*)\\)$");
  private static final Pattern VARIABLES =
      Pattern.compile("^" + TYPE + "(?=[\\s*])[\\s*]*(\\w.*)$");
  private static final Pattern DECLARATOR =
      Pattern.compile("^[\\s*]*(\\w+)\\s*(?:\\[.*\\])?\\s*(?:=.*)?$");

  private final Set<String> used = new TreeSet<>();
  private final Set<String> declared = new TreeSet<>(KEYWORDS);

  private SeedNames() {}

  /** Headers as {@code linux/timer.h}, and identifiers, of all sources of a directory together. */
  static Set<String> of(Path directory) throws IOException {
    SeedNames names = new SeedNames();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.filter(each -> each.toString().matches(".*\\.[ch]")).toList()) {
        names.read(Files.readString(file));
      }
    }
    names.used.removeAll(names.declared);
    return names.used;
  }

  private void read(String source) {
    String code =
        source
            .replaceAll("(?s)/\\*.*?\\*/", " ")
            .replaceAll("//[^\n]*", " ")
            .replaceAll("\"(?:\\\\.|[^\"\\\\])*\"", "0")
            .replaceAll("'(?:\\\\.|[^'\\\\])*'", "0");
    addAll(INCLUDE.matcher(code), used);
    code = code.replaceAll("(?m)^\\s*#\\s*include.*$", " ");
    for (Matcher macro = MACRO.matcher(code); macro.find(); ) {
      declared.add(macro.group(1));
      if (macro.group(2) != null) {
        declared.addAll(List.of(macro.group(2).trim().split("\\s*,\\s*")));
      }
    }
    code = MACRO.matcher(code).replaceAll("; $3 ;").replaceAll("(?m)^\\s*#.*$", " ");
    code = code.replaceAll("\\b0[xX]\\w+|\\b\\d\\w*", "0");
    for (Matcher word = IDENTIFIER.matcher(code); word.find(); ) {
      used.add(word.group());
    }
    declarations(code);
  }

  private static void addAll(Matcher found, Set<String> to) {
    while (found.find()) {
      to.add(found.group(1));
    }
  }

  private void declarations(String code) {
    String before = "";
    for (String each : code.split("(?<=[;{}])|(?=[;{}])")) {
      String piece = each.trim();
      if (before.matches("(?s).*\\benum\\s+\\w+\\{")
          || piece.matches("\\w+") && before.endsWith("}")) {
        declared.addAll(List.of(piece.split("[\\s,]+"))); // enum constants; a typedef's name
      }
      declaration(piece);
      before = piece.equals("{") ? before + piece : piece;
    }
  }

  private void declaration(String piece) {
    addAll(TAG.matcher(piece), declared);
    if (piece.startsWith("typedef")) {
      addAll(POINTER.matcher(piece), declared);
    }
    Matcher macro = MADE_BY_MACRO.matcher(piece);
    Matcher function = FUNCTION.matcher(piece.replaceAll("\\s+", " "));
    Matcher variables = VARIABLES.matcher(piece.replaceAll("\\s+", " "));
    if (macro.matches() && piece.startsWith("static")) {
      declared.add(macro.group(1));
    } else if (function.matches()) {
      declared.add(function.group(1));
      declarators(function.group(2), "^.*?[\\s*](?=\\w+$)");
    } else if (variables.matches()) {
      declarators(variables.group(1), "");
    } else if (piece.startsWith(",")) {
      declarators(piece.substring(1), "");
    }
  }

  private void declarators(String list, String type) {
    for (String each : splitOutsideParentheses(list)) {
      Matcher declarator = DECLARATOR.matcher(each.trim().replaceAll(type, ""));
      if (declarator.matches()) {
        declared.add(declarator.group(1));
      }
    }
  }

  private static List<String> splitOutsideParentheses(String list) {
    List<String> parts = new ArrayList<>();
    int depth = 0;
    int from = 0;
    for (int i = 0; i < list.length(); i++) {
      char c = list.charAt(i);
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      if (c == ',' && depth == 0) {
        parts.add(list.substring(from, i));
        from = i + 1;
      }
    }
    parts.add(list.substring(from));
    return parts;
  }
}
