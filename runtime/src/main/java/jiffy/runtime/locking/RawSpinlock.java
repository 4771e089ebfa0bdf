package jiffy.runtime.locking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.arch.CacheLine;
import jiffy.runtime.context.Context;

/**
 * {@code raw_spinlock_t}: guards a few instructions of the kernel's own.
 *
 * <p>No owner, no checks, not recursive; never held across a park or a module's code. A waiter
 * spins and then gives its processor to whoever holds it.
 *
 * <p>A holder may be deep in a module's recursion, and meet a StackOverflowError at any call, be it
 * that of {@link #unlock}. It catches it and frees the lock by {@code lock.held = 0}, which calls
 * nothing; what the lock guards is changed without a call between the first and the last write.
 */
public class RawSpinlock extends CacheLine {
  private static final VarHandle HELD;

  static {
    try {
      HELD = MethodHandles.lookup().findVarHandle(RawSpinlock.class, "held", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Spins between two naps: about 10 us. */
  private static final int SPINS = 256;

  /** How long a waiter whose holder seems to be off its processor naps, in ns. */
  private static final long NAP_NANOS = 50_000;

  /** 1 while held. Written from outside only to free it in an emergency, by its holder. */
  public volatile int held;

  /** Takes it. */
  public final void lock(Arch arch, Context context) {
    if (!HELD.compareAndSet(this, 0, 1)) {
      lockSlowly(arch, context);
    }
  }

  private void lockSlowly(Arch arch, Context context) {
    int spins = SPINS;
    do {
      while ((int) HELD.getOpaque(this) != 0) {
        if (--spins > 0) {
          arch.relax(context.thread);
        } else {
          arch.park(context.thread, arch.now() + NAP_NANOS);
          spins = SPINS;
        }
      }
    } while (!HELD.compareAndSet(this, 0, 1));
  }

  /** Gives it back. */
  public final void unlock() {
    HELD.setRelease(this, 0);
  }
}
