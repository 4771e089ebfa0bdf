package jiffy.runtime.locking;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Current;
import jiffy.kernel.RwLockOps;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.PreemptCount;
import jiffy.types.RwlockT;

/**
 * The rwlocks of the API: one CAS to take, one CAS or store to give back.
 *
 * <p>Thread safe; each method is called by the context that it is given.
 */
public final class RwLocks implements RwLockOps {
  /*
   * The word of a lock:
   *
   *   31      30               29         0
   *   +------+----------------+----------+
   *   |WRITER| a writer WAITS | readers  |     WRITER is always alone
   *   +------+----------------+----------+
   *
   * A writer who finds readers inside sets WAITS, which keeps new readers out, or a stream of them would
   * keep him out for ever. Not those in interrupt context: they may have interrupted a reader of this
   * very lock, whose end the writer awaits. (Linux's qrwlock makes the same difference.) After a writer
   * all who wait are equal again, so that writers do not keep readers out either.
   *
   * Should a writer who waited have vanished in a StackOverflowError, then WAITS stays alone in the
   * word: a reader for whom it is too late for patience takes the lock all the same.
   */

  private static final VarHandle WORD;
  private static final VarHandle WAITERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      WORD = lookup.findVarHandle(RwlockT.class, "__word", int.class);
      WAITERS = lookup.findVarHandle(RwlockT.class, "__waiters", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int WRITER = 1 << 31;
  private static final int WAITS = 1 << 30;
  private static final int READERS = WAITS - 1;

  private final Contexts contexts;
  private final Addresses addresses;
  private final KernelLog log;
  private final LockWaits waits;

  /**
   * @param addresses names locks in reports
   * @param log gets the reports
   */
  public RwLocks(Arch arch, Contexts contexts, Addresses addresses, KernelLog log) {
    this.contexts = contexts;
    this.addresses = addresses;
    this.log = log;
    this.waits = new LockWaits(arch, WAITERS);
  }

  @Override
  public void init(Current current, RwlockT lock) {
    lock.__owner = 0;
    lock.__word = 0;
  }

  @Override
  public void readLock(Current current, RwlockT lock) {
    if (!tryReadLock(current, lock)) {
      Context context = (Context) current;
      if (isWriter(context, lock)) {
        reportBug(context, lock, "recursion");
      }
      boolean[] isLate = {false};
      waits.await(
          context,
          lock,
          () -> tryReadLock(context, lock) || isLate[0] && WORD.compareAndSet(lock, WAITS, 1),
          () -> {
            isLate[0] = true;
            reportBug(context, lock, "lockup suspected");
          });
    }
  }

  @Override
  public boolean tryReadLock(Current current, RwlockT lock) {
    int outside = mayPassWriters(current) ? WRITER : WRITER | WAITS;
    int word = (int) WORD.getOpaque(lock);
    while ((word & outside) == 0) {
      if (WORD.compareAndSet(lock, word, word + 1)) {
        return true;
      }
      word = (int) WORD.getOpaque(lock);
    }
    return false;
  }

  /** {@code in_interrupt()}. */
  private static boolean mayPassWriters(Current current) {
    return (current.preemptCount() & (PreemptCount.SOFTIRQ_MASK | PreemptCount.HARDIRQ_MASK)) != 0;
  }

  @Override
  public void readUnlock(Current current, RwlockT lock) {
    int word = (int) WORD.getOpaque(lock);
    while ((word & READERS) != 0 && !WORD.compareAndSet(lock, word, word - 1)) {
      word = (int) WORD.getOpaque(lock);
    }
    if ((word & READERS) == 0) {
      reportBug((Context) current, lock, "already unlocked");
      return;
    }
    wakeWaiters(lock);
  }

  @Override
  public void writeLock(Current current, RwlockT lock) {
    if (!tryWriteLock(current, lock)) {
      Context context = (Context) current;
      if (isWriter(context, lock)) {
        reportBug(context, lock, "recursion");
      }
      waits.await(
          context,
          lock,
          () -> takeOrAskForIt(context, lock),
          () -> reportBug(context, lock, "lockup suspected"));
    }
  }

  /** A writer's attempt while it waits. */
  private boolean takeOrAskForIt(Context context, RwlockT lock) {
    int word = (int) WORD.getOpaque(lock);
    if (word == WAITS && WORD.compareAndSet(lock, WAITS, WRITER)) {
      lock.__owner = context.id;
      return true;
    }
    if (tryWriteLock(context, lock)) {
      return true;
    }
    if ((word & READERS) != 0 && (word & WAITS) == 0) {
      WORD.compareAndSet(lock, word, word | WAITS);
    }
    return false;
  }

  @Override
  public boolean tryWriteLock(Current current, RwlockT lock) {
    if (WORD.compareAndSet(lock, 0, WRITER)) {
      lock.__owner = ((Context) current).id;
      return true;
    }
    return false;
  }

  @Override
  public void writeUnlock(Current current, RwlockT lock) {
    Context context = (Context) current;
    if ((int) WORD.getOpaque(lock) != WRITER) {
      reportBug(context, lock, "already unlocked");
      return;
    }
    if (lock.__owner != context.id) {
      reportBug(context, lock, "wrong owner");
    }
    lock.__owner = 0;
    WORD.setVolatile(lock, 0);
    wakeWaiters(lock);
  }

  private void wakeWaiters(RwlockT lock) {
    if ((int) WAITERS.getVolatile(lock) != 0) {
      waits.wake(lock);
    }
  }

  private static boolean isWriter(Context context, RwlockT lock) {
    return lock.__word == WRITER && lock.__owner == context.id;
  }

  private void reportBug(Context context, RwlockT lock, String what) {
    int word = lock.__word;
    int id = word == WRITER ? lock.__owner : 0;
    Context writer = id == 0 ? null : contexts.byId(id);
    String holder =
        writer != null
            ? writer + ", of " + writer.owner()
            : word == WRITER ? "<gone>/-1" : (word & READERS) + " readers";
    log.print(
        KernelLog.ERR,
        "BUG: rwlock "
            + what
            + " on CPU#"
            + context.cpu.number
            + ", "
            + context
            + ", "
            + addresses.text(lock)
            + "\n held by: "
            + holder);
  }
}
