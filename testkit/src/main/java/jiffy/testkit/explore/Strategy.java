package jiffy.testkit.explore;

import jiffy.runtime.arch.Choice;

/** How the next option is found at a choice with more than one. One run's; not thread safe. */
interface Strategy {
  /**
   * @param number of the choice, counted from the beginning of the test
   * @return 0 to {@code choice.count() - 1}
   */
  int choose(int number, Choice choice);
}
