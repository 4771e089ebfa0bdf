package jiffy.cli.dmesg.record;

/**
 * A log record as dmesg shows it.
 *
 * @param priority facility * 8 + level, or -1 if the record has none
 * @param timeMicros microseconds since boot
 * @param wallMicros microseconds since 1970, or {@link KmsgRecord#NO_WALL_TIME}
 * @param caller {@code T<tid>} or {@code C<cpu>}, or null
 * @param module whose record it is, "" if no module's or if that is not known
 * @param text the bytes of the text, one char (0..255) a byte, without the final newline
 */
public record Message(
    int priority, long timeMicros, long wallMicros, String caller, String module, String text) {
  /** A record of a file, which says no more than that. */
  public Message(int priority, long timeMicros, String caller, String text) {
    this(priority, timeMicros, KmsgRecord.NO_WALL_TIME, caller, "", text);
  }

  /** The facility, or -1. */
  public int facility() {
    return priority < 0 ? -1 : priority >> 3;
  }

  /** The level, 0 (emerg) to 7 (debug), or -1. */
  public int level() {
    return priority < 0 ? -1 : priority & 7;
  }

  /** The same record with the wall time and the module that its source knows. */
  public Message from(KmsgRecord source) {
    return new Message(priority, timeMicros, source.wallMicros(), caller, source.module(), text);
  }

  /** The same record with another text. */
  public Message withText(String other) {
    return new Message(priority, timeMicros, wallMicros, caller, module, other);
  }
}
