package jiffy.runtime.arch;

import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/**
 * The seam to time and threads: nothing else in the runtime reads a clock, parks or makes a thread.
 *
 * <p>Deadlines and clock values are nanoseconds on {@link #now}'s scale. All methods are thread
 * safe; those with {@code self} are called by that thread only.
 */
public interface Arch extends AutoCloseable {
  /** A deadline that never comes. */
  long NEVER = Long.MAX_VALUE;

  /** Nanoseconds since this machine was switched on; monotonic, from 0. */
  long now();

  /** Nanoseconds since 1970, UTC; may be stepped. */
  long wallClock();

  /** Whether time is virtual and one thread runs at a time: see {@link SimArch}. */
  boolean isSimulated();

  /**
   * Starts a thread outside any module's frames.
   *
   * @param name for thread dumps
   * @param body what it runs, given its own handle; what it throws ends the thread
   * @return the thread, which may have begun
   */
  HwThread spawn(String name, Consumer<HwThread> body);

  /**
   * Makes a foreign thread, the calling one, part of this machine until {@link #detach}. In a
   * simulation it waits for its turn.
   */
  HwThread attach();

  /** Undoes {@link #attach}; by the same thread. */
  void detach(HwThread self);

  /**
   * Blocks until {@link #unpark}, the deadline, or for no reason at all; an unpark that came before
   * is used up and the call returns at once. The caller checks its condition in a loop.
   *
   * @throws Expelled if the thread was given up
   */
  void park(HwThread self, long deadline);

  /** Lets the thread's present or next {@link #park} return. */
  void unpark(HwThread thread);

  /**
   * Gives a thread up: its present wait in here and each later one throws {@link Expelled}. What it
   * waits for elsewhere, a Java lock for one, is interrupted; who only computes notices nothing.
   *
   * @param why a sentence
   */
  default void expel(HwThread thread, String why) {
    thread.expel(why);
    unpark(thread);
  }

  /** A breath in a busy loop. In a simulation it costs {@link SimArch#RELAX_NANOS}. */
  void relax(HwThread self);

  /** Lets others run, for who could go on. In a simulation as {@link #relax}. */
  default void giveWay(HwThread self) {
    relax(self);
  }

  /**
   * Waits busily, for a moment at most, where that is cheaper than to park and to be woken at once:
   * for a thread that has had much to do until now.
   *
   * @param more whether to stop waiting; asked again and again
   * @return whether it was so; in a simulation, or without a second processor, false at once
   */
  default boolean linger(BooleanSupplier more) {
    return false;
  }

  /** Busy-waits; never shorter than asked. In a simulation it costs just that. */
  void delay(HwThread self, long nanos);

  /**
   * Asks the OS to wake the calling thread as near to its deadlines as it can, at some cost for
   * power; does nothing where that cannot be had.
   */
  default void sharpen(HwThread self) {}

  /**
   * A clock read made for a module's code, which may sit in a loop until the clock has moved; in a
   * simulation many in a row cost time, so that such a loop ends.
   */
  default void clockRead(HwThread self) {}

  /** Whether {@link #choicePoint} does anything here. */
  default boolean hasChoicePoints() {
    return false;
  }

  /**
   * A place where another thread may come first: between any two steps of a module's that others
   * could see. Only a simulation with a {@link SchedulePolicy} knows it. The caller holds no lock
   * of the kernel's own.
   *
   * @param what the caller is about to do: {@code reads Kt.count}
   */
  default void choicePoint(HwThread self, String what) {}

  /**
   * Whether a thread stands still without the kernel's knowledge: for a Java lock, or in a call of
   * the OS, such as a read from a socket. As it looks at this moment; slow. Never in a simulation.
   */
  default boolean isBlocked(HwThread thread) {
    return false;
  }

  /** Ends it: threads still parked in here are left to themselves (host) or unwound (sim). */
  @Override
  void close();
}
