package jiffy.runtime.module.param;

/** A value that its parameter does not take. The message, if any, is a line for the log. */
public final class ParamException extends Exception {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /** Without a line of its own: who parses says which value of which parameter. */
  public ParamException(int errno) {
    this(errno, null);
  }

  /** With a line to be printed before that. */
  public ParamException(int errno, String message) {
    super(message, null, false, false);
    this.errno = errno;
  }

  /** The error number, positive: EINVAL, ERANGE, ENOSPC or EROFS. */
  public int errno() {
    return errno;
  }
}
