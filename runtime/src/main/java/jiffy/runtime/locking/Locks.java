package jiffy.runtime.locking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentHashMap;
import jiffy.kernel.Current;
import jiffy.kernel.LockOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.WaitList;
import jiffy.types.SpinlockT;

/**
 * The spinlocks of the API: one CAS to take, one release store to give back (2 ns a pair).
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class Locks implements LockOps {
  /*
   * The word of a lock is the id of the context that holds it, 0 when free. An int, for a reference
   * store costs a barrier of the garbage collector.
   *
   * A waiter spins. After SPIN_NANOS the holder has either lost its processor or is stuck: the waiter
   * parks, and after LOCKUP_NANOS names it in the log, once an acquisition. To keep the unlock a plain store, waiter and
   * unlocker meet over the hint `__waiters`: the waiter counts it up and looks at the word again; the
   * unlocker frees the word and then looks at the hint. Without a full fence in the unlock its look may
   * come too early and miss a waiter that has just come; so parks are bounded by PARK_NANOS, which the
   * rare miss costs.
   */

  private static final VarHandle OWNER;
  private static final VarHandle WAITERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      OWNER = lookup.findVarHandle(SpinlockT.class, "__owner", int.class);
      WAITERS = lookup.findVarHandle(SpinlockT.class, "__waiters", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who has waited that long parks: 1 ms. */
  private static final long SPIN_NANOS = 1_000_000;

  /** A holder that takes longer is worth a line in the log, as on Linux: 1 s. */
  private static final long LOCKUP_NANOS = 1_000_000_000;

  /** Bound of one park: 10 ms. */
  private static final long PARK_NANOS = 10_000_000;

  /** Spins between two looks at the clock. */
  private static final int SPINS_PER_LOOK = 64;

  private final Arch arch;
  private final Contexts contexts;
  private final Addresses addresses;
  private final KernelLog log;
  private final ConcurrentHashMap<SpinlockT, WaitList> parked = new ConcurrentHashMap<>();

  /**
   * @param addresses names locks in reports
   * @param log gets the reports
   */
  public Locks(Arch arch, Contexts contexts, Addresses addresses, KernelLog log) {
    this.arch = arch;
    this.contexts = contexts;
    this.addresses = addresses;
    this.log = log;
  }

  @Override
  public void init(Current current, SpinlockT lock) {
    lock.__owner = 0;
  }

  @Override
  public void lock(Current current, SpinlockT lock) {
    Context context = (Context) current;
    if (!OWNER.compareAndSet(lock, 0, context.id)) {
      lockSlowly(context, lock);
    }
  }

  @Override
  public boolean tryLock(Current current, SpinlockT lock) {
    return OWNER.compareAndSet(lock, 0, ((Context) current).id);
  }

  @Override
  public void unlock(Current current, SpinlockT lock) {
    Context context = (Context) current;
    int owner = (int) OWNER.get(lock);
    if (owner != context.id) {
      reportBug(context, lock, owner == 0 ? "already unlocked" : "wrong owner", owner);
    }
    OWNER.setRelease(lock, 0);
    if ((int) WAITERS.getOpaque(lock) != 0) {
      WaitList waiters = parked.get(lock);
      if (waiters != null) {
        waiters.wakeAll();
      }
    }
  }

  private void lockSlowly(Context context, SpinlockT lock) {
    int owner = (int) OWNER.getOpaque(lock);
    if (owner == context.id) {
      reportBug(context, lock, "recursion", owner);
    }
    if (!spin(context, lock)) {
      parkUntilTaken(context, lock);
    }
  }

  private boolean spin(Context context, SpinlockT lock) {
    long until = arch.now() + SPIN_NANOS;
    do {
      for (int i = 0; i < SPINS_PER_LOOK; i++) {
        if ((int) OWNER.getOpaque(lock) == 0 && OWNER.compareAndSet(lock, 0, context.id)) {
          return true;
        }
        arch.relax(context.thread);
      }
    } while (arch.now() < until);
    return false;
  }

  private void parkUntilTaken(Context context, SpinlockT lock) {
    WaitList waiters = parked.computeIfAbsent(lock, l -> new WaitList(arch));
    long reportAt = arch.now() + LOCKUP_NANOS - SPIN_NANOS;
    WAITERS.getAndAdd(lock, 1);
    try {
      while (!waiters.await(
          context.thread,
          Math.min(reportAt, parkEnd()),
          () -> OWNER.compareAndSet(lock, 0, context.id))) {
        if (arch.now() >= reportAt) {
          reportAt = Arch.NEVER;
          reportBug(context, lock, "lockup suspected", (int) OWNER.getOpaque(lock));
        }
      }
    } finally {
      if ((int) WAITERS.getAndAdd(lock, -1) == 1) {
        parked.remove(lock, waiters);
      }
    }
  }

  /** When to look again, woken or not; in a simulation no unlocker's look comes too early. */
  private long parkEnd() {
    return arch.isSimulated() ? Arch.NEVER : arch.now() + PARK_NANOS;
  }

  private void reportBug(Context context, SpinlockT lock, String what, int ownerId) {
    Context owner = ownerId == 0 ? null : contexts.byId(ownerId);
    String holder = ownerId == 0 ? "<none>/-1" : owner == null ? "<gone>/-1" : owner.toString();
    log.print(
        KernelLog.ERR,
        "BUG: spinlock "
            + what
            + " on CPU#"
            + context.cpu.number
            + ", "
            + context
            + "\n lock: "
            + addresses.text(lock)
            + ", .magic: dead4ead, .owner: "
            + holder
            + ", .owner_cpu: "
            + (owner == null ? -1 : owner.cpu.number)
            + (owner == null ? "" : ", of " + owner.owner()));
  }
}
