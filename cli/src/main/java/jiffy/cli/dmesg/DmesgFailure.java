package jiffy.cli.dmesg;

/** Why dmesg gives up with exit status 1: what it prints on standard error. */
final class DmesgFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private final boolean usage;

  private DmesgFailure(String message, boolean usage) {
    super(message, null, false, false);
    this.usage = usage;
  }

  /** A failure told as {@code dmesg: message}. */
  static DmesgFailure of(String message) {
    return new DmesgFailure(message, false);
  }

  /** A misuse of the command line: the message, if any, and where to find help. */
  static DmesgFailure usage(String message) {
    return new DmesgFailure(message, true);
  }

  /** The lines for standard error. */
  String report() {
    String line = getMessage() == null ? "" : "dmesg: " + getMessage() + "\n";
    return usage ? line + "Try 'dmesg --help' for more information.\n" : line;
  }
}
