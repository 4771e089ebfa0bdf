package jiffy.cli.dmesg.record;

/**
 * A record of the kernel's log, with what its text does not say.
 *
 * @param text as {@code /dev/kmsg} gives it out, see {@link RecordSource}
 * @param wallMicros wall time when it was printed, in microseconds since 1970, or {@link
 *     #NO_WALL_TIME}
 * @param module the module on whose behalf it was printed, "" if none: the kernel, or a user
 * @param lost how many records before it were overwritten before they could be read
 */
public record KmsgRecord(String text, long wallMicros, String module, long lost) {
  /** Nobody has noted the wall time: it follows from the boot's. */
  public static final long NO_WALL_TIME = Long.MIN_VALUE;

  /** A record of which no more is known than what its text says. */
  public static KmsgRecord of(String text) {
    return new KmsgRecord(text, NO_WALL_TIME, "", 0);
  }
}
