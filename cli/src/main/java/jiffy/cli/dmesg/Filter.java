package jiffy.cli.dmesg;

import java.util.Set;
import jiffy.cli.dmesg.record.DmesgFailure;
import jiffy.cli.dmesg.record.Message;
import jiffy.cli.dmesg.time.WallClock;

/**
 * Which records are shown.
 *
 * @param levels bit n for level n, or -1 for all records
 * @param facilities bit n for facility n, or -1 for all records
 * @param sinceMicros records of a later wall time only, in microseconds since 1970
 * @param untilMicros records of an earlier wall time only, in microseconds since 1970
 * @param modules records of these modules only; empty: of all, and of none
 * @param text records with such a text only, or null
 */
record Filter(
    int levels,
    int facilities,
    long sinceMicros,
    long untilMicros,
    Set<String> modules,
    TextPattern text) {
  /** Bits of all that is not the kernel's. */
  static final int USERSPACE = 0xfffffe;

  /** The bit of the kernel. */
  static final int KERNEL = 1;

  boolean accepts(Message message, WallClock clock) throws DmesgFailure {
    long wallMicros = clock.epochMicros(message);
    return in(levels, message.level())
        && in(facilities, message.facility())
        && wallMicros > sinceMicros
        && wallMicros < untilMicros
        && (modules.isEmpty() || modules.contains(message.module()))
        && (text == null || text.occursIn(message.text()));
  }

  private static boolean in(int set, int bit) {
    return set == -1 || bit >= 0 && bit < Integer.SIZE && (set >> bit & 1) != 0;
  }
}
