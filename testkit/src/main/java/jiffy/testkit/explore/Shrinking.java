package jiffy.testkit.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Makes a failing schedule small: leaves out preemptions, many at once at first, as long as the
 * test still fails the same way (Zeller, Hildebrandt: Simplifying and isolating failure-inducing
 * input, IEEE TSE 2002; the {@code ddmin} there).
 */
final class Shrinking {
  private final int attempts;
  private int made;

  /**
   * @param attempts how many runs it may take
   */
  Shrinking(int attempts) {
    this.attempts = attempts;
  }

  /**
   * @param failing a schedule that fails
   * @param failsAlike runs a schedule: what was really decided if it fails the same way, else null
   * @return the smallest that was found to fail; perhaps the same
   */
  Schedule shrink(Schedule failing, Function<Schedule, Schedule> failsAlike) {
    Schedule best = failing;
    int parts = 2;
    while (best.size() > 0 && parts <= 2 * best.size() && made < attempts) {
      Schedule smaller = withoutOnePart(best, Math.min(parts, best.size()), failsAlike);
      if (smaller != null) {
        best = smaller;
        parts = Math.max(2, parts - 1);
      } else {
        parts *= 2;
      }
    }
    return best;
  }

  private Schedule withoutOnePart(
      Schedule schedule, int parts, Function<Schedule, Schedule> failsAlike) {
    List<Integer> choices = schedule.choices();
    for (int part = parts - 1; part >= 0 && made < attempts; part--) { // late ones matter least
      List<Integer> kept = new ArrayList<>(choices);
      kept.subList(choices.size() * part / parts, choices.size() * (part + 1) / parts).clear();
      made++;
      Schedule decided = failsAlike.apply(schedule.keeping(kept));
      if (decided != null && decided.size() < schedule.size()) {
        return decided;
      }
    }
    return null;
  }
}
