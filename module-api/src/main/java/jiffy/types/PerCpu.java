package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Supplier;

/**
 * A per-CPU variable: one copy for each CPU. Used through {@link jiffy.linux.Percpu}.
 *
 * @param <T> what each CPU has one of; a number is an {@link Atomic64T}
 */
public class PerCpu<T> {
  /** Access to {@link #__slots}, which are made once, at first use. */
  public static final VarHandle __SLOTS;

  static {
    try {
      __SLOTS = MethodHandles.lookup().findVarHandle(PerCpu.class, "__slots", Slot[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Makes one CPU's copy. */
  public final Supplier<? extends T> __initial;

  /**
   * By CPU; null before the first use, for a static initializer does not know how many there are.
   */
  public volatile Slot<T>[] __slots;

  /**
   * @param initial makes one CPU's copy
   */
  public PerCpu(Supplier<? extends T> initial) {
    __initial = initial;
  }

  /**
   * One CPU's copy, and what keeps that CPU's tasks apart.
   *
   * @param <T> as {@link PerCpu}
   */
  public static final class Slot<T> {
    /** The copy. */
    public final T __value;

    /** Held between {@code get_cpu_var} and {@code put_cpu_var} of a task. */
    public final SpinlockT __lock = new SpinlockT();

    /** The context that holds the lock, or null. */
    public volatile Object __holder;

    /** How often the holder has taken it besides the first time; the holder's. */
    public int __depth;

    /** Not held. */
    public Slot(T value) {
      __value = value;
    }
  }
}
