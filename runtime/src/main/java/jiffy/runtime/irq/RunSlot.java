package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.RawSpinlock;

/**
 * What a handler thread of a CPU calls now, and for whom; one that does not return can be given up
 * from outside, and only while it really runs. Two stores and a CAS a call.
 */
final class RunSlot {
  /*
   * The sequence counts the runs in its upper bits; the lower two are the phase of this one: nothing runs,
   * something is about to, it is called. Who runs begins and ends; who gives it up ends in his place:
   *
   *     runner                          giver (one at a time: lock)
   *     what, owner, context = ...      s = sequence, CALLED; look at owner
   *     sequence = CALLED
   *     calls                           CAS(s, next run's NOTHING): it is this run that he has looked at
   *     CAS(CALLED, NOTHING)            evict: the CPU has a fresh thread, which may begin the next run
   *     if that fails: wait for the     unlock
   *       giver, touch nothing more
   *
   * So the runner returns into its thread only when the eviction is complete, and that thread ends.
   *
   * ABOUT is for who has to do something of the CPU's when others see already that it runs: it cannot be
   * given up before that is done.
   */

  private static final VarHandle SEQUENCE;

  static {
    try {
      SEQUENCE = MethodHandles.lookup().findVarHandle(RunSlot.class, "sequence", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int PHASE = 3;
  private static final int ABOUT = 1;
  private static final int CALLED = 2;

  /** From one run's phase to the same of the next. */
  private static final int RUN = PHASE + 1;

  private final RawSpinlock giving = new RawSpinlock();
  private volatile long sequence;

  /* Published by sequence. */
  private Object what;
  private Owner owner;
  private Context context;

  /**
   * The calling thread, the CPU's own, begins to call something.
   *
   * @return a ticket for {@link #end}
   */
  long begin(Context caller, Object callee, Owner whose) {
    note(caller, callee, whose);
    long ticket = fresh() | CALLED;
    sequence = ticket;
    return ticket;
  }

  /**
   * Where this run begins; one that lost its CPU without being given up here has its own ticket.
   */
  private long fresh() {
    long seen = sequence;
    return (seen & PHASE) == 0 ? seen : next(seen);
  }

  /**
   * The calling thread, the CPU's own, is about to call something: {@link #begin()} or {@link
   * #withdraw} comes next. What is volatile and read after this is read after it can be seen.
   */
  void announce(Context caller, Object callee, Owner whose) {
    note(caller, callee, whose);
    sequence = fresh() | ABOUT; // while nothing runs nobody else moves it
  }

  private void note(Context caller, Object callee, Owner whose) {
    what = callee;
    if (owner != whose) { // no store of a reference for nothing
      owner = whose;
    }
    if (context != caller) {
      context = caller;
    }
  }

  /** What was announced is called now. A full fence. @return a ticket for {@link #end} */
  long begin() {
    long ticket = sequence ^ (ABOUT | CALLED);
    SEQUENCE.setRelease(this, ticket);
    VarHandle.fullFence();
    return ticket;
  }

  /** What was announced is not called. */
  void withdraw() {
    sequence = next(sequence);
    what = null;
  }

  private static long next(long ticket) {
    return (ticket | PHASE) + 1;
  }

  /**
   * It has returned. A full fence.
   *
   * @return false if it had been given up: the caller is to return to its thread without touching
   *     what belongs to the CPU
   */
  boolean end(Arch arch, Context caller, long ticket) {
    if (SEQUENCE.compareAndSet(this, ticket, next(ticket))) {
      what = null; // may be a module's, and would keep its class loader
      return true;
    }
    giving.lock(arch, caller);
    giving.unlock();
    return false;
  }

  /** Whether something of the owner runs. */
  boolean runs(Owner whose) {
    long seen = sequence;
    return isRunning(seen, owner == whose);
  }

  /**
   * Whether that runs, or is about to. If its run ends meanwhile and another begins, the answer is
   * no: there was a moment when nothing ran.
   */
  boolean calls(Object callee) {
    long seen = sequence;
    return isRunning(seen, what == callee);
  }

  private boolean isRunning(long seen, boolean isIt) {
    VarHandle.acquireFence();
    return isIt && (seen & PHASE) != 0 && sequence - seen < RUN - (seen & PHASE);
  }

  /** Whether the context itself runs in here. */
  boolean runsIn(Context caller) {
    return (sequence & PHASE) != 0 && context == caller;
  }

  /** What is called, for the owner; null if nothing of his is. @param whose null: anybody's */
  Object called(Owner whose) {
    long seen = sequence;
    Object callee = what;
    boolean his = whose == null || owner == whose;
    return (seen & PHASE) == CALLED && isRunning(seen, his) ? callee : null;
  }

  /**
   * Gives up what runs, if it is the owner's.
   *
   * @param whose null: anybody's
   * @param evict gives the CPU a fresh thread, and gets what was given up; the runner is kept from
   *     going on meanwhile
   * @return what was given up; null if nothing of the owner runs
   */
  Object giveUp(Arch arch, Context caller, Owner whose, Consumer<Object> evict) {
    Runnable nothing = () -> {};
    return giveUp(arch, caller, () -> whose == null || owner == whose, nothing, nothing, evict);
  }

  /**
   * As above, if it is that.
   *
   * @param note called when it is about to be given up; no other giver is about it
   * @param undo called if it has returned after that
   * @return whether it was given up
   */
  boolean giveUpOnly(
      Arch arch, Context caller, Object callee, Runnable note, Runnable undo, Runnable evict) {
    return giveUp(arch, caller, () -> what == callee, note, undo, c -> evict.run()) != null;
  }

  private Object giveUp(
      Arch arch,
      Context caller,
      BooleanSupplier isIt,
      Runnable note,
      Runnable undo,
      Consumer<Object> evict) {
    giving.lock(arch, caller);
    try {
      long seen = sequence;
      Object callee = what;
      if ((seen & PHASE) != CALLED || !isIt.getAsBoolean()) {
        return null;
      }
      note.run();
      if (!SEQUENCE.compareAndSet(this, seen, next(seen))) {
        undo.run();
        return null;
      }
      evict.accept(callee);
      return callee;
    } finally {
      giving.unlock();
    }
  }
}
