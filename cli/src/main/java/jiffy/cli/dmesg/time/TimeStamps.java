package jiffy.cli.dmesg.time;

import java.time.ZonedDateTime;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import jiffy.cli.dmesg.record.Message;

/** Writes the time of each record in the formats asked for. Confined to one thread. */
public final class TimeStamps {
  /**
   * One time stamp.
   *
   * @param text the stamp with its trailing blank
   * @param minuteBreak whether it announces a new minute ({@link TimeFormat#RELTIME})
   */
  public record Stamp(String text, boolean minuteBreak) {}

  private static final long MICROS_PER_SECOND = 1_000_000;

  private final List<TimeFormat> formats;
  private final WallClock clock;

  /** Time of the record before, 0 if there was none: a delta to it is 0 as well. */
  private long previousMicros;

  /** Local time of the last record that was stamped, null before the first. */
  private ZonedDateTime stamped;

  public TimeStamps(List<TimeFormat> formats, WallClock clock) {
    this.formats = formats;
    this.clock = clock;
  }

  /** Passes over a record that is not shown; the next delta counts from it. */
  public void skip(Message message) {
    previousMicros = message.timeMicros();
  }

  /** The stamps of the next record. */
  public List<Stamp> next(Message message) {
    long timeMicros = message.timeMicros();
    long deltaMicros = previousMicros == 0 ? 0 : timeMicros - previousMicros;
    previousMicros = timeMicros;
    if (formats.isEmpty()) {
      return List.of();
    }
    ZonedDateTime local = clock.at(message);
    boolean minuteBreak = stamped == null || !sameMinute(stamped, local);
    stamped = local;
    return stamps(timeMicros, deltaMicros, local, minuteBreak);
  }

  /** The stamps of a further line of a record ({@code --force-prefix}). */
  public List<Stamp> again(Message message) {
    return stamps(message.timeMicros(), 0, clock.at(message), false);
  }

  /** Seconds since boot, as in {@code %5d.%06d}. */
  public static String seconds(long micros) {
    return padded(decimal(micros), 12);
  }

  private List<Stamp> stamps(
      long timeMicros, long deltaMicros, ZonedDateTime local, boolean minuteBreak) {
    List<Stamp> stamps = new ArrayList<>(formats.size());
    for (TimeFormat format : formats) {
      String delta = "<" + padded(decimal(deltaMicros), 12) + ">";
      switch (format) {
        case RAW -> stamps.add(bracketed(seconds(timeMicros)));
        case RAW_DELTA -> stamps.add(bracketed(seconds(timeMicros) + " " + delta));
        case DELTA -> stamps.add(bracketed(delta));
        case CTIME -> stamps.add(bracketed(ctime(local)));
        case CTIME_DELTA -> stamps.add(bracketed(ctime(local) + " " + delta));
        case ISO -> stamps.add(new Stamp(iso(local) + " ", false));
        case RELTIME ->
            stamps.add(
                minuteBreak
                    ? new Stamp("[" + minute(local) + "] ", true)
                    : bracketed(relative(deltaMicros)));
        case NOTIME -> {}
      }
    }
    return stamps;
  }

  private static Stamp bracketed(String text) {
    return new Stamp("[" + text + "] ", false);
  }

  private static boolean sameMinute(ZonedDateTime a, ZonedDateTime b) {
    return a.getMinute() == b.getMinute()
        && a.getHour() == b.getHour()
        && a.getDayOfYear() == b.getDayOfYear();
  }

  /** As in {@code +7.000000} below ten seconds, {@code +19.000000} from there on. */
  private static String relative(long deltaMicros) {
    String signed = (deltaMicros < 0 ? "" : "+") + decimal(deltaMicros);
    boolean small = deltaMicros < 10 * MICROS_PER_SECOND;
    return small ? "  " + padded(signed, 8) : " " + padded(signed, 9);
  }

  private static String minute(ZonedDateTime t) {
    return String.format(
        Locale.ROOT, "%s%2d %02d:%02d", month(t), t.getDayOfMonth(), t.getHour(), t.getMinute());
  }

  private static String ctime(ZonedDateTime t) {
    return String.format(
        Locale.ROOT,
        "%s %s %2d %02d:%02d:%02d %d",
        t.getDayOfWeek().getDisplayName(TextStyle.SHORT, Locale.ENGLISH),
        month(t),
        t.getDayOfMonth(),
        t.getHour(),
        t.getMinute(),
        t.getSecond(),
        t.getYear());
  }

  private static String iso(ZonedDateTime t) {
    int offsetMinutes = t.getOffset().getTotalSeconds() / 60;
    return String.format(
        Locale.ROOT,
        "%04d-%02d-%02dT%02d:%02d:%02d,%06d%c%02d:%02d",
        t.getYear(),
        t.getMonthValue(),
        t.getDayOfMonth(),
        t.getHour(),
        t.getMinute(),
        t.getSecond(),
        t.getNano() / 1000,
        offsetMinutes < 0 ? '-' : '+',
        Math.abs(offsetMinutes) / 60,
        Math.abs(offsetMinutes) % 60);
  }

  /** {@code %b} of the C locale; java.text would say {@code Sept} on newer JDKs. */
  private static String month(ZonedDateTime t) {
    return "JanFebMarAprMayJunJulAugSepOctNovDec"
        .substring(3 * t.getMonthValue() - 3, 3 * t.getMonthValue());
  }

  private static String decimal(long micros) {
    long magnitude = Math.abs(micros);
    return String.format(
        Locale.ROOT,
        "%s%d.%06d",
        micros < 0 ? "-" : "",
        magnitude / MICROS_PER_SECOND,
        magnitude % MICROS_PER_SECOND);
  }

  private static String padded(String text, int width) {
    return " ".repeat(Math.max(0, width - text.length())) + text;
  }
}
