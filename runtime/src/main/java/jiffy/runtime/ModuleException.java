package jiffy.runtime;

/** A module could not be loaded or unloaded. */
public final class ModuleException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  ModuleException(String action, String module, int error, String lastLogLine) {
    super(
        action
            + " "
            + module
            + " failed with errno "
            + error
            + "; last line of the log: "
            + lastLogLine);
    this.errno = -error;
  }

  /** The error number, positive: {@link jiffy.linux.Errno}. */
  public int errno() {
    return errno;
  }
}
