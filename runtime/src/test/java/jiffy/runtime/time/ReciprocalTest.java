package jiffy.runtime.time;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReciprocalTest {
  @Test
  void dividesAsTheOperatorDoes() {
    SplittableRandom random = new SplittableRandom(1);
    for (long divisor :
        new long[] {3, 4, 7, 1 << 20, 1_000_000, 3_333_333, 4_000_000, 10_000_000}) {
      Reciprocal reciprocal = new Reciprocal(divisor);
      for (long dividend : new long[] {0, 1, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 62}) {
        check(reciprocal, dividend, divisor);
        check(reciprocal, dividend - 1, divisor);
      }
      for (int i = 0; i < 100_000; i++) {
        long multiple = random.nextLong() >> random.nextInt(64) - 1;
        multiple -= multiple % divisor;
        check(reciprocal, multiple, divisor);
        check(reciprocal, multiple - 1, divisor);
      }
    }
  }

  private static void check(Reciprocal reciprocal, long dividend, long divisor) {
    assertThat(reciprocal.divide(dividend))
        .as("%d / %d", dividend, divisor)
        .isEqualTo(dividend / divisor);
  }
}
