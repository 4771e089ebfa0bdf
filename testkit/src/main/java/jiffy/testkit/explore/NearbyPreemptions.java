package jiffy.testkit.explore;

import java.util.SplittableRandom;
import jiffy.runtime.arch.Choice;

/**
 * Few preemptions, close to each other: the first at any choice of the run, each further one soon
 * after the one before. Most races need no more (Musuvathi, Qadeer: Iterative context bounding for
 * systematic testing of multithreaded programs, PLDI 2007), and their steps are seldom far apart;
 * in between, who runs goes on, so that it gets past the window that the preemption has opened.
 */
final class NearbyPreemptions implements Strategy {
  private final SplittableRandom random;
  private final int distance;
  private int left;
  private int next;

  /**
   * @param preemptions how many at most
   * @param distance between two of them, on average
   * @param length how many choices a run has, about
   */
  NearbyPreemptions(SplittableRandom random, int preemptions, int distance, int length) {
    this.random = random;
    this.distance = distance;
    this.left = preemptions;
    this.next = random.nextInt(Math.max(1, length));
  }

  @Override
  public int choose(int number, Choice choice) {
    if (number < next || left == 0) {
      return 0;
    }
    left--;
    next = number + 1;
    while (random.nextInt(distance) != 0) {
      next++;
    }
    return 1 + random.nextInt(choice.count() - 1);
  }
}
