package jiffy.runtime.module.file;

/** A file that cannot become a module; the message, if any, is a line for the log. */
public final class BadModuleException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /**
   * @param errno positive
   * @param message who, what, and the way out; null where Linux says nothing
   */
  public BadModuleException(int errno, String message) {
    super(message, null, false, false);
    this.errno = errno;
  }

  /** The error number, positive. */
  public int errno() {
    return errno;
  }
}
