package jiffy.runtime.mm;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code struct fault_attr}: which calls are to fail.
 *
 * @param interval each so-manieth
 * @param probability of these so many percent; 0: none
 * @param space not before so many bytes
 * @param times so often; -1: for ever
 */
public record FaultAttributes(int interval, int probability, int space, int times) {
  /** Nothing fails. */
  public static final FaultAttributes NONE = new FaultAttributes(1, 0, 0, 0);

  private static final Pattern FORM =
      Pattern.compile("(\\d{1,9}),(\\d{1,3}),(-?\\d{1,9}),(-?\\d{1,9})");

  /**
   * Reads {@code INTERVAL,PROBABILITY,SPACE,TIMES}.
   *
   * @return null if it is not of that form
   */
  public static FaultAttributes parse(String text) {
    Matcher match = FORM.matcher(text);
    return match.matches()
        ? new FaultAttributes(
            Integer.parseInt(match.group(1)),
            Integer.parseInt(match.group(2)),
            Integer.parseInt(match.group(3)),
            Integer.parseInt(match.group(4)))
        : null;
  }
}
