package jiffy.linux;

import jiffy.types.Atomic64T;

/**
 * {@code asm-generic/atomic64.h}: numbers that many contexts change at once.
 *
 * <p>Contexts: any. Thread safe. What returns a value and changes it is a full barrier. What
 * returns none, and {@link #atomic64_read} and {@link #atomic64_set}, promise no order, as in C.
 * All of them wrap when they overflow. {@link Atomics} is the same for ints.
 */
public final class Atomics64 {
  private Atomics64() {}

  /** {@code ATOMIC64_INIT(i)}: a new one. */
  public static Atomic64T ATOMIC64_INIT(long i) {
    return new Atomic64T(i);
  }

  /**
   * {@code s64 atomic64_read(const atomic64_t *v)}.
   *
   * @return its value
   */
  public static long atomic64_read(Atomic64T v) {
    return v.counter;
  }

  /** {@code void atomic64_set(atomic64_t *v, s64 i)}. */
  public static void atomic64_set(Atomic64T v, long i) {
    v.counter = i;
  }

  /**
   * {@code s64 atomic64_read_acquire(const atomic64_t *v)}.
   *
   * @return its value; what is read after this is not older than it
   */
  public static long atomic64_read_acquire(Atomic64T v) {
    return (long) Atomic64T.__COUNTER.getAcquire(v);
  }

  /** {@code void atomic64_set_release(atomic64_t *v, s64 i)}. */
  public static void atomic64_set_release(Atomic64T v, long i) {
    Atomic64T.__COUNTER.setRelease(v, i);
  }

  /** {@code void atomic64_add(s64 i, atomic64_t *v)}. */
  public static void atomic64_add(long i, Atomic64T v) {
    atomic64_add_return(i, v);
  }

  /** {@code void atomic64_sub(s64 i, atomic64_t *v)}. */
  public static void atomic64_sub(long i, Atomic64T v) {
    atomic64_sub_return(i, v);
  }

  /** {@code void atomic64_inc(atomic64_t *v)}. */
  public static void atomic64_inc(Atomic64T v) {
    atomic64_inc_return(v);
  }

  /** {@code void atomic64_dec(atomic64_t *v)}. */
  public static void atomic64_dec(Atomic64T v) {
    atomic64_dec_return(v);
  }

  /**
   * {@code s64 atomic64_add_return(s64 i, atomic64_t *v)}.
   *
   * @return the new value
   */
  public static long atomic64_add_return(long i, Atomic64T v) {
    return atomic64_fetch_add(i, v) + i;
  }

  /**
   * {@code s64 atomic64_sub_return(s64 i, atomic64_t *v)}.
   *
   * @return the new value
   */
  public static long atomic64_sub_return(long i, Atomic64T v) {
    return atomic64_fetch_add(-i, v) - i;
  }

  /**
   * {@code s64 atomic64_inc_return(atomic64_t *v)}.
   *
   * @return the new value
   */
  public static long atomic64_inc_return(Atomic64T v) {
    return atomic64_fetch_add(1L, v) + 1;
  }

  /**
   * {@code s64 atomic64_dec_return(atomic64_t *v)}.
   *
   * @return the new value
   */
  public static long atomic64_dec_return(Atomic64T v) {
    return atomic64_fetch_add(-1L, v) - 1;
  }

  /**
   * {@code s64 atomic64_fetch_add(s64 i, atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_add(long i, Atomic64T v) {
    return (long) Atomic64T.__COUNTER.getAndAdd(v, i);
  }

  /**
   * {@code s64 atomic64_fetch_sub(s64 i, atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_sub(long i, Atomic64T v) {
    return atomic64_fetch_add(-i, v);
  }

  /**
   * {@code s64 atomic64_fetch_inc(atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_inc(Atomic64T v) {
    return atomic64_fetch_add(1L, v);
  }

  /**
   * {@code s64 atomic64_fetch_dec(atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_dec(Atomic64T v) {
    return atomic64_fetch_add(-1L, v);
  }

  /** {@code void atomic64_and(s64 i, atomic64_t *v)}: {@code v &= i}. */
  public static void atomic64_and(long i, Atomic64T v) {
    atomic64_fetch_and(i, v);
  }

  /**
   * {@code s64 atomic64_fetch_and(s64 i, atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_and(long i, Atomic64T v) {
    return (long) Atomic64T.__COUNTER.getAndBitwiseAnd(v, i);
  }

  /** {@code void atomic64_or(s64 i, atomic64_t *v)}: {@code v |= i}. */
  public static void atomic64_or(long i, Atomic64T v) {
    atomic64_fetch_or(i, v);
  }

  /**
   * {@code s64 atomic64_fetch_or(s64 i, atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_or(long i, Atomic64T v) {
    return (long) Atomic64T.__COUNTER.getAndBitwiseOr(v, i);
  }

  /** {@code void atomic64_xor(s64 i, atomic64_t *v)}: {@code v ^= i}. */
  public static void atomic64_xor(long i, Atomic64T v) {
    atomic64_fetch_xor(i, v);
  }

  /**
   * {@code s64 atomic64_fetch_xor(s64 i, atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_xor(long i, Atomic64T v) {
    return (long) Atomic64T.__COUNTER.getAndBitwiseXor(v, i);
  }

  /** {@code void atomic64_andnot(s64 i, atomic64_t *v)}: {@code v &= ~i}. */
  public static void atomic64_andnot(long i, Atomic64T v) {
    atomic64_fetch_and(~i, v);
  }

  /**
   * {@code s64 atomic64_fetch_andnot(s64 i, atomic64_t *v)}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_andnot(long i, Atomic64T v) {
    return atomic64_fetch_and(~i, v);
  }

  /**
   * {@code s64 atomic64_xchg(atomic64_t *v, s64 i)}.
   *
   * @return the old value
   */
  public static long atomic64_xchg(Atomic64T v, long i) {
    return (long) Atomic64T.__COUNTER.getAndSet(v, i);
  }

  /**
   * {@code s64 atomic64_cmpxchg(atomic64_t *v, s64 old, s64 new)}: sets it if it is {@code old}.
   *
   * @return what it was: {@code old} if it was set
   */
  public static long atomic64_cmpxchg(Atomic64T v, long old, long to) {
    return (long) Atomic64T.__COUNTER.compareAndExchange(v, old, to);
  }

  /**
   * {@code bool atomic64_try_cmpxchg(atomic64_t *v, s64 *old, s64 new)}: sets it if it is {@code
   * old[0]}.
   *
   * @param old if it was not set, then {@code old[0]} is what it was
   * @return whether it was set
   */
  public static boolean atomic64_try_cmpxchg(Atomic64T v, long[] old, long to) {
    long seen = (long) Atomic64T.__COUNTER.compareAndExchange(v, old[0], to);
    boolean done = seen == old[0];
    old[0] = seen;
    return done;
  }

  /**
   * {@code bool atomic64_sub_and_test(s64 i, atomic64_t *v)}.
   *
   * @return whether it is 0 now
   */
  public static boolean atomic64_sub_and_test(long i, Atomic64T v) {
    return atomic64_sub_return(i, v) == 0;
  }

  /**
   * {@code bool atomic64_dec_and_test(atomic64_t *v)}.
   *
   * @return whether it is 0 now
   */
  public static boolean atomic64_dec_and_test(Atomic64T v) {
    return atomic64_dec_return(v) == 0;
  }

  /**
   * {@code bool atomic64_inc_and_test(atomic64_t *v)}.
   *
   * @return whether it is 0 now
   */
  public static boolean atomic64_inc_and_test(Atomic64T v) {
    return atomic64_inc_return(v) == 0;
  }

  /**
   * {@code bool atomic64_add_negative(s64 i, atomic64_t *v)}.
   *
   * @return whether it is negative now
   */
  public static boolean atomic64_add_negative(long i, Atomic64T v) {
    return atomic64_add_return(i, v) < 0;
  }

  /**
   * {@code s64 atomic64_fetch_add_unless(atomic64_t *v, s64 a, s64 u)}: adds, unless it is {@code
   * u}.
   *
   * @return the old value
   */
  public static long atomic64_fetch_add_unless(Atomic64T v, long a, long u) {
    long old;
    do {
      old = v.counter;
    } while (old != u && !Atomic64T.__COUNTER.compareAndSet(v, old, old + a));
    return old;
  }

  /**
   * {@code bool atomic64_add_unless(atomic64_t *v, s64 a, s64 u)}: adds, unless it is {@code u}.
   *
   * @return whether it did
   */
  public static boolean atomic64_add_unless(Atomic64T v, long a, long u) {
    return atomic64_fetch_add_unless(v, a, u) != u;
  }

  /**
   * {@code bool atomic64_inc_not_zero(atomic64_t *v)}: adds 1, unless it is 0.
   *
   * @return whether it did
   */
  public static boolean atomic64_inc_not_zero(Atomic64T v) {
    return atomic64_add_unless(v, 1L, 0);
  }

  /**
   * {@code bool atomic64_inc_unless_negative(atomic64_t *v)}: adds 1, unless it is negative.
   *
   * @return whether it did
   */
  public static boolean atomic64_inc_unless_negative(Atomic64T v) {
    long old;
    do {
      old = v.counter;
    } while (old >= 0 && !Atomic64T.__COUNTER.compareAndSet(v, old, old + 1));
    return old >= 0;
  }

  /**
   * {@code bool atomic64_dec_unless_positive(atomic64_t *v)}: takes 1, unless it is positive.
   *
   * @return whether it did
   */
  public static boolean atomic64_dec_unless_positive(Atomic64T v) {
    long old;
    do {
      old = v.counter;
    } while (old <= 0 && !Atomic64T.__COUNTER.compareAndSet(v, old, old - 1));
    return old <= 0;
  }

  /**
   * {@code s64 atomic64_dec_if_positive(atomic64_t *v)}: takes 1, if it is positive.
   *
   * @return the old value less 1, whether it was taken or not: negative if not
   */
  public static long atomic64_dec_if_positive(Atomic64T v) {
    long old;
    do {
      old = v.counter;
    } while (old > 0 && !Atomic64T.__COUNTER.compareAndSet(v, old, old - 1));
    return old - 1;
  }
}
