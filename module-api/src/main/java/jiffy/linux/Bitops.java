package jiffy.linux;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code linux/bitops.h}: single bits of a bitmap, changed atomically.
 *
 * <p>Contexts: any. Thread safe. C's {@code unsigned long flags;} with {@code set_bit(nr, &flags)}
 * is a {@code long[1]} here. A bit beyond the bitmap's end throws, where C writes over what comes
 * next. The forms with {@code test_and} are full barriers.
 */
public final class Bitops {
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);

  /** {@code BITS_PER_LONG}. */
  public static final int BITS_PER_LONG = Long.SIZE;

  private Bitops() {}

  /**
   * {@code DECLARE_BITMAP(name, bits)}: so many bits, all clear.
   *
   * @return the bitmap
   */
  public static long[] DECLARE_BITMAP(int bits) {
    return new long[(bits + BITS_PER_LONG - 1) / BITS_PER_LONG];
  }

  /** {@code BIT(nr)}: a long with that bit, 0 to 63. */
  public static long BIT(int nr) {
    return 1L << nr;
  }

  /** {@code void set_bit(long nr, volatile unsigned long *addr)}. */
  public static void set_bit(int nr, long[] addr) {
    test_and_set_bit(nr, addr);
  }

  /** {@code void clear_bit(long nr, volatile unsigned long *addr)}. */
  public static void clear_bit(int nr, long[] addr) {
    test_and_clear_bit(nr, addr);
  }

  /** {@code void change_bit(long nr, volatile unsigned long *addr)}: turns it over. */
  public static void change_bit(int nr, long[] addr) {
    test_and_change_bit(nr, addr);
  }

  /**
   * {@code bool test_bit(long nr, const volatile unsigned long *addr)}.
   *
   * @return whether it is set
   */
  public static boolean test_bit(int nr, long[] addr) {
    return ((long) WORDS.getVolatile(addr, nr >> 6) & BIT(nr)) != 0;
  }

  /**
   * {@code bool test_and_set_bit(long nr, volatile unsigned long *addr)}.
   *
   * @return whether it was set before
   */
  public static boolean test_and_set_bit(int nr, long[] addr) {
    return ((long) WORDS.getAndBitwiseOr(addr, nr >> 6, BIT(nr)) & BIT(nr)) != 0;
  }

  /**
   * {@code bool test_and_clear_bit(long nr, volatile unsigned long *addr)}.
   *
   * @return whether it was set before
   */
  public static boolean test_and_clear_bit(int nr, long[] addr) {
    return ((long) WORDS.getAndBitwiseAnd(addr, nr >> 6, ~BIT(nr)) & BIT(nr)) != 0;
  }

  /**
   * {@code bool test_and_change_bit(long nr, volatile unsigned long *addr)}.
   *
   * @return whether it was set before
   */
  public static boolean test_and_change_bit(int nr, long[] addr) {
    return ((long) WORDS.getAndBitwiseXor(addr, nr >> 6, BIT(nr)) & BIT(nr)) != 0;
  }
}
