package jiffy.runtime.time;

/**
 * {@code set_timer_slack}: how much later than its expiry a timer may run, so that several can
 * share a wake-up; and where in that window it runs.
 *
 * <p>Kept in four bits as the next lower {@code 2^k - 1}: the window is never wider than asked.
 */
final class Slack {
  /** No slack was set: the wheel's granule decides. */
  static final int DEFAULT = 0;

  private static final int WIDEST = 15;

  private Slack() {}

  /** The bits for a slack in jiffies; negative: {@link #DEFAULT}. */
  static int code(int jiffies) {
    if (jiffies < 0) {
      return DEFAULT;
    }
    return Math.min(WIDEST, 64 - Long.numberOfLeadingZeros(jiffies + 1L));
  }

  /**
   * The jiffy at which a timer with this slack runs: within {@code [expires, expires + slack]} the
   * one with the most trailing zero bits, which most others choose too. (Linux 2.6.35 to 4.7,
   * {@code apply_slack}.)
   */
  static long apply(long expires, int code) {
    long window = code <= 1 ? 0 : (1L << code - 1) - 1;
    long limit = expires + window;
    long differing = expires ^ limit;
    if (differing == 0) {
      return expires;
    }
    return limit & -Long.highestOneBit(differing);
  }
}
