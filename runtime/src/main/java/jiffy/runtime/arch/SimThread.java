package jiffy.runtime.arch;

/** A thread of a simulation. All fields but {@link #granted} are guarded by the world's lock. */
final class SimThread extends HwThread {
  /** Position among those that were ever made: the tie-breaker of equal deadlines. */
  final long number;

  /** For messages. */
  final String name;

  /** A test's thread: while none of these waits in here the world stands still. */
  final boolean driver;

  /** Parked, neither runnable nor running. */
  boolean parked;

  /** Whether unpark may end the wait; false while it merely lets time pass. */
  boolean wakeable;

  /** An unpark came while it ran. */
  boolean permit;

  /** When the wait ends by itself, else {@link Arch#NEVER}. */
  long deadline;

  /** Orders equal deadlines by who parked first. */
  long parkNumber;

  /** Since when it could run, or has come to the choice point at which it is. */
  long readySince;

  /** A driver that waits for everything up to {@link #deadline} to be over. */
  boolean settling;

  /** Clock reads in a row. */
  int clockReads;

  /** Set, with an unpark, by who hands the baton over. */
  volatile boolean granted;

  SimThread(long number, String name, boolean driver) {
    this.number = number;
    this.name = name;
    this.driver = driver;
  }

  /** By deadline, then by who parked first. */
  static int byDeadline(SimThread a, SimThread b) {
    int order = Long.compare(a.deadline, b.deadline);
    return order != 0 ? order : Long.compare(a.parkNumber, b.parkNumber);
  }
}
