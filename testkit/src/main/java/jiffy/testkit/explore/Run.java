package jiffy.testkit.explore;

import java.util.Map;
import java.util.TreeMap;
import jiffy.runtime.arch.Choice;
import jiffy.runtime.arch.SchedulePolicy;

/**
 * One run's policy: asks a strategy, and keeps what it decided. It decides nothing before {@link
 * #begin} and after {@link #end}: a machine boots and halts in the usual order.
 *
 * <p>Used by one machine; {@link #begin}, {@link #end} and the results by the thread that holds its
 * test.
 */
public final class Run implements SchedulePolicy {
  /** A run with more choices does not end. */
  private static final int MAX_CHOICES = 50_000;

  /** Nor does one in which nobody but one can run, for so many steps. */
  private static final int MAX_CALLS = 1_000_000;

  private final Strategy strategy;
  private final long holdUpNanos;
  private final Interleaving interleaving;
  private final Map<Integer, Integer> taken = new TreeMap<>();
  private int choices;
  private int calls;
  private volatile boolean isOn;

  private Run(Strategy strategy, long holdUpNanos, Interleaving interleaving) {
    this.strategy = strategy;
    this.holdUpNanos = holdUpNanos;
    this.interleaving = interleaving;
  }

  static Run of(Strategy strategy, long holdUpNanos) {
    return new Run(strategy, holdUpNanos, null);
  }

  /** Repeats a schedule. */
  static Run of(Schedule schedule, long holdUpNanos) {
    return new Run((number, choice) -> schedule.option(number), holdUpNanos, null);
  }

  /** Repeats a schedule, and writes down who does what. */
  static Run traced(Schedule schedule, long holdUpNanos, Interleaving interleaving) {
    return new Run((number, choice) -> schedule.option(number), holdUpNanos, interleaving);
  }

  /** From here on choices are the strategy's. */
  public void begin() {
    isOn = true;
  }

  /** From here on everything is in the usual order. */
  public void end() {
    isOn = false;
  }

  @Override
  public int choose(Choice choice) {
    if (!isOn) {
      return 0;
    }
    if (calls++ == MAX_CALLS || choices == MAX_CHOICES && choice.count() > 1) {
      isOn = false; // halting is not part of it
      return STOP;
    }
    int option = 0;
    if (choice.count() > 1) {
      int number = choices++;
      option = Math.max(0, Math.min(strategy.choose(number, choice), choice.count() - 1));
      if (option != 0) {
        taken.put(number, option);
      }
    }
    if (interleaving != null) {
      interleaving.add(choice, option);
    }
    return option;
  }

  @Override
  public long holdUpNanos() {
    return isOn ? holdUpNanos : 0;
  }

  /** What was decided. */
  public Schedule schedule() {
    return Schedule.of(taken);
  }

  /** How many choices there were. */
  int choices() {
    return choices;
  }
}
