package jiffy.runtime.arch;

import java.util.List;

/** What a {@link SchedulePolicy} decides on. Valid while it does. */
public final class Choice {
  private final SimThread self;
  private final String what;
  private final List<SimThread> options;
  private final boolean mayHoldUp;
  private final long now;

  Choice(SimThread self, String what, List<SimThread> options, boolean mayHoldUp, long now) {
    this.self = self;
    this.what = what;
    this.options = options;
    this.mayHoldUp = mayHoldUp;
    this.now = now;
  }

  /**
   * What the calling thread is about to do: {@code lock}, {@code reads Kt.count}; null if it has
   * given up its turn, and is not among those that can go on, or the last of them.
   */
  public String what() {
    return what;
  }

  /** The number of the calling thread. */
  public long self() {
    return self.number;
  }

  /** The name of the calling thread. */
  public String selfName() {
    return self.name;
  }

  /** Virtual time, in ns since switch-on. */
  public long now() {
    return now;
  }

  /** How many ways there are, at least 1. */
  public int count() {
    return options.size() + (mayHoldUp ? 1 : 0);
  }

  /** Whether that way is that all who can run are held up until the next deadline. */
  public boolean isHoldUp(int option) {
    return option == options.size();
  }

  SimThread option(int option) {
    return options.get(option);
  }

  /** The number of that thread, counted from switch-on; -1 of {@link #isHoldUp}. */
  public long thread(int option) {
    return isHoldUp(option) ? -1 : options.get(option).number;
  }

  /** The name of that thread. */
  public String name(int option) {
    return isHoldUp(option) ? "time" : options.get(option).name;
  }
}
