package jiffy.runtime.irq;

/** Softirq vectors, in Linux's order of urgency. */
public enum Vector {
  /** High-priority tasklets. */
  HI,
  /** Timers. */
  TIMER,
  /** Unused here. */
  NET_TX,
  /** Unused here. */
  NET_RX,
  /** Unused here. */
  BLOCK,
  /** Unused here. */
  IRQ_POLL,
  /** Tasklets. */
  TASKLET,
  /** Unused here. */
  SCHED,
  /** Soft hrtimers. */
  HRTIMER,
  /** Unused here. */
  RCU;

  private static final Vector[] BY_NUMBER = values();

  /** Its bit in a CPU's pending mask. */
  int bit() {
    return 1 << ordinal();
  }

  /** The most urgent one of a mask that is not 0. */
  static Vector first(int mask) {
    return BY_NUMBER[Integer.numberOfTrailingZeros(mask)];
  }
}
