package jiffy.cli.dmesg.print;

import java.util.Map;
import jiffy.cli.dmesg.record.DmesgFailure;
import jiffy.cli.dmesg.time.TimeStamps;

/** ANSI colours for the parts of a record; paints nothing when switched off. */
public final class Colors {
  private static final String RESET = "\u001b[0m";
  private static final String RED = "\u001b[31m";
  private static final String GREEN = "\u001b[32m";
  private static final String BROWN = "\u001b[33m";
  private static final String BOLD = "\u001b[1m";
  private static final String DIM = "\u001b[2m";
  private static final String REVERSE = "\u001b[7m";

  private final boolean on;

  public Colors(boolean on) {
    this.on = on;
  }

  /** When to paint. */
  public enum Mode {
    AUTO,
    ALWAYS,
    NEVER;

    /** The mode that {@code --color=name} asks for. */
    public static Mode named(String name) throws DmesgFailure {
      String plain = name.startsWith("=") ? name.substring(1) : name;
      for (Mode mode : values()) {
        if (mode.name().equalsIgnoreCase(plain)) {
          return mode;
        }
      }
      throw DmesgFailure.of("unsupported color mode: " + name);
    }
  }

  /**
   * Whether to paint for this client.
   *
   * @param mode what {@code --color} says, null if it was not given: only then do the files of
   *     terminal-colors.d count
   */
  public static boolean wanted(Mode mode, Client client) {
    if (mode == Mode.ALWAYS || mode == Mode.NEVER || !client.terminal()) {
      return mode == Mode.ALWAYS;
    }
    Map<String, String> environment = client.environment();
    boolean able =
        environment.getOrDefault("NO_COLOR", "").isEmpty()
            && !"dumb".equals(environment.get("TERM"));
    return able && (mode == Mode.AUTO || !TerminalColors.areDisabled(environment));
  }

  /** A time stamp, its blank included. */
  public String stamp(TimeStamps.Stamp stamp) {
    return paint(stamp.minuteBreak() ? GREEN + BOLD : GREEN, stamp.text());
  }

  /** The text of a record: its subsystem ({@code usb 1-1: }), then the rest by level. */
  public String text(String text, int level) {
    if (!on) {
      return text;
    }
    int subsystem = subsystemLength(text);
    String rest = paint(severity(level, text), text.substring(subsystem));
    return subsystem == 0 ? rest : paint(BROWN, text.substring(0, subsystem)) + rest;
  }

  private String paint(String color, String text) {
    return on && !color.isEmpty() ? color + text + RESET : text;
  }

  private static String severity(int level, String text) {
    return switch (level) {
      case 1 -> REVERSE + RED;
      case 2 -> BOLD + RED;
      case 3 -> RED;
      case 4 -> BOLD;
      default -> text.contains("segfault at") ? DIM + RED : "";
    };
  }

  /** The length up to and including the first colon that a blank follows, and the blank. */
  private static int subsystemLength(String text) {
    for (int colon = text.indexOf(':'); colon >= 0; colon = text.indexOf(':', colon + 1)) {
      char next = colon + 1 < text.length() ? text.charAt(colon + 1) : 0;
      if (next == ' ' || next == '\t') {
        return colon + 2;
      }
    }
    return 0;
  }
}
