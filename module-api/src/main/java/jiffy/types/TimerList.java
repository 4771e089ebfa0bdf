package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Origin;

/**
 * {@code struct timer_list}: a callback at a jiffy. 48 bytes; arming it allocates nothing.
 *
 * <p>Set it up with {@code timer_setup}, {@code setup_timer} or {@code init_timer} of {@link
 * jiffy.linux.Timers} before anything else; the public fields may be written only while it is not
 * pending. The fields that start with {@code __} are guarded by the lock of the timer base (the
 * CPU) that {@link #__flags} names; the two with a {@link VarHandle} are also read without it, and
 * a push-back may change {@code expires} and {@code __flags} alone, with MIGRATING set meanwhile.
 */
public class TimerList {
  /** Access to {@link #__prev} without the lock. */
  public static final VarHandle __PREV;

  /** Access to {@link #__flags} without the lock. */
  public static final VarHandle __FLAGS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      __PREV = lookup.findVarHandle(TimerList.class, "__prev", TimerList.class);
      __FLAGS = lookup.findVarHandle(TimerList.class, "__flags", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** When it fires, in jiffies, absolute. Never early; late by at most the wheel's granule. */
  public long expires;

  /** What is called; null: arming the timer does nothing. */
  public TimerFunction function;

  /** Handed to {@link #function}. {@code timer_setup} sets it to the timer itself. */
  public Object data;

  /** Next in the bucket's list; meaningful only while pending. */
  public TimerList __next;

  /** Previous in the bucket's list, the bucket's head for the first; null: not pending. */
  public TimerList __prev;

  /**
   * CPU (bits 0-9), slack (10-13), target (14-17), MIGRATING (18), TIMER_* (19-21), bucket (22-31);
   * Linux 6.1's layout, whose CPU field is wider.
   */
  public int __flags;

  /** The function that {@link #__origin} was resolved for. */
  public TimerFunction __resolved;

  /** Who owns the timer and where it was set up; null before set-up. */
  public Origin __origin;

  /** Not set up yet: no function, not pending. */
  public TimerList() {}

  /**
   * A timer that is a field of the given object: {@code from_timer} finds that from the timer. 56
   * bytes.
   *
   * @param container the object, usually {@code this} in its field's initializer
   */
  public static TimerList in(Object container) {
    return new In(container);
  }

  private static final class In extends TimerList implements Embedded {
    private final Object container;

    In(Object container) {
      this.container = container;
    }

    @Override
    public Object __container() {
      return container;
    }
  }
}
