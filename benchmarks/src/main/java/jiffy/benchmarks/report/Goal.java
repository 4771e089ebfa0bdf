package jiffy.benchmarks.report;

/**
 * What is owed: a bound for one cell of the report, alone or against a peer's cell of the same
 * column.
 *
 * @param what for people
 * @param section of the report
 * @param column in it
 * @param ours our row
 * @param peer the peer's row; null: the bound is absolute
 * @param kind how the bound is meant
 * @param bound the number
 */
public record Goal(
    String what, String section, String column, String ours, String peer, Kind kind, double bound) {

  /** How a bound is meant. */
  public enum Kind {
    /** The peer's figure is at least so many times ours. */
    TIMES_AHEAD,
    /** Ours is at most so many times the peer's. */
    TIMES_OF,
    /** Ours exceeds the peer's by less than this. */
    POINTS_MORE,
    /** Ours is at most this. */
    AT_MOST,
    /** Ours is at least this. */
    AT_LEAST
  }

  /** What is compared with the bound. */
  double value(Spread mine, Spread theirs) {
    return switch (kind) {
      case TIMES_AHEAD -> theirs.median() / mine.median();
      case TIMES_OF -> mine.median() / theirs.median();
      case POINTS_MORE -> mine.median() - theirs.median();
      case AT_MOST, AT_LEAST -> mine.median();
    };
  }

  /** Whether that is enough. */
  boolean isMet(double value) {
    return kind == Kind.TIMES_AHEAD || kind == Kind.AT_LEAST ? value >= bound : value <= bound;
  }

  /** The bound, for people. */
  String owed() {
    String number = Spread.number(bound);
    return switch (kind) {
      case TIMES_AHEAD -> "peer/ours >= " + number + "x";
      case TIMES_OF -> "ours/peer <= " + number + "x";
      case POINTS_MORE -> "ours - peer <= " + number;
      case AT_MOST -> "<= " + number;
      case AT_LEAST -> ">= " + number;
    };
  }

  /** The value, with its unit. */
  String format(double value) {
    boolean ratio = kind == Kind.TIMES_AHEAD || kind == Kind.TIMES_OF;
    return Spread.number(value) + (ratio ? "x" : "");
  }
}
