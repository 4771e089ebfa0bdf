package jiffy.cli.dmesg.time;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.dmesg.record.KmsgRecord;
import jiffy.cli.dmesg.record.Message;

/**
 * Turns record times into the client's local time. Immutable.
 *
 * <p>A record of a running kernel has its wall time with it, as the clock was when it was printed:
 * no suspend and no step of the clock since then makes it wrong. For one of a file there is only
 * the boot time to add.
 */
public final class WallClock {
  private static final long MICROS_PER_SECOND = 1_000_000;

  /** No date of year 10000 or later: keeps arithmetic and formats in bounds for absurd times. */
  private static final long MAX_MICROS = 253_402_300_799L * MICROS_PER_SECOND;

  private static final Pattern BOOT_TIME = Pattern.compile("(\\d{1,11})\\.(\\d{1,6})");

  /** A POSIX zone without daylight saving time: {@code EST5}, {@code <+0530>-5:30}. */
  private static final Pattern POSIX_ZONE =
      Pattern.compile("(?:[A-Za-z]{3,}|<[^>]+>)([+-]?)(\\d{1,2})(?::(\\d{1,2}))?(?::(\\d{1,2}))?");

  private final long bootEpochMicros;
  private final boolean forced;
  private final ZoneId zone;

  private WallClock(long bootEpochMicros, boolean forced, ZoneId zone) {
    this.bootEpochMicros = bootEpochMicros;
    this.forced = forced;
    this.zone = zone;
  }

  /**
   * The clock of an environment: zone from TZ, boot time from DMESG_TEST_BOOTIME (SEC.USEC) if it
   * is there: it then counts for all records.
   *
   * @param bootEpochMicros boot time otherwise, in microseconds since 1970
   */
  public static WallClock of(Map<String, String> environment, long bootEpochMicros) {
    long boot = bootEpochMicros;
    Matcher forced = BOOT_TIME.matcher(environment.getOrDefault("DMESG_TEST_BOOTIME", ""));
    if (forced.matches()) {
      boot = Long.parseLong(forced.group(1)) * MICROS_PER_SECOND + Long.parseLong(forced.group(2));
    }
    return new WallClock(boot, forced.matches(), zone(environment.get("TZ")));
  }

  /** The client's zone. */
  public ZoneId zone() {
    return zone;
  }

  /** Wall time of a record, in microseconds since 1970. */
  public long epochMicros(Message message) {
    boolean noted = message.wallMicros() != KmsgRecord.NO_WALL_TIME && !forced;
    long micros =
        noted ? message.wallMicros() : bootEpochMicros + Math.min(message.timeMicros(), MAX_MICROS);
    return Math.min(micros, MAX_MICROS);
  }

  /** Local time of a record. */
  public ZonedDateTime at(Message message) {
    long micros = epochMicros(message);
    long seconds = Math.floorDiv(micros, MICROS_PER_SECOND);
    long nanos = Math.floorMod(micros, MICROS_PER_SECOND) * 1000;
    return Instant.ofEpochSecond(seconds, nanos).atZone(zone);
  }

  /** The zone that TZ means: the system's if unset, UTC if it says nothing we know (as libc). */
  private static ZoneId zone(String tz) {
    if (tz == null) {
      return ZoneId.systemDefault();
    }
    String name = tz.startsWith(":") ? tz.substring(1) : tz;
    try {
      Matcher posix = POSIX_ZONE.matcher(name);
      if (posix.matches()) {
        int seconds = 3600 * Integer.parseInt(posix.group(2));
        seconds += posix.group(3) == null ? 0 : 60 * Integer.parseInt(posix.group(3));
        seconds += posix.group(4) == null ? 0 : Integer.parseInt(posix.group(4));
        boolean east = "-".equals(posix.group(1)); // POSIX counts westward
        return ZoneOffset.ofTotalSeconds(east ? seconds : -seconds);
      }
      return name.isEmpty() ? ZoneOffset.UTC : ZoneId.of(name);
    } catch (DateTimeException unknown) {
      return ZoneOffset.UTC;
    }
  }
}
