package jiffy.testkit.explore;

import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Who ran when, said by what differs from the usual order: at which choices, counted from the
 * beginning of the test, another than the first option was taken. Immutable.
 *
 * <p>The usual order: who runs goes on until it waits, then who came first. So a schedule is a
 * short list, each item a preemption, and leaving one out gives a simpler schedule.
 *
 * <p>As text: {@code 12:1,40:2}, at choice 12 option 1, at choice 40 option 2; {@code -} is the
 * usual order itself.
 */
public final class Schedule {
  /** The usual order. */
  public static final Schedule USUAL = new Schedule(new TreeMap<>());

  private static final String NONE = "-";

  private final NavigableMap<Integer, Integer> options;

  private Schedule(NavigableMap<Integer, Integer> options) {
    this.options = options;
  }

  /** The option taken at each of these choices; 0 at all others. */
  static Schedule of(Map<Integer, Integer> options) {
    return new Schedule(new TreeMap<>(options));
  }

  /**
   * Reads what {@link #toString} wrote.
   *
   * @throws IllegalArgumentException if it is no schedule; the message says why
   */
  public static Schedule parse(String text) {
    if (text.strip().equals(NONE)) {
      return USUAL;
    }
    NavigableMap<Integer, Integer> options = new TreeMap<>();
    for (String item : text.split(",", -1)) {
      String[] numbers = item.strip().split(":", -1);
      try {
        int choice = Integer.parseInt(numbers[0]);
        int option = Integer.parseInt(numbers[1]);
        if (numbers.length != 2 || choice < 0 || option < 1) {
          throw new NumberFormatException(item);
        }
        options.put(choice, option);
      } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
        throw new IllegalArgumentException(
            "replay = \""
                + text
                + "\" is no schedule: \""
                + item
                + "\" should be CHOICE:OPTION, such as 12:1; copy it from the failed test's message",
            e);
      }
    }
    return new Schedule(options);
  }

  /** The option at a choice; 0 where it is the usual one. */
  int option(int choice) {
    return options.getOrDefault(choice, 0);
  }

  /** The choices at which it differs from the usual order, in order. */
  List<Integer> choices() {
    return List.copyOf(options.keySet());
  }

  /** How many choices differ from the usual order. */
  public int size() {
    return options.size();
  }

  /** The same, but for these choices only. */
  Schedule keeping(List<Integer> choices) {
    NavigableMap<Integer, Integer> kept = new TreeMap<>();
    choices.forEach(choice -> kept.put(choice, options.get(choice)));
    return new Schedule(kept);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Schedule && options.equals(((Schedule) other).options);
  }

  @Override
  public int hashCode() {
    return Objects.hash(options);
  }

  @Override
  public String toString() {
    return options.isEmpty()
        ? NONE
        : options.entrySet().stream()
            .map(entry -> entry.getKey() + ":" + entry.getValue())
            .collect(Collectors.joining(","));
  }
}
