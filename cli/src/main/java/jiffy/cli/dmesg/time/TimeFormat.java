package jiffy.cli.dmesg.time;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import jiffy.cli.dmesg.record.DmesgFailure;

/** How the time of a record is shown. */
public enum TimeFormat {
  /** Seconds since boot: {@code [ 1.000000]}. */
  RAW,
  /** Seconds since the record before: {@code [< 1.000000>]}. */
  DELTA,
  /** Local time once a minute, else the delta: {@code [ +1.000000]}. */
  RELTIME,
  /** Local time: {@code [Fri Feb 13 23:31:31 2009]}. */
  CTIME,
  /** No time. */
  NOTIME,
  /** ISO 8601 with microseconds: {@code 2009-02-13T23:31:31,123456+00:00}. */
  ISO,
  /** {@link #RAW} and {@link #DELTA} in one pair of brackets. */
  RAW_DELTA,
  /** {@link #CTIME} and {@link #DELTA} in one pair of brackets. */
  CTIME_DELTA;

  private static final Set<TimeFormat> NAMED = EnumSet.range(RAW, ISO);

  /** The format that {@code --time-format} calls {@code name}. */
  public static TimeFormat named(String name) throws DmesgFailure {
    for (TimeFormat format : NAMED) {
      if (format.name().toLowerCase(Locale.ROOT).equals(name)) {
        return format;
      }
    }
    throw DmesgFailure.of("unknown time format: " + name);
  }

  /**
   * What to print for the formats asked for, in that order.
   *
   * <p>{@link #NOTIME} beats everything but a delta. A delta moves into the brackets of the first
   * {@link #RAW} or {@link #CTIME}, if there is one; {@code --show-delta} alone brings its own RAW.
   *
   * @param showDelta whether {@code --show-delta} was given
   */
  public static List<TimeFormat> resolve(List<TimeFormat> requested, boolean showDelta) {
    Set<TimeFormat> formats = new LinkedHashSet<>(requested);
    if (formats.isEmpty()) {
      formats.add(RAW);
    }
    if (showDelta) {
      formats.add(DELTA);
    }
    boolean delta = formats.contains(DELTA);
    if (formats.contains(NOTIME)) {
      return delta ? List.of(DELTA) : List.of();
    }
    List<TimeFormat> shown = new ArrayList<>(formats);
    if (delta) {
      shown.stream()
          .filter(format -> format == RAW || format == CTIME)
          .findFirst()
          .ifPresent(partner -> mergeDelta(shown, partner));
    }
    return List.copyOf(shown);
  }

  private static void mergeDelta(List<TimeFormat> shown, TimeFormat partner) {
    int place = Math.min(shown.indexOf(partner), shown.indexOf(DELTA));
    shown.remove(partner);
    shown.remove(DELTA);
    shown.add(place, partner == RAW ? RAW_DELTA : CTIME_DELTA);
  }
}
