package jiffy.cli.kmod;

/** The run cannot go on: its user has gone, or there is no kernel. The cause tells. */
public final class StoppedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** For that reason, which whoever started the run understands. */
  public StoppedException(Exception cause) {
    super(cause);
  }
}
