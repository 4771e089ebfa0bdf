package jiffy.testkit;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What may differ between a log and a recording of it: both are compared with that replaced.
 * Immutable.
 */
public final class Mask {
  /** Addresses: {@code 0xffff888100000040}, {@code 00000000c0ffee00}. */
  public static final Mask ADDRESSES = of("\\b(0x)?[0-9a-f]{8,16}\\b", "ADDRESS");

  /** Pids, where the kernel prints them: {@code insmod/4711}, {@code pid 12}, {@code PID: 12}. */
  public static final Mask PIDS =
      of("(?<=[A-Za-z]/)\\d+\\b|(?<=\\b(pid|PID|pid:|PID:) )\\d+|(?<=\\bpid[:=])\\d+", "PID");

  /** Times in seconds with a fraction, and stamps: {@code 12.345678}. */
  public static final Mask TIMES = of("\\b\\d+\\.\\d{3,9}\\b", "TIME");

  /** All numbers. */
  public static final Mask NUMBERS = of("\\b\\d+\\b", "N");

  private final Pattern pattern;
  private final String replacement;

  private Mask(Pattern pattern, String replacement) {
    this.pattern = pattern;
    this.replacement = replacement;
  }

  /**
   * A mask of one's own.
   *
   * @param regex what may differ
   * @param replacement what stands for it in a message; taken literally
   */
  public static Mask of(String regex, String replacement) {
    return new Mask(Pattern.compile(regex), Matcher.quoteReplacement(replacement));
  }

  /** The text with everything masked that may differ. */
  public String apply(String text) {
    return pattern.matcher(text).replaceAll(replacement);
  }

  static String apply(String text, Mask... masks) {
    String masked = text;
    for (Mask mask : masks) {
      masked = mask.apply(masked);
    }
    return masked;
  }
}
