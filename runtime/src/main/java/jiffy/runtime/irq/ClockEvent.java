package jiffy.runtime.irq;

import jiffy.runtime.arch.Arch;

/**
 * A CPU's clock event device: raises the TIMER softirq at one time, as if the tick did.
 *
 * <p>No tick runs: the CPU's softirq thread sleeps until {@link #deadline}. Programming is
 * serialized by the caller's lock (the timer base's); the thread reads at any time.
 */
public final class ClockEvent {
  private final SoftirqThread cpu;
  private volatile long deadline = Arch.NEVER;

  ClockEvent(SoftirqThread cpu) {
    this.cpu = cpu;
  }

  /**
   * Sets the time, and wakes the CPU's thread if that sleeps longer.
   *
   * @param nanos on the arch's clock; {@link Arch#NEVER}: nothing is to come
   */
  public void program(long nanos) {
    deadline = nanos;
    if (nanos != Arch.NEVER) {
      cpu.wakeFor(nanos);
    }
  }

  /** Whether nobody looks at it, for want of a thread: then programming it tries again. */
  public boolean isUnattended() {
    return cpu.isUnborn();
  }

  /** When the thread has to be awake. */
  long deadline() {
    return deadline;
  }

  /** The time has come: nothing is programmed until somebody does it again. */
  void expire() {
    deadline = Arch.NEVER;
  }
}
