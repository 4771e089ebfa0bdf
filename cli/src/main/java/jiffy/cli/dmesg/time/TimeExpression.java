package jiffy.cli.dmesg.time;

import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.cli.dmesg.record.DmesgFailure;

/**
 * The times that {@code --since} and {@code --until} take.
 *
 * <pre>
 * 20090213233130  2009-02-13  2009-02-13 23:31[:30[.5]]  2009-02-13T23:31  23:31[:30]
 * now today yesterday tomorrow  +5min  -5days  5 days ago  @1234567890[.5]
 * </pre>
 */
public final class TimeExpression {
  private static final long MICROS_PER_SECOND = 1_000_000;
  private static final double MICROS_PER_DAY = 86_400e6;
  private static final double MAX_SPAN_MICROS = 10_000 * 365.25 * MICROS_PER_DAY;

  private static final Pattern EPOCH = Pattern.compile("@(\\d{1,11})(?:\\.(\\d+))?");
  private static final Pattern COMPACT =
      Pattern.compile("(\\d{4})(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)(\\d\\d)()");
  private static final String TIME = "(\\d{1,2}):(\\d{1,2})(?::(\\d{1,2})(?:[.,](\\d+))?)?";
  private static final Pattern DATE_TIME =
      Pattern.compile("(\\d{4}|\\d\\d)-(\\d{1,2})-(\\d{1,2})(?:(?: +|T)" + TIME + ")?");
  private static final Pattern TIME_TODAY = Pattern.compile("()()()" + TIME);
  private static final Pattern SPAN = Pattern.compile("\\s*(\\d{1,12}(?:\\.\\d+)?)\\s*([a-z]+)");

  /** Microseconds in each unit of a span. */
  private static final Map<String, Double> UNITS =
      Map.ofEntries(
          Map.entry("us", 1.0),
          Map.entry("usec", 1.0),
          Map.entry("ms", 1e3),
          Map.entry("msec", 1e3),
          Map.entry("s", 1e6),
          Map.entry("sec", 1e6),
          Map.entry("second", 1e6),
          Map.entry("seconds", 1e6),
          Map.entry("m", 60e6),
          Map.entry("min", 60e6),
          Map.entry("minute", 60e6),
          Map.entry("minutes", 60e6),
          Map.entry("h", 3600e6),
          Map.entry("hr", 3600e6),
          Map.entry("hour", 3600e6),
          Map.entry("hours", 3600e6),
          Map.entry("d", MICROS_PER_DAY),
          Map.entry("day", MICROS_PER_DAY),
          Map.entry("days", MICROS_PER_DAY),
          Map.entry("w", 7 * MICROS_PER_DAY),
          Map.entry("week", 7 * MICROS_PER_DAY),
          Map.entry("weeks", 7 * MICROS_PER_DAY),
          Map.entry("month", 30.4375 * MICROS_PER_DAY),
          Map.entry("months", 30.4375 * MICROS_PER_DAY),
          Map.entry("y", 365.25 * MICROS_PER_DAY),
          Map.entry("year", 365.25 * MICROS_PER_DAY),
          Map.entry("years", 365.25 * MICROS_PER_DAY));

  private TimeExpression() {}

  /**
   * What an expression means.
   *
   * @param now the client's local time, for what is relative to it
   * @return microseconds since 1970
   */
  public static long epochMicros(String expression, ZonedDateTime now) throws DmesgFailure {
    Long micros = absolute(expression, now);
    if (micros == null) {
      micros = relative(expression, now);
    }
    if (micros == null) {
      throw DmesgFailure.of("invalid time value \"" + expression + "\"");
    }
    return micros;
  }

  private static Long absolute(String text, ZonedDateTime now) {
    Matcher epoch = EPOCH.matcher(text);
    if (epoch.matches()) {
      return Long.parseLong(epoch.group(1)) * MICROS_PER_SECOND + fraction(epoch.group(2));
    }
    for (Pattern pattern : new Pattern[] {COMPACT, DATE_TIME, TIME_TODAY}) {
      Matcher date = pattern.matcher(text);
      if (date.matches()) {
        return date(date, now);
      }
    }
    return null;
  }

  /** The moment in groups year, month, day, hour, minute, second, fraction; null if none. */
  private static Long date(Matcher fields, ZonedDateTime now) {
    int month = number(fields.group(2), now.getMonthValue());
    int day = number(fields.group(3), now.getDayOfMonth());
    int hour = number(fields.group(4), 0);
    int minute = number(fields.group(5), 0);
    int second = number(fields.group(6), 0);
    boolean sane = month >= 1 && month <= 12 && day >= 1 && day <= 31;
    if (!sane || hour > 23 || minute > 59 || second > 61) {
      return null;
    }
    int year = number(fields.group(1), now.getYear());
    if (fields.group(1).length() == 2) {
      year += year < 69 ? 2000 : 1900;
    }
    // As mktime(3): 31 February is early in March.
    LocalDateTime local =
        LocalDate.of(year, month, 1).plusDays(day - 1).atTime(hour, minute).plusSeconds(second);
    return micros(local.atZone(now.getZone()).toInstant()) + fraction(fields.group(7));
  }

  private static Long relative(String text, ZonedDateTime now) {
    long nowMicros = micros(now.toInstant());
    ZonedDateTime midnight = now.truncatedTo(ChronoUnit.DAYS);
    switch (text) {
      case "now":
        return nowMicros;
      case "today":
        return micros(midnight.toInstant());
      case "yesterday":
        return micros(midnight.minusDays(1).toInstant());
      case "tomorrow":
        return micros(midnight.plusDays(1).toInstant());
      default:
        break;
    }
    Long span = null;
    if (text.startsWith("+")) {
      span = span(text.substring(1));
    } else if (text.startsWith("-")) {
      span = span(text.substring(1));
      span = span == null ? null : -span;
    } else if (text.endsWith(" ago")) {
      span = span(text.substring(0, text.length() - 4));
      span = span == null ? null : -span;
    }
    return span == null ? null : Long.valueOf(nowMicros + span);
  }

  /** The microseconds of a span such as {@code 1h 30min}, ten thousand years at most; or null. */
  private static Long span(String text) {
    Matcher part = SPAN.matcher(text);
    double micros = 0;
    int end = 0;
    while (part.find() && part.start() == end && UNITS.containsKey(part.group(2))) {
      micros += Double.parseDouble(part.group(1)) * UNITS.get(part.group(2));
      end = part.end();
    }
    boolean whole = end > 0 && end == text.stripTrailing().length();
    return whole ? Long.valueOf((long) Math.min(micros, MAX_SPAN_MICROS)) : null;
  }

  private static int number(String digits, int otherwise) {
    return digits == null || digits.isEmpty() ? otherwise : Integer.parseInt(digits);
  }

  /** The microseconds of the digits after a decimal point. */
  private static long fraction(String digits) {
    if (digits == null || digits.isEmpty()) {
      return 0;
    }
    return Long.parseLong((digits + "00000").substring(0, 6));
  }

  private static long micros(Instant instant) {
    return instant.getEpochSecond() * MICROS_PER_SECOND + instant.getNano() / 1000;
  }
}
