package jiffy.runtime.arch;

/**
 * A simulation cannot go on: a thread holds the baton and does not come back, or all wait for each
 * other. The message names who.
 */
public final class SimStalledException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  SimStalledException(String message) {
    super(message);
  }
}
