package jiffy.runtime.irq;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import jiffy.kernel.Owner;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.locking.RawSpinlock;

/**
 * What a handler thread of a CPU calls now, and for whom; one that does not return can be given up
 * from outside, and only while it really runs. A store and a CAS a call.
 */
final class RunSlot {
  /*
   * The sequence is odd while something runs. Who runs adds 1 at the begin and 1 at the end; who gives
   * it up adds the second 1 in his place:
   *
   *     runner                          giver (one at a time: lock)
   *     what, owner, context = ...      s = sequence, odd; look at owner
   *     sequence = s
   *     calls                           CAS(s, s + 1): it is this run that he has looked at
   *     CAS(s, s + 1)                   evict: the CPU has a fresh thread, which may begin s + 2
   *     if that fails: wait for the     unlock
   *       giver, touch nothing more
   *
   * So the runner returns into its thread only when the eviction is complete, and that thread ends.
   */

  private static final VarHandle SEQUENCE;

  static {
    try {
      SEQUENCE = MethodHandles.lookup().findVarHandle(RunSlot.class, "sequence", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

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
    what = callee;
    owner = whose;
    context = caller;
    long ticket = sequence + 1;
    sequence = ticket;
    return ticket;
  }

  /**
   * It has returned.
   *
   * @return false if it had been given up: the caller is to return to its thread without touching
   *     what belongs to the CPU
   */
  boolean end(Arch arch, Context caller, long ticket) {
    if (SEQUENCE.compareAndSet(this, ticket, ticket + 1)) {
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
    boolean his = owner == whose;
    VarHandle.acquireFence();
    return (seen & 1) != 0 && his && sequence == seen;
  }

  /** Whether the context itself runs in here. */
  boolean runsIn(Context caller) {
    return (sequence & 1) != 0 && context == caller;
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
    giving.lock(arch, caller);
    try {
      long seen = sequence;
      Object callee = what;
      if ((seen & 1) == 0
          || whose != null && owner != whose
          || !SEQUENCE.compareAndSet(this, seen, seen + 1)) {
        return null;
      }
      evict.accept(callee);
      return callee;
    } finally {
      giving.unlock();
    }
  }
}
