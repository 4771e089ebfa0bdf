package jiffy.cli.dmesg;

/**
 * A log record as dmesg shows it.
 *
 * @param priority facility * 8 + level, or -1 if the record has none
 * @param timeMicros microseconds since boot
 * @param caller {@code T<tid>} or {@code C<cpu>}, or null
 * @param text the bytes of the text, one char (0..255) a byte, without the final newline
 */
record Message(int priority, long timeMicros, String caller, String text) {
  /** The facility, or -1. */
  int facility() {
    return priority < 0 ? -1 : priority >> 3;
  }

  /** The level, 0 (emerg) to 7 (debug), or -1. */
  int level() {
    return priority < 0 ? -1 : priority & 7;
  }
}
