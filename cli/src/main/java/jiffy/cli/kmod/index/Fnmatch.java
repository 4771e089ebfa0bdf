package jiffy.cli.kmod.index;

/**
 * Shell patterns, as {@code fnmatch(3)} without flags reads them: {@code *}, {@code ?}, {@code
 * [a-z]}, {@code [!a-z]}, and {@code \} before what is meant as it stands.
 *
 * <p>Where a {@code *} has matched too little, only the last one takes more: what an earlier one
 * could take instead, the last could too. So the time is at most the product of the two lengths.
 */
public final class Fnmatch {
  private final String pattern;
  private final String text;

  private Fnmatch(String pattern, String text) {
    this.pattern = pattern;
    this.text = text;
  }

  /** Whether the pattern matches the whole text. */
  public static boolean matches(String pattern, String text) {
    return new Fnmatch(pattern, text).run();
  }

  private boolean run() {
    int p = 0;
    int t = 0;
    int afterStar = -1;
    int retry = 0;
    while (t < text.length() || p < pattern.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        afterStar = ++p;
        retry = t;
        continue;
      }
      int next = t < text.length() ? one(p, text.charAt(t)) : -1;
      if (next >= 0) {
        p = next;
        t++;
      } else if (afterStar >= 0 && retry < text.length()) {
        p = afterStar;
        t = ++retry;
      } else {
        return false;
      }
    }
    return true;
  }

  /** Matches one character. @return the place in the pattern behind what has, or -1 */
  private int one(int p, char c) {
    if (p >= pattern.length()) {
      return -1;
    }
    switch (pattern.charAt(p)) {
      case '?':
        return p + 1;
      case '[':
        int end = endOfSet(p);
        if (end < 0) {
          return c == '[' ? p + 1 : -1; // never closed: it stands for itself
        }
        return inSet(p + 1, end, c) ? end + 1 : -1;
      case '\\':
        int literal = p + 1 < pattern.length() ? p + 1 : p;
        return pattern.charAt(literal) == c ? literal + 1 : -1;
      default:
        return pattern.charAt(p) == c ? p + 1 : -1;
    }
  }

  /** A bracket that comes first closes nothing. */
  private int endOfSet(int open) {
    int first = open + 1;
    if (first < pattern.length() && isNot(first)) {
      first++;
    }
    return pattern.indexOf(']', first + 1);
  }

  private boolean isNot(int at) {
    return pattern.charAt(at) == '!' || pattern.charAt(at) == '^';
  }

  private boolean inSet(int from, int end, char c) {
    boolean negated = isNot(from);
    boolean found = false;
    int i = negated ? from + 1 : from;
    while (i < end) {
      boolean isRange = i + 2 < end && pattern.charAt(i + 1) == '-';
      char low = pattern.charAt(i);
      char high = isRange ? pattern.charAt(i + 2) : low;
      found |= low <= c && c <= high;
      i += isRange ? 3 : 1;
    }
    return found != negated;
  }
}
