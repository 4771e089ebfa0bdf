package jiffy.benchmarks.report;

/**
 * What a suite was asked for: {@code [--rounds N] [--quick] [--all] [--only TEXT]}.
 *
 * @param rounds times that everything is run, each in a fresh JVM
 * @param quick one short round, to see that it works: its figures mean nothing
 * @param all every peer at every size
 * @param only sections whose name contains this; empty: all
 */
public record Plan(int rounds, boolean quick, boolean all, String only) {
  /**
   * From the command line.
   *
   * @throws IllegalArgumentException for what it does not know
   */
  public static Plan parse(int defaultRounds, String... arguments) {
    int rounds = 0;
    boolean quick = false;
    boolean all = false;
    String only = "";
    for (int i = 0; i < arguments.length; i++) {
      switch (arguments[i]) {
        case "--quick" -> quick = true;
        case "--all" -> all = true;
        case "--rounds" -> rounds = Integer.parseInt(value(arguments, ++i));
        case "--only" -> only = value(arguments, ++i);
        default ->
            throw new IllegalArgumentException(
                "'"
                    + arguments[i]
                    + "' is unknown; there are --rounds N, --quick, --all, --only TEXT");
      }
    }
    if (rounds == 0) {
      rounds = quick ? 1 : defaultRounds;
    }
    return new Plan(rounds, quick, all, only);
  }

  private static String value(String[] arguments, int at) {
    if (at == arguments.length) {
      throw new IllegalArgumentException(arguments[at - 1] + " needs a value");
    }
    return arguments[at];
  }

  /** Whether a section is wanted. */
  public boolean wants(String section) {
    return section.contains(only);
  }

  /** Says on standard error what runs now. */
  public static void progress(String text) {
    System.err.println("bench: " + text);
  }
}
