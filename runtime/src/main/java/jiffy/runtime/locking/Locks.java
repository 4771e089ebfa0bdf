package jiffy.runtime.locking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Current;
import jiffy.kernel.LockOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
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
   * How a waiter and the unlocker meet is told at LockWaits.
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

  private final Contexts contexts;
  private final Addresses addresses;
  private final KernelLog log;
  private final LockWaits waits;

  /**
   * @param addresses names locks in reports
   * @param log gets the reports
   */
  public Locks(Arch arch, Contexts contexts, Addresses addresses, KernelLog log) {
    this.waits = new LockWaits(arch, WAITERS);
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
      waits.wake(lock);
    }
  }

  private void lockSlowly(Context context, SpinlockT lock) {
    int owner = (int) OWNER.getOpaque(lock);
    if (owner == context.id) {
      reportBug(context, lock, "recursion", owner);
    }
    waits.await(
        context,
        lock,
        () -> (int) OWNER.getOpaque(lock) == 0 && OWNER.compareAndSet(lock, 0, context.id),
        () -> reportBug(context, lock, "lockup suspected", (int) OWNER.getOpaque(lock)));
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
