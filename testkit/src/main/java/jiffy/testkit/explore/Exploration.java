package jiffy.testkit.explore;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.opentest4j.TestAbortedException;

/**
 * Runs a test under many schedules, and makes of the first failure something to work with.
 *
 * <p>The first schedule is the usual order; then random walks and runs with changing priorities
 * take turns, each with its own strength. All of them come from one seed.
 */
public final class Exploration {
  private static final int SHRINK_RUNS = 400;

  /** So many choices may the runs of a shrinking have, all together. */
  private static final long SHRINK_CHOICES = 2_000_000;

  /**
   * And so long, in real time, may they take: one that hangs takes seconds until it is given up.
   */
  private static final long SHRINK_NANOS = 30_000_000_000L;

  /** What of a failure's message says which failure it is. */
  private static final int GIST = 60;

  /** Frames that say nothing of where an assertion stands. */
  private static final List<String> ASSERTIONS =
      List.of("java.", "jdk.", "org.assertj.", "org.junit.", "jiffy.testkit.DmesgAssert");

  private static final double[] PREEMPTIONS = {0.3, 0.1, 0.03};
  private static final int[] DEPTHS = {2, 3, 5, 1};
  private static final int[] NEARBY = {2, 2, 1, 2, 3};
  private static final int[] DISTANCES = {4, 1, 2, 8};

  /** Runs the test once. */
  @FunctionalInterface
  public interface Test {
    /**
     * @param run decides who runs
     * @return what the test failed with, or null
     */
    Throwable run(Run run);
  }

  /**
   * A test that failed.
   *
   * @param number of the schedule among all, from 1
   * @param found what was decided when it first failed
   * @param smallest what still fails the same way
   * @param thrown what it failed with, under the smallest
   * @param isRepeatable whether it failed again under the smallest; if not, the test depends on
   *     more than the schedule
   * @param interleaving of the smallest
   */
  public record Failure(
      int number,
      Schedule found,
      Schedule smallest,
      Throwable thrown,
      boolean isRepeatable,
      Interleaving interleaving) {}

  private final long seed;
  private final long holdUpNanos;
  private final Test test;

  /**
   * @param seed of all schedules
   * @param holdUpNanos for how long who could run may be held up at a point
   */
  public Exploration(long seed, long holdUpNanos, Test test) {
    this.seed = seed;
    this.holdUpNanos = holdUpNanos;
    this.test = test;
  }

  /** Runs it under so many schedules, or until it fails. */
  public Optional<Failure> explore(int schedules) {
    long choices = 0;
    for (int i = 0; i < schedules; i++) {
      int length = (int) (choices / Math.max(1, i)); // on average: few runs are much longer
      Run run = Run.of(strategy(i, length), holdUpNanos);
      Throwable thrown = thrownBy(run);
      choices += run.choices();
      if (thrown != null) {
        return Optional.of(explained(i + 1, run.schedule(), thrown));
      }
    }
    return Optional.empty();
  }

  /** Runs it once, under a schedule that is known. */
  public Optional<Failure> replay(Schedule schedule) {
    Interleaving interleaving = new Interleaving();
    Throwable thrown = thrownBy(Run.traced(schedule, holdUpNanos, interleaving));
    return thrown == null
        ? Optional.empty()
        : Optional.of(new Failure(1, schedule, schedule, thrown, true, interleaving));
  }

  /** An assumption that does not hold ends the test; but not while a failure is made small. */
  private Throwable thrownBy(Run run) {
    Throwable thrown = test.run(run);
    if (thrown instanceof TestAbortedException) {
      throw (TestAbortedException) thrown;
    }
    return thrown;
  }

  private Strategy strategy(int number, int length) {
    if (number == 0) {
      return (choiceNumber, choice) -> 0;
    }
    SplittableRandom random = new SplittableRandom(seed + 0x9E3779B97F4A7C15L * number);
    int turn = (number - 1) / 4;
    switch (number % 4) {
      case 0:
        return new PriorityChanges(random, DEPTHS[turn % DEPTHS.length], length);
      case 1:
        return new RandomWalk(random, PREEMPTIONS[turn % PREEMPTIONS.length]);
      default:
        int which = 2 * turn + number % 2;
        return new NearbyPreemptions(
            random, NEARBY[which % NEARBY.length], DISTANCES[which % DISTANCES.length], length);
    }
  }

  private Failure explained(int number, Schedule found, Throwable thrown) {
    AtomicLong choices = new AtomicLong();
    long begin = System.nanoTime();
    Schedule smallest =
        new Shrinking(SHRINK_RUNS)
            .shrink(
                found,
                schedule -> {
                  if (choices.get() > SHRINK_CHOICES || System.nanoTime() - begin > SHRINK_NANOS) {
                    return null;
                  }
                  Run run = Run.of(schedule, holdUpNanos);
                  boolean isAlike = isAlike(thrown, test.run(run));
                  choices.addAndGet(run.choices());
                  return isAlike ? run.schedule() : null;
                });
    Interleaving interleaving = new Interleaving();
    Throwable again = test.run(Run.traced(smallest, holdUpNanos, interleaving));
    boolean isRepeatable = isAlike(thrown, again);
    return new Failure(
        number, found, smallest, isRepeatable ? again : thrown, isRepeatable, interleaving);
  }

  private static boolean isAlike(Throwable one, Throwable other) {
    return other != null
        && one.getClass() == other.getClass()
        && gist(one).equals(gist(other))
        && site(one).equals(site(other));
  }

  /** Where an assertion stands: two of them may begin with the same words. */
  private static String site(Throwable thrown) {
    return Arrays.stream(thrown.getStackTrace())
        .filter(frame -> ASSERTIONS.stream().noneMatch(frame.getClassName()::startsWith))
        .findFirst()
        .map(frame -> frame.getClassName() + ":" + frame.getLineNumber())
        .orElse("");
  }

  /** Messages differ in numbers, and after their first words. */
  private static String gist(Throwable thrown) {
    String message = String.valueOf(thrown.getMessage()).strip();
    String line = message.lines().findFirst().orElse("").replaceAll("[0-9]+", "N");
    return line.substring(0, Math.min(GIST, line.length()));
  }
}
