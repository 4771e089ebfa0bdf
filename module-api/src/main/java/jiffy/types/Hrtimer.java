package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Origin;

/**
 * {@code struct hrtimer}: a callback at a nanosecond. Starting it allocates nothing.
 *
 * <p>Set it up with {@code hrtimer_init} or {@code hrtimer_setup} of {@link jiffy.linux.Hrtimers}
 * before anything else; {@link #function} may be written only while it is not active. The fields
 * that start with {@code __} are guarded by the lock of the base (CPU, hard or soft) that {@link
 * #__flags} names; the two with a {@link VarHandle} are also read without it.
 */
public class Hrtimer {
  /** Access to {@link #__queued} without the lock. */
  public static final VarHandle __QUEUED;

  /** Access to {@link #__flags} without the lock. */
  public static final VarHandle __FLAGS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      __QUEUED = lookup.findVarHandle(Hrtimer.class, "__queued", boolean.class);
      __FLAGS = lookup.findVarHandle(Hrtimer.class, "__flags", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What is called; null: starting the timer does nothing, with one warning a boot. */
  public HrtimerFunction function;

  /** {@code node.expires}: the latest time to run at, in ns of its clock. */
  public long __expires;

  /** {@code _softexpires}: the earliest time to run at. */
  public long __softexpires;

  /** Where it is queued: its {@link #__expires} when that was done, or later. */
  public long __key;

  /** Its {@link #__softexpires} when it was queued. */
  public long __due;

  /** Orders equal keys: who was queued first. */
  public long __order;

  /** Earlier ones in the tree; meaningful only while queued. */
  public Hrtimer __left;

  /** Later ones in the tree; meaningful only while queued. */
  public Hrtimer __right;

  /** Random; none below it in the tree has a greater one. */
  public int __weight;

  /** CPU (bits 0-17), MIGRATING (18), SOFT (19), REALTIME (20). */
  public int __flags;

  /** Whether it is in the tree. */
  public boolean __queued;

  /** The function that {@link #__origin} was resolved for. */
  public HrtimerFunction __resolved;

  /** Who owns the timer and where it was set up; null before set-up. */
  public Origin __origin;
}
