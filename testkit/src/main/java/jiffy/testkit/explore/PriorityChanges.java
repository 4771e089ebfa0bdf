package jiffy.testkit.explore;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import jiffy.runtime.arch.Choice;

/**
 * Probabilistic concurrency testing (Burckhardt, Kothari, Musuvathi, Nagarakatte: A randomized
 * scheduler with probabilistic guarantees of finding bugs, ASPLOS 2010).
 *
 * <p>Each thread gets a random priority when it is first seen, and the highest of those that can
 * run always does. At {@code depth - 1} choices, drawn beforehand, who runs falls below all others.
 * A bug that needs {@code depth} steps in a certain order is found by one run with a probability of
 * at least {@code 1 / (n k^(depth - 1))}, of n threads and k choices, however well hidden it is.
 *
 * <p>Time takes part as a thread does: while it has the highest priority, all who could run are
 * held up until the next deadline, if that is near.
 */
final class PriorityChanges implements Strategy {
  private final SplittableRandom random;
  private final Set<Integer> changes = new HashSet<>();
  private final Map<Long, Double> priorities = new HashMap<>();
  private double lowest;

  /**
   * @param depth how many steps have to be in order for the bug, from 1
   * @param length how many choices a run has, about
   */
  PriorityChanges(SplittableRandom random, int depth, int length) {
    this.random = random;
    for (int i = 1; i < depth; i++) {
      changes.add(random.nextInt(Math.max(1, length)));
    }
  }

  @Override
  public int choose(int number, Choice choice) {
    if (changes.contains(number)) {
      lowest--;
      priorities.put(choice.thread(best(choice)), lowest);
    }
    int best = best(choice);
    if (choice.isHoldUp(best)) { // anew each time: else time would run away from who is ready
      priorities.put(choice.thread(best), random.nextDouble());
    }
    return best;
  }

  private int best(Choice choice) {
    int best = 0;
    for (int i = 1; i < choice.count(); i++) {
      if (priority(choice.thread(i)) > priority(choice.thread(best))) {
        best = i;
      }
    }
    return best;
  }

  private double priority(long thread) {
    return priorities.computeIfAbsent(thread, t -> random.nextDouble());
  }
}
