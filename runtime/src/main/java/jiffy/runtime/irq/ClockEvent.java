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
  private volatile long deferrable = Arch.NEVER;

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

  /**
   * Sets the time from which on the softirq is raised when the CPU's thread is awake anyway: nobody
   * is woken for it.
   *
   * @param nanos as for {@link #program}
   */
  public void programDeferrable(long nanos) {
    deferrable = nanos;
    if (nanos != Arch.NEVER) {
      cpu.wakeFor(Arch.NEVER);
    }
  }

  /** Whether nobody looks at it, for want of a thread: then programming it tries again. */
  public boolean isUnattended() {
    return cpu.isUnborn();
  }

  /** Whether a time is to come: else {@link #expire} need not be asked. */
  boolean isProgrammed() {
    return deadline != Arch.NEVER || deferrable != Arch.NEVER;
  }

  /** When the thread has to be awake. */
  long deadline() {
    return deadline;
  }

  /**
   * Whether a time has come; then that one is not programmed any more.
   *
   * @param now on the arch's clock
   */
  boolean expire(long now) {
    boolean came = false;
    if (now >= deadline) {
      deadline = Arch.NEVER;
      came = true;
    }
    if (now >= deferrable) {
      deferrable = Arch.NEVER;
      came = true;
    }
    return came;
  }
}
