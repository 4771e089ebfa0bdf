package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code atomic64_t}: a long that many contexts change at once. Used through {@link
 * jiffy.linux.Atomics}; a fresh object is 0.
 */
public class Atomic64T {
  /** Access to {@link #counter}. */
  public static final VarHandle __COUNTER;

  static {
    try {
      __COUNTER = MethodHandles.lookup().findVarHandle(Atomic64T.class, "counter", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Its value. */
  public volatile long counter;

  /** 0. */
  public Atomic64T() {}

  /** {@code ATOMIC64_INIT(i)}. */
  public Atomic64T(long i) {
    counter = i;
  }

  @Override
  public String toString() {
    return Long.toString(counter);
  }
}
