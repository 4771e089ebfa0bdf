package jiffy.linux;

/**
 * {@code linux/glob.h}: wildcards.
 *
 * <p>{@code ?} is any character, {@code *} any text, {@code [a-z_]} one of these and {@code [!a-z]}
 * one that is none of them; {@code ]} is an ordinary character as the first of a class, and so is
 * {@code -} as its last. A backslash makes the next character an ordinary one, and a {@code [} that
 * no {@code ]} closes is one; the last character of a pattern makes nothing ordinary and stands for
 * nothing, if it is a backslash. The pattern has to match the whole text, dots and slashes
 * included.
 *
 * <p>Contexts: any. Takes time proportional to the product of the lengths at worst, and no memory.
 */
public final class Glob {
  /*
   * Of several stars only the last one met so far can be wrong about how much it covers: if the rest
   * of the pattern can match at all, it can do so after the shortest text that satisfies what stands
   * before that star. So one place to go back to is enough.
   */

  /** What {@link #step} says of a character that does not match. */
  private static final int NO = -1;

  private Glob() {}

  /**
   * {@code bool glob_match(char const *pat, char const *str)}.
   *
   * @return whether the pattern matches all of the text
   */
  public static boolean glob_match(CharSequence pat, CharSequence str) {
    int at = 0;
    int read = 0;
    int starAt = NO;
    int starRead = 0;
    while (read < str.length() || !isAtEnd(pat, at)) {
      if (at < pat.length() && pat.charAt(at) == '*') {
        at++;
        starAt = at;
        starRead = read;
        continue;
      }
      boolean both = read < str.length() && !isAtEnd(pat, at);
      int next = both ? step(pat, at, str.charAt(read)) : NO;
      if (next != NO) {
        at = next;
        read++;
      } else if (starAt != NO && starRead < str.length()) {
        starRead++;
        at = starAt;
        read = starRead;
      } else {
        return false;
      }
    }
    return true;
  }

  private static boolean isAtEnd(CharSequence pat, int at) {
    return at == pat.length() || at == pat.length() - 1 && pat.charAt(at) == '\\';
  }

  /**
   * @return where the pattern goes on if the part at {@code at} matches the character, or NO
   */
  private static int step(CharSequence pat, int at, char c) {
    char first = pat.charAt(at);
    if (first == '?') {
      return at + 1;
    }
    int end = first == '[' ? endOfClass(pat, at) : NO;
    if (end != NO) {
      return isInClass(pat, at + 1, end, c) ? end + 1 : NO;
    }
    int literal = first == '\\' ? at + 1 : at;
    return pat.charAt(literal) == c ? literal + 1 : NO;
  }

  /**
   * @return where the closing bracket is, or NO
   */
  private static int endOfClass(CharSequence pat, int open) {
    int at = open + 1;
    at += at < pat.length() && pat.charAt(at) == '!' ? 1 : 0;
    for (at++; at < pat.length(); at++) { // the first may be a bracket itself
      if (pat.charAt(at) == ']') {
        return at;
      }
      if (pat.charAt(at) == '-' && at + 2 < pat.length() && pat.charAt(at + 1) != ']') {
        at++; // the end of a range
      }
    }
    return NO;
  }

  private static boolean isInClass(CharSequence pat, int from, int end, char c) {
    boolean isInverted = pat.charAt(from) == '!';
    boolean isIn = false;
    int at = isInverted ? from + 1 : from;
    while (at < end) {
      char low = pat.charAt(at);
      boolean isRange = at + 2 < end && pat.charAt(at + 1) == '-';
      char high = isRange ? pat.charAt(at + 2) : low;
      isIn |= low <= c && c <= high;
      at += isRange ? 3 : 1;
    }
    return isIn != isInverted;
  }
}
