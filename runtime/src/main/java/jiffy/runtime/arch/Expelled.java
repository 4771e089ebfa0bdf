package jiffy.runtime.arch;

/**
 * Ends what runs on a thread that was given up: thrown by each of its waits, and by each kernel
 * function that it calls. No stack trace.
 */
public final class Expelled extends Error {
  private static final long serialVersionUID = 1L;

  /**
   * @param why for who catches it all the same: a sentence
   */
  public Expelled(String why) {
    super(why, null, false, false);
  }
}
