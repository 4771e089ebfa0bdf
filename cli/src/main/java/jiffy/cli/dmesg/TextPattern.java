package jiffy.cli.dmesg;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import jiffy.cli.dmesg.record.DmesgFailure;

/**
 * What {@code --grep} looks for: a regular expression somewhere in the text, in any case if it has
 * no capital letter ({@code journalctl --grep} does the same). {@code ^} and {@code $} match at
 * each line.
 */
final class TextPattern {
  /** Steps for one record. A pattern that doubles its work with each character ends here. */
  private static final int MAX_STEPS = 10_000_000;

  private final Pattern pattern;

  TextPattern(String expression) throws DmesgFailure {
    boolean anyCase = expression.codePoints().noneMatch(Character::isUpperCase);
    int flags = anyCase ? Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE : 0;
    try {
      pattern = Pattern.compile(expression, flags | Pattern.MULTILINE);
    } catch (PatternSyntaxException e) {
      throw DmesgFailure.of("invalid pattern \"" + expression + "\": " + e.getDescription());
    } catch (StackOverflowError tooDeep) {
      throw tooMuch(expression);
    }
  }

  /** Whether the text, one char a byte, has it. */
  boolean occursIn(String text) throws DmesgFailure {
    String decoded = new String(text.getBytes(ISO_8859_1), UTF_8);
    try {
      return pattern.matcher(new Counted(decoded, new int[1])).find();
    } catch (TooManySteps | StackOverflowError e) {
      throw tooMuch(pattern.pattern());
    }
  }

  private static DmesgFailure tooMuch(String expression) {
    return DmesgFailure.of(
        "pattern \"" + expression + "\" takes too long: use fewer nested repetitions");
  }

  private static final class TooManySteps extends RuntimeException {
    private static final long serialVersionUID = 1L;

    TooManySteps() {
      super(null, null, false, false);
    }
  }

  /** A text that can be looked at {@link #MAX_STEPS} times. */
  private record Counted(String text, int[] steps) implements CharSequence {
    @Override
    public char charAt(int index) {
      if (++steps[0] > MAX_STEPS) {
        throw new TooManySteps();
      }
      return text.charAt(index);
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
