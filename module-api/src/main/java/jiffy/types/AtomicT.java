package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code atomic_t}: an int that many contexts change at once. Used through {@link
 * jiffy.linux.Atomics}; a fresh object is 0.
 */
public class AtomicT {
  /** Access to {@link #counter}. */
  public static final VarHandle __COUNTER;

  static {
    try {
      __COUNTER = MethodHandles.lookup().findVarHandle(AtomicT.class, "counter", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Its value. */
  public volatile int counter;

  /** 0. */
  public AtomicT() {}

  /** {@code ATOMIC_INIT(i)}. */
  public AtomicT(int i) {
    counter = i;
  }

  @Override
  public String toString() {
    return Integer.toString(counter);
  }
}
