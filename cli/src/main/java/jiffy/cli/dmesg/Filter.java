package jiffy.cli.dmesg;

/**
 * Which records are shown.
 *
 * @param levels bit n for level n, or -1 for all records
 * @param facilities bit n for facility n, or -1 for all records
 * @param sinceMicros records of a later wall time only, in microseconds since 1970
 * @param untilMicros records of an earlier wall time only, in microseconds since 1970
 */
record Filter(int levels, int facilities, long sinceMicros, long untilMicros) {
  /** Bits of all that is not the kernel's. */
  static final int USERSPACE = 0xfffffe;

  /** The bit of the kernel. */
  static final int KERNEL = 1;

  boolean accepts(Message message, WallClock clock) {
    long wallMicros = clock.epochMicros(message.timeMicros());
    return in(levels, message.level())
        && in(facilities, message.facility())
        && wallMicros > sinceMicros
        && wallMicros < untilMicros;
  }

  private static boolean in(int set, int bit) {
    return set == -1 || bit >= 0 && bit < Integer.SIZE && (set >> bit & 1) != 0;
  }
}
