package jiffy.cli.dmesg.record;

/** Why dmesg gives up with exit status 1: what it prints on standard error. */
public final class DmesgFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean usage;

  private DmesgFailure(String message, boolean usage) {
    super(message, null, false, false);
    this.usage = usage;
  }

  /** A failure told as {@code dmesg: message}. */
  public static DmesgFailure of(String message) {
    return new DmesgFailure(message, false);
  }

  /** A misuse of the command line: the message, if any, and where to find help. */
  public static DmesgFailure usage(String message) {
    return new DmesgFailure(message, true);
  }

  /** The lines for standard error. */
  public String report() {
    String line = getMessage() == null ? "" : "dmesg: " + getMessage() + "\n";
    return usage ? line + "Try 'dmesg --help' for more information.\n" : line;
  }
}
