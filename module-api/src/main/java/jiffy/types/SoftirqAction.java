package jiffy.types;

/** {@code struct softirq_action}: a vector's entry in the softirq table. */
public final class SoftirqAction {
  /** What serves the vector. */
  public final SoftirqFunction action;

  /** Made by {@code open_softirq}. */
  public SoftirqAction(SoftirqFunction action) {
    this.action = action;
  }
}
