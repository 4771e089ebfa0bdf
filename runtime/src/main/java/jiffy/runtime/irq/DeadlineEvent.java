package jiffy.runtime.irq;

import jiffy.runtime.arch.Arch;

/**
 * A clock event device of a CPU's interrupt thread: interrupts the CPU at one time.
 *
 * <p>One shot: when the time has come nothing is programmed until somebody does it again.
 * Programming is serialized by the caller's lock; the thread reads at any time.
 */
public final class DeadlineEvent {
  final Interrupts.Handler handler;
  private final InterruptThread cpu;
  private volatile long deadline = Arch.NEVER;

  DeadlineEvent(InterruptThread cpu, Interrupts.Handler handler) {
    this.cpu = cpu;
    this.handler = handler;
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

  /** When it interrupts, or {@link Arch#NEVER}. */
  public long deadline() {
    return deadline;
  }

  /** The time has come: nothing is programmed until somebody does it again. */
  void expire() {
    deadline = Arch.NEVER;
  }
}
