package jiffy.runtime.irq;

/** Softirq vectors, in Linux's order of urgency. */
public enum Vector {
  /** High-priority tasklets. */
  HI,
  /** Timers. */
  TIMER,
  /** Free for a module. */
  NET_TX,
  /** Free for a module. */
  NET_RX,
  /** Free for a module. */
  BLOCK,
  /** Free for a module. */
  IRQ_POLL,
  /** Tasklets. */
  TASKLET,
  /** Free for a module. */
  SCHED,
  /** Soft hrtimers. */
  HRTIMER,
  /** Free for a module. */
  RCU;

  private static final Vector[] BY_NUMBER = values();

  /** By Linux's number, 0 to 9. */
  static Vector of(int number) {
    return BY_NUMBER[number];
  }

  /** Whether the kernel itself serves it. */
  boolean isOwn() {
    return this == HI || this == TIMER || this == TASKLET || this == HRTIMER;
  }

  /** Its bit in a CPU's pending mask. */
  int bit() {
    return 1 << ordinal();
  }

  /** The most urgent one of a mask that is not 0. */
  static Vector first(int mask) {
    return BY_NUMBER[Integer.numberOfTrailingZeros(mask)];
  }
}
