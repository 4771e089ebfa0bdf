package jiffy.linux;

import jiffy.types.AtomicT;

/**
 * {@code linux/atomic.h}: numbers that many contexts change at once.
 *
 * <p>Contexts: any. Thread safe. What returns a value and changes it is a full barrier. What
 * returns none, and {@link #atomic_read} and {@link #atomic_set}, promise no order, as in C. All of
 * them wrap when they overflow. {@link Atomics64} is the same for longs.
 *
 * <p>{@code READ_ONCE(x)} and {@code WRITE_ONCE(x, v)} have no function here: declare the field
 * {@code volatile}. {@code smp_mb()} is {@code VarHandle.fullFence()}.
 */
public final class Atomics {
  private Atomics() {}

  /** {@code ATOMIC_INIT(i)}: a new one. */
  public static AtomicT ATOMIC_INIT(int i) {
    return new AtomicT(i);
  }

  /**
   * {@code int atomic_read(const atomic_t *v)}.
   *
   * @return its value
   */
  public static int atomic_read(AtomicT v) {
    return v.counter;
  }

  /** {@code void atomic_set(atomic_t *v, int i)}. */
  public static void atomic_set(AtomicT v, int i) {
    v.counter = i;
  }

  /**
   * {@code int atomic_read_acquire(const atomic_t *v)}.
   *
   * @return its value; what is read after this is not older than it
   */
  public static int atomic_read_acquire(AtomicT v) {
    return (int) AtomicT.__COUNTER.getAcquire(v);
  }

  /** {@code void atomic_set_release(atomic_t *v, int i)}. */
  public static void atomic_set_release(AtomicT v, int i) {
    AtomicT.__COUNTER.setRelease(v, i);
  }

  /** {@code void atomic_add(int i, atomic_t *v)}. */
  public static void atomic_add(int i, AtomicT v) {
    atomic_add_return(i, v);
  }

  /** {@code void atomic_sub(int i, atomic_t *v)}. */
  public static void atomic_sub(int i, AtomicT v) {
    atomic_sub_return(i, v);
  }

  /** {@code void atomic_inc(atomic_t *v)}. */
  public static void atomic_inc(AtomicT v) {
    atomic_inc_return(v);
  }

  /** {@code void atomic_dec(atomic_t *v)}. */
  public static void atomic_dec(AtomicT v) {
    atomic_dec_return(v);
  }

  /**
   * {@code int atomic_add_return(int i, atomic_t *v)}.
   *
   * @return the new value
   */
  public static int atomic_add_return(int i, AtomicT v) {
    return atomic_fetch_add(i, v) + i;
  }

  /**
   * {@code int atomic_sub_return(int i, atomic_t *v)}.
   *
   * @return the new value
   */
  public static int atomic_sub_return(int i, AtomicT v) {
    return atomic_fetch_add(-i, v) - i;
  }

  /**
   * {@code int atomic_inc_return(atomic_t *v)}.
   *
   * @return the new value
   */
  public static int atomic_inc_return(AtomicT v) {
    return atomic_fetch_add(1, v) + 1;
  }

  /**
   * {@code int atomic_dec_return(atomic_t *v)}.
   *
   * @return the new value
   */
  public static int atomic_dec_return(AtomicT v) {
    return atomic_fetch_add(-1, v) - 1;
  }

  /**
   * {@code int atomic_fetch_add(int i, atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_add(int i, AtomicT v) {
    return (int) AtomicT.__COUNTER.getAndAdd(v, i);
  }

  /**
   * {@code int atomic_fetch_sub(int i, atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_sub(int i, AtomicT v) {
    return atomic_fetch_add(-i, v);
  }

  /**
   * {@code int atomic_fetch_inc(atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_inc(AtomicT v) {
    return atomic_fetch_add(1, v);
  }

  /**
   * {@code int atomic_fetch_dec(atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_dec(AtomicT v) {
    return atomic_fetch_add(-1, v);
  }

  /** {@code void atomic_and(int i, atomic_t *v)}: {@code v &= i}. */
  public static void atomic_and(int i, AtomicT v) {
    atomic_fetch_and(i, v);
  }

  /**
   * {@code int atomic_fetch_and(int i, atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_and(int i, AtomicT v) {
    return (int) AtomicT.__COUNTER.getAndBitwiseAnd(v, i);
  }

  /** {@code void atomic_or(int i, atomic_t *v)}: {@code v |= i}. */
  public static void atomic_or(int i, AtomicT v) {
    atomic_fetch_or(i, v);
  }

  /**
   * {@code int atomic_fetch_or(int i, atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_or(int i, AtomicT v) {
    return (int) AtomicT.__COUNTER.getAndBitwiseOr(v, i);
  }

  /** {@code void atomic_xor(int i, atomic_t *v)}: {@code v ^= i}. */
  public static void atomic_xor(int i, AtomicT v) {
    atomic_fetch_xor(i, v);
  }

  /**
   * {@code int atomic_fetch_xor(int i, atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_xor(int i, AtomicT v) {
    return (int) AtomicT.__COUNTER.getAndBitwiseXor(v, i);
  }

  /** {@code void atomic_andnot(int i, atomic_t *v)}: {@code v &= ~i}. */
  public static void atomic_andnot(int i, AtomicT v) {
    atomic_fetch_and(~i, v);
  }

  /**
   * {@code int atomic_fetch_andnot(int i, atomic_t *v)}.
   *
   * @return the old value
   */
  public static int atomic_fetch_andnot(int i, AtomicT v) {
    return atomic_fetch_and(~i, v);
  }

  /**
   * {@code int atomic_xchg(atomic_t *v, int i)}.
   *
   * @return the old value
   */
  public static int atomic_xchg(AtomicT v, int i) {
    return (int) AtomicT.__COUNTER.getAndSet(v, i);
  }

  /**
   * {@code int atomic_cmpxchg(atomic_t *v, int old, int new)}: sets it if it is {@code old}.
   *
   * @return what it was: {@code old} if it was set
   */
  public static int atomic_cmpxchg(AtomicT v, int old, int to) {
    return (int) AtomicT.__COUNTER.compareAndExchange(v, old, to);
  }

  /**
   * {@code bool atomic_try_cmpxchg(atomic_t *v, int *old, int new)}: sets it if it is {@code
   * old[0]}.
   *
   * @param old if it was not set, then {@code old[0]} is what it was
   * @return whether it was set
   */
  public static boolean atomic_try_cmpxchg(AtomicT v, int[] old, int to) {
    int seen = (int) AtomicT.__COUNTER.compareAndExchange(v, old[0], to);
    boolean done = seen == old[0];
    old[0] = seen;
    return done;
  }

  /**
   * {@code bool atomic_sub_and_test(int i, atomic_t *v)}.
   *
   * @return whether it is 0 now
   */
  public static boolean atomic_sub_and_test(int i, AtomicT v) {
    return atomic_sub_return(i, v) == 0;
  }

  /**
   * {@code bool atomic_dec_and_test(atomic_t *v)}.
   *
   * @return whether it is 0 now
   */
  public static boolean atomic_dec_and_test(AtomicT v) {
    return atomic_dec_return(v) == 0;
  }

  /**
   * {@code bool atomic_inc_and_test(atomic_t *v)}.
   *
   * @return whether it is 0 now
   */
  public static boolean atomic_inc_and_test(AtomicT v) {
    return atomic_inc_return(v) == 0;
  }

  /**
   * {@code bool atomic_add_negative(int i, atomic_t *v)}.
   *
   * @return whether it is negative now
   */
  public static boolean atomic_add_negative(int i, AtomicT v) {
    return atomic_add_return(i, v) < 0;
  }

  /**
   * {@code int atomic_fetch_add_unless(atomic_t *v, int a, int u)}: adds, unless it is {@code u}.
   *
   * @return the old value
   */
  public static int atomic_fetch_add_unless(AtomicT v, int a, int u) {
    int old;
    do {
      old = v.counter;
    } while (old != u && !AtomicT.__COUNTER.compareAndSet(v, old, old + a));
    return old;
  }

  /**
   * {@code bool atomic_add_unless(atomic_t *v, int a, int u)}: adds, unless it is {@code u}.
   *
   * @return whether it did
   */
  public static boolean atomic_add_unless(AtomicT v, int a, int u) {
    return atomic_fetch_add_unless(v, a, u) != u;
  }

  /**
   * {@code bool atomic_inc_not_zero(atomic_t *v)}: adds 1, unless it is 0.
   *
   * @return whether it did
   */
  public static boolean atomic_inc_not_zero(AtomicT v) {
    return atomic_add_unless(v, 1, 0);
  }

  /**
   * {@code bool atomic_inc_unless_negative(atomic_t *v)}: adds 1, unless it is negative.
   *
   * @return whether it did
   */
  public static boolean atomic_inc_unless_negative(AtomicT v) {
    int old;
    do {
      old = v.counter;
    } while (old >= 0 && !AtomicT.__COUNTER.compareAndSet(v, old, old + 1));
    return old >= 0;
  }

  /**
   * {@code bool atomic_dec_unless_positive(atomic_t *v)}: takes 1, unless it is positive.
   *
   * @return whether it did
   */
  public static boolean atomic_dec_unless_positive(AtomicT v) {
    int old;
    do {
      old = v.counter;
    } while (old <= 0 && !AtomicT.__COUNTER.compareAndSet(v, old, old - 1));
    return old <= 0;
  }

  /**
   * {@code int atomic_dec_if_positive(atomic_t *v)}: takes 1, if it is positive.
   *
   * @return the old value less 1, whether it was taken or not: negative if not
   */
  public static int atomic_dec_if_positive(AtomicT v) {
    int old;
    do {
      old = v.counter;
    } while (old > 0 && !AtomicT.__COUNTER.compareAndSet(v, old, old - 1));
    return old - 1;
  }
}
