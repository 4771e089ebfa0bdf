package jiffy.testkit.explore;

import java.util.SplittableRandom;
import jiffy.runtime.arch.Choice;

/**
 * A random walk: at each point who runs is preempted with the same probability, and any other goes
 * on. Finds races that need many changes of turn, of any kind; a race that needs one at a certain
 * point among many is better left to {@link PriorityChanges}.
 */
final class RandomWalk implements Strategy {
  private final SplittableRandom random;
  private final double preemption;

  /**
   * @param preemption how probable it is at a point that another goes on
   */
  RandomWalk(SplittableRandom random, double preemption) {
    this.random = random;
    this.preemption = preemption;
  }

  @Override
  public int choose(int number, Choice choice) {
    boolean isPreemption = choice.what() != null;
    if (isPreemption && random.nextDouble() >= preemption) {
      return 0;
    }
    return isPreemption ? 1 + random.nextInt(choice.count() - 1) : random.nextInt(choice.count());
  }
}
