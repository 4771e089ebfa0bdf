package jiffy.types;

/**
 * {@code seqlock_t}: readers who never hold a writer up, but may have to read again. Used through
 * {@link jiffy.linux.Seqlocks}. A fresh object is unlocked.
 */
public class SeqlockT {
  /** What readers look at. */
  public final SeqcountT seqcount = new SeqcountT();

  /** Keeps writers apart. */
  public final SpinlockT lock = new SpinlockT();
}
