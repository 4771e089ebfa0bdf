package jiffy.linux;

import jiffy.kernel.Current;
import jiffy.types.RwlockT;

/**
 * {@code linux/rwlock.h}: a spinlock that many may hold at once for reading, or one for writing.
 *
 * <p>Contexts: any; preempt_count and reports as for {@link Spinlocks}; sections must not sleep;
 * who writes where a timer or tasklet reads wants the {@code _bh} forms for writing. A writer who
 * waits keeps new readers out, but not those in a softirq, in an interrupt or with bh disabled, who
 * may have come in the middle of a reader of their own CPU. So a task does not take a lock for
 * reading twice: a writer may have come between, and then both wait for ever, as on Linux.
 */
public final class Rwlocks {
  private Rwlocks() {}

  /** {@code rwlock_init(lock)}: an unlocked lock. */
  public static void rwlock_init(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.init(current, lock);
  }

  /** {@code DEFINE_RWLOCK(x)}: a new, unlocked lock; callable from a static initializer. */
  public static RwlockT DEFINE_RWLOCK() {
    return new RwlockT();
  }

  /** {@code void read_lock(rwlock_t *lock)}: takes it for reading. */
  public static void read_lock(RwlockT lock) {
    Current current = Current.get();
    current.preemptDisable();
    current.kernel.rwlocks.readLock(current, lock);
  }

  /** {@code void read_unlock(rwlock_t *lock)}. */
  public static void read_unlock(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.readUnlock(current, lock);
    current.preemptEnable();
  }

  /** {@code void read_lock_bh(rwlock_t *lock)}: with softirqs of this CPU held off. */
  public static void read_lock_bh(RwlockT lock) {
    Current current = Current.get();
    current.localBhDisable();
    current.preemptDisable();
    current.kernel.rwlocks.readLock(current, lock);
  }

  /**
   * {@code void read_unlock_bh(rwlock_t *lock)}: what became due meanwhile runs before it returns.
   */
  public static void read_unlock_bh(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.readUnlock(current, lock);
    current.preemptEnable();
    current.localBhEnable();
  }

  /** {@code void read_lock_irq(rwlock_t *lock)}: with interrupts of this CPU off. */
  public static void read_lock_irq(RwlockT lock) {
    read_lock_irqsave(lock);
  }

  /** {@code void read_unlock_irq(rwlock_t *lock)}: interrupts are on afterwards. */
  public static void read_unlock_irq(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.readUnlock(current, lock);
    current.preemptEnable();
    current.localIrqEnable();
  }

  /**
   * {@code read_lock_irqsave(lock, flags)}: with interrupts of this CPU off.
   *
   * @return the flags, for {@link #read_unlock_irqrestore}
   */
  public static long read_lock_irqsave(RwlockT lock) {
    Current current = Current.get();
    long flags = current.localIrqSave();
    current.preemptDisable();
    current.kernel.rwlocks.readLock(current, lock);
    return flags;
  }

  /** {@code void read_unlock_irqrestore(rwlock_t *lock, unsigned long flags)}. */
  public static void read_unlock_irqrestore(RwlockT lock, long flags) {
    Current current = Current.get();
    current.kernel.rwlocks.readUnlock(current, lock);
    current.preemptEnable();
    current.localIrqRestore(flags);
  }

  /**
   * {@code int read_trylock(rwlock_t *lock)}: takes it for reading if that needs no waiting.
   *
   * @return whether it was taken; if not, nothing has changed
   */
  public static boolean read_trylock(RwlockT lock) {
    Current current = Current.get();
    current.preemptDisable();
    if (current.kernel.rwlocks.tryReadLock(current, lock)) {
      return true;
    }
    current.preemptEnable();
    return false;
  }

  /** {@code void write_lock(rwlock_t *lock)}: takes it for writing. */
  public static void write_lock(RwlockT lock) {
    Current current = Current.get();
    current.preemptDisable();
    current.kernel.rwlocks.writeLock(current, lock);
  }

  /** {@code void write_unlock(rwlock_t *lock)}. */
  public static void write_unlock(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.writeUnlock(current, lock);
    current.preemptEnable();
  }

  /** {@code void write_lock_bh(rwlock_t *lock)}: with softirqs of this CPU held off. */
  public static void write_lock_bh(RwlockT lock) {
    Current current = Current.get();
    current.localBhDisable();
    current.preemptDisable();
    current.kernel.rwlocks.writeLock(current, lock);
  }

  /**
   * {@code void write_unlock_bh(rwlock_t *lock)}: what became due meanwhile runs before it returns.
   */
  public static void write_unlock_bh(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.writeUnlock(current, lock);
    current.preemptEnable();
    current.localBhEnable();
  }

  /** {@code void write_lock_irq(rwlock_t *lock)}: with interrupts of this CPU off. */
  public static void write_lock_irq(RwlockT lock) {
    write_lock_irqsave(lock);
  }

  /** {@code void write_unlock_irq(rwlock_t *lock)}: interrupts are on afterwards. */
  public static void write_unlock_irq(RwlockT lock) {
    Current current = Current.get();
    current.kernel.rwlocks.writeUnlock(current, lock);
    current.preemptEnable();
    current.localIrqEnable();
  }

  /**
   * {@code write_lock_irqsave(lock, flags)}: with interrupts of this CPU off.
   *
   * @return the flags, for {@link #write_unlock_irqrestore}
   */
  public static long write_lock_irqsave(RwlockT lock) {
    Current current = Current.get();
    long flags = current.localIrqSave();
    current.preemptDisable();
    current.kernel.rwlocks.writeLock(current, lock);
    return flags;
  }

  /** {@code void write_unlock_irqrestore(rwlock_t *lock, unsigned long flags)}. */
  public static void write_unlock_irqrestore(RwlockT lock, long flags) {
    Current current = Current.get();
    current.kernel.rwlocks.writeUnlock(current, lock);
    current.preemptEnable();
    current.localIrqRestore(flags);
  }

  /**
   * {@code int write_trylock(rwlock_t *lock)}: takes it for writing if that needs no waiting.
   *
   * @return whether it was taken; if not, nothing has changed
   */
  public static boolean write_trylock(RwlockT lock) {
    Current current = Current.get();
    current.preemptDisable();
    if (current.kernel.rwlocks.tryWriteLock(current, lock)) {
      return true;
    }
    current.preemptEnable();
    return false;
  }

  /**
   * {@code write_trylock_irqsave(lock, flags)}.
   *
   * @return the flags, for {@link #write_unlock_irqrestore}; -1: not taken, interrupts are as they
   *     were
   */
  public static long write_trylock_irqsave(RwlockT lock) {
    Current current = Current.get();
    long flags = current.localIrqSave();
    if (write_trylock(lock)) {
      return flags;
    }
    current.localIrqRestore(flags);
    return -1;
  }
}
