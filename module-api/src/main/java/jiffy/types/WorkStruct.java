package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import jiffy.kernel.Origin;

/**
 * {@code struct work_struct}: a function that runs soon, in process context. Queueing it allocates
 * nothing.
 *
 * <p>Set it up with {@code INIT_WORK} of {@link jiffy.linux.Workqueues}, or make it with {@code
 * DECLARE_WORK}; a module's own struct may extend it, or have it as a field made by {@link #in}.
 * Who has set the pending bit of {@link #__state} owns the item until it clears the bit; while it
 * is queued the lock of the pool guards it besides. The runtime's {@code PendingBit} has the whole
 * story.
 */
public class WorkStruct {
  /** Bit of {@link #__state}: queued, or its delay runs. */
  public static final int __PENDING = 1;

  /** Bit of {@link #__state}: {@code cancel_work_sync} waits for it; it cannot be queued. */
  public static final int __CANCELING = 2;

  /**
   * Value of {@link #__state}: at home in an inbox, {@link #__home}, which knows by its ticket
   * whether it is queued.
   */
  public static final int __HOMED = 4;

  /** Atomic access to {@link #__state}. */
  public static final VarHandle __STATE;

  /** Ordered access to {@link #__data}. */
  public static final VarHandle __DATA;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      __STATE = lookup.findVarHandle(WorkStruct.class, "__state", int.class);
      __DATA = lookup.findVarHandle(WorkStruct.class, "__data", Object.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /*
   * In this order, which JVMs keep within the references: what is read whenever the item is handed
   * from one processor to another lies together, and so seldom in two cache lines.
   */

  /** What is called; may be written while the item is neither pending nor running. */
  public WorkFunction func;

  /** 0: idle; {@link #__PENDING}, with or without {@link #__CANCELING}; {@link #__HOMED}. */
  public volatile int __state;

  /** C's {@code data}: the queue it is on; or the pool that ran it last; null: never queued. */
  public volatile Object __data;

  /** Its number in that inbox, where its ticket is kept; 0: none yet. */
  public long __seat;

  /** The queue's part to whose inbox it came in last; of meaning while {@link #__HOMED}. */
  public Object __home;

  /** The function that {@link #__origin} was resolved for. */
  public WorkFunction __resolved;

  /** Who owns the item and where it was set up; null before that. */
  public Origin __origin;

  /** Previous on that list; null: on none. */
  public WorkStruct __prev;

  /** Who waits until it has run. */
  public Object __waiters;

  /** Next on the list that it is on. */
  public WorkStruct __next;

  /** Which flush waits for it. */
  public Object __generation;

  /** Waits for its turn among the works of one queue, {@code max_active}. */
  public boolean __inactive;

  /** Not set up yet: no function, not pending. */
  public WorkStruct() {}

  /**
   * An item that is a field of the given object: {@code container_of} finds that from the item.
   *
   * @param container the object, usually {@code this} in its field's initializer
   */
  public static WorkStruct in(Object container) {
    return new In(container);
  }

  private static final class In extends WorkStruct implements Embedded {
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
