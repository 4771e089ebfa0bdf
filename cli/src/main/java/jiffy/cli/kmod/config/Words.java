package jiffy.cli.kmod.config;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Lines taken apart. */
public final class Words {
  private Words() {}

  /** What is between blanks. */
  static List<String> of(String text) {
    return Stream.of(text.split("\\s+")).filter(word -> !word.isEmpty()).toList();
  }

  /** The parameters in a line of options; blanks between quotes are part of a value. */
  public static List<String> parameters(String options) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean quoted = false;
    for (char c : options.toCharArray()) {
      quoted ^= c == '"';
      if (Character.isWhitespace(c) && !quoted) {
        if (word.length() > 0) {
          words.add(word.toString());
        }
        word.setLength(0);
      } else {
        word.append(c);
      }
    }
    if (word.length() > 0) {
      words.add(word.toString());
    }
    return words;
  }

  /**
   * Words without their quotes, double or single, between which the other kind and blanks are
   * letters.
   *
   * @return null if a quote is not closed
   */
  public static List<String> unquoted(String text) {
    List<String> words = new ArrayList<>();
    StringBuilder word = null;
    char open = 0;
    for (char c : text.toCharArray()) {
      if (open == 0 && Character.isWhitespace(c)) {
        if (word != null) {
          words.add(word.toString());
        }
        word = null;
        continue;
      }
      word = word == null ? new StringBuilder() : word;
      if (open == 0 && (c == '"' || c == '\'')) {
        open = c;
      } else if (c == open) {
        open = 0;
      } else {
        word.append(c);
      }
    }
    if (word != null) {
      words.add(word.toString());
    }
    return open == 0 ? words : null;
  }
}
