package jiffy.runtime.time;

import java.math.BigInteger;

/**
 * Division by a number that is not known to the compiler, as a multiplication: a 64-bit division
 * takes a processor ten times as long, and each arming of a timer makes one.
 *
 * <p>With 2^(b-1) < d <= 2^b and m = floor(2^(62+b) / d) + 1, the quotient of n and d is floor(n *
 * m / 2^(62+b)), exactly, for 0 <= n < 2^62 (Granlund and Montgomery, "Division by Invariant
 * Integers using Multiplication", 1994, theorem 4.2). Immutable.
 */
final class Reciprocal {
  private static final int BITS = 62;

  private final long divisor;
  private final long multiplier;
  private final int shift;

  /**
   * @param divisor 3 or more
   */
  Reciprocal(long divisor) {
    this.divisor = divisor;
    int bits = Long.SIZE - Long.numberOfLeadingZeros(divisor - 1);
    multiplier =
        BigInteger.ONE.shiftLeft(BITS + bits).divide(BigInteger.valueOf(divisor)).longValueExact()
            + 1;
    shift = BITS + bits - Long.SIZE;
  }

  /** {@code dividend / divisor}, rounded to zero. */
  long divide(long dividend) {
    if (dividend >>> BITS != 0) {
      return dividend / divisor;
    }
    return Math.multiplyHigh(dividend, multiplier) >> shift;
  }
}
