package jiffy.runtime.printk.ring;

import jiffy.kernel.Current;
import jiffy.kernel.Owner;
import jiffy.runtime.printk.Stamper;

/** Stamps what a test prints with the time and the caller that it has set. */
public final class Stamps implements Stamper {
  private long nanos;
  private int caller = 1;

  /** A stamp for a ring. */
  public static Stamp at(long nanos, int caller) {
    Stamp stamp = new Stamp();
    stamp.set(nanos, 0, caller, caller, 0, Owner.CORE);
    return stamp;
  }

  /** From now on. */
  public void set(long nanos, int caller) {
    this.nanos = nanos;
    this.caller = caller;
  }

  @Override
  public void stamp(Current current, Stamp stamp) {
    stamp.set(nanos, 0, caller, caller, 0, Owner.CORE);
  }
}
