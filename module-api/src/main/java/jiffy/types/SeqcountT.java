package jiffy.types;

/**
 * {@code seqcount_t}: lets readers notice that a writer was at work. Used through {@link
 * jiffy.linux.Seqlocks}.
 */
public class SeqcountT {
  /** Odd while a writer is at work; each of them adds 2. */
  public volatile int sequence;
}
