package jiffy.types;

/**
 * {@code loff_t *}: a position in a file that a read or write moves on. C's {@code *pos} is {@link
 * #value}.
 */
public class LoffT {
  /** Bytes from the file's beginning. */
  public long value;
}
