package jiffy.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Current;
import jiffy.types.SeqcountT;
import jiffy.types.SeqlockT;

/**
 * {@code linux/seqlock.h}: data that is read often and written seldom, without holding writers up.
 *
 * <pre>{@code
 * int seq;
 * do {
 *   seq = read_seqbegin(lock);
 *   x = data.x; y = data.y;
 * } while (read_seqretry(lock, seq));
 * }</pre>
 *
 * <p>What was read before {@code read_seqretry} returned false belongs together; before that it may
 * be torn, and must be used for nothing.
 *
 * <p>Contexts: any, for readers and writers. But a reader who interrupts the writer of his own CPU
 * would wait for ever: where timers or tasklets read, the writer takes a {@code _bh} form, where
 * interrupts do, an {@code _irq} form. Writers of a {@code seqlock_t} keep each other out by a
 * spinlock and must not sleep; those of a {@code seqcount_t} need a lock of their own.
 */
public final class Seqlocks {
  /*
   * Pairs of barriers. The writer's fence in begin() keeps the data behind the odd number, and goes with
   * the reader's in retry(); the release in end() keeps the even number behind the data, and goes with the
   * reader's acquire in begin().
   */

  private static final VarHandle SEQUENCE;

  static {
    try {
      SEQUENCE = MethodHandles.lookup().findVarHandle(SeqcountT.class, "sequence", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private Seqlocks() {}

  /** {@code seqcount_init(s)}: nobody has written. */
  public static void seqcount_init(SeqcountT s) {
    s.sequence = 0;
  }

  /** {@code SEQCNT_ZERO(name)}: a new one; callable from a static initializer. */
  public static SeqcountT SEQCNT_ZERO() {
    return new SeqcountT();
  }

  /**
   * {@code unsigned read_seqcount_begin(const seqcount_t *s)}: begins to read, once no writer is at
   * work.
   *
   * @return for {@link #read_seqcount_retry}
   */
  public static int read_seqcount_begin(SeqcountT s) {
    int sequence = (int) SEQUENCE.getAcquire(s);
    while ((sequence & 1) != 0) {
      Current.get().cpuRelax();
      sequence = (int) SEQUENCE.getAcquire(s);
    }
    return sequence;
  }

  /**
   * {@code int read_seqcount_retry(const seqcount_t *s, unsigned start)}.
   *
   * @return whether a writer was at work meanwhile, so that it has to be read again
   */
  public static boolean read_seqcount_retry(SeqcountT s, int start) {
    VarHandle.acquireFence();
    return (int) SEQUENCE.getOpaque(s) != start;
  }

  /**
   * {@code void write_seqcount_begin(seqcount_t *s)}: under a lock that keeps other writers out.
   */
  public static void write_seqcount_begin(SeqcountT s) {
    SEQUENCE.setOpaque(s, (int) SEQUENCE.getOpaque(s) + 1);
    VarHandle.storeStoreFence();
  }

  /** {@code void write_seqcount_end(seqcount_t *s)}. */
  public static void write_seqcount_end(SeqcountT s) {
    SEQUENCE.setRelease(s, (int) SEQUENCE.getOpaque(s) + 1);
  }

  /** {@code seqlock_init(sl)}: unlocked, and nobody has written. */
  public static void seqlock_init(SeqlockT sl) {
    seqcount_init(sl.seqcount);
    Spinlocks.spin_lock_init(sl.lock);
  }

  /** {@code DEFINE_SEQLOCK(x)}: a new one; callable from a static initializer. */
  public static SeqlockT DEFINE_SEQLOCK() {
    return new SeqlockT();
  }

  /** {@code unsigned read_seqbegin(const seqlock_t *sl)}: {@link #read_seqcount_begin}. */
  public static int read_seqbegin(SeqlockT sl) {
    return read_seqcount_begin(sl.seqcount);
  }

  /**
   * {@code unsigned read_seqretry(const seqlock_t *sl, unsigned start)}: {@link
   * #read_seqcount_retry}.
   */
  public static boolean read_seqretry(SeqlockT sl, int start) {
    return read_seqcount_retry(sl.seqcount, start);
  }

  /**
   * {@code void write_seqlock(seqlock_t *sl)}: keeps other writers out, and makes readers read
   * again.
   */
  public static void write_seqlock(SeqlockT sl) {
    Spinlocks.spin_lock(sl.lock);
    write_seqcount_begin(sl.seqcount);
  }

  /** {@code void write_sequnlock(seqlock_t *sl)}. */
  public static void write_sequnlock(SeqlockT sl) {
    write_seqcount_end(sl.seqcount);
    Spinlocks.spin_unlock(sl.lock);
  }

  /** {@code void write_seqlock_bh(seqlock_t *sl)}: with softirqs of this CPU held off. */
  public static void write_seqlock_bh(SeqlockT sl) {
    Spinlocks.spin_lock_bh(sl.lock);
    write_seqcount_begin(sl.seqcount);
  }

  /** {@code void write_sequnlock_bh(seqlock_t *sl)}. */
  public static void write_sequnlock_bh(SeqlockT sl) {
    write_seqcount_end(sl.seqcount);
    Spinlocks.spin_unlock_bh(sl.lock);
  }

  /** {@code void write_seqlock_irq(seqlock_t *sl)}: with interrupts of this CPU off. */
  public static void write_seqlock_irq(SeqlockT sl) {
    Spinlocks.spin_lock_irq(sl.lock);
    write_seqcount_begin(sl.seqcount);
  }

  /** {@code void write_sequnlock_irq(seqlock_t *sl)}. */
  public static void write_sequnlock_irq(SeqlockT sl) {
    write_seqcount_end(sl.seqcount);
    Spinlocks.spin_unlock_irq(sl.lock);
  }

  /**
   * {@code write_seqlock_irqsave(sl, flags)}: with interrupts of this CPU off.
   *
   * @return the flags, for {@link #write_sequnlock_irqrestore}
   */
  public static long write_seqlock_irqsave(SeqlockT sl) {
    long flags = Spinlocks.spin_lock_irqsave(sl.lock);
    write_seqcount_begin(sl.seqcount);
    return flags;
  }

  /** {@code void write_sequnlock_irqrestore(seqlock_t *sl, unsigned long flags)}. */
  public static void write_sequnlock_irqrestore(SeqlockT sl, long flags) {
    write_seqcount_end(sl.seqcount);
    Spinlocks.spin_unlock_irqrestore(sl.lock, flags);
  }

  /** {@code void read_seqlock_excl(seqlock_t *sl)}: reads with writers kept out. */
  public static void read_seqlock_excl(SeqlockT sl) {
    Spinlocks.spin_lock(sl.lock);
  }

  /** {@code void read_sequnlock_excl(seqlock_t *sl)}. */
  public static void read_sequnlock_excl(SeqlockT sl) {
    Spinlocks.spin_unlock(sl.lock);
  }
}
