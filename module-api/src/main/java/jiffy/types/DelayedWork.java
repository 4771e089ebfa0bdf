package jiffy.types;

/**
 * {@code struct delayed_work}: a work item that is queued when a timer fires.
 *
 * <p>Set it up with {@code INIT_DELAYED_WORK} of {@link jiffy.linux.Workqueues}, or make it with
 * {@code DECLARE_DELAYED_WORK}; {@code to_delayed_work} finds it from its {@link #work}.
 */
public class DelayedWork {
  /** The item. */
  public final WorkStruct work = WorkStruct.in(this);

  /** The delay. The kernel's: use the functions of a delayed work. */
  public final TimerList timer = new TimerList();

  /** Where the item is queued when the timer fires. */
  public volatile WorkqueueStruct __wq;

  /** On which CPU; {@code WORK_CPU_UNBOUND}: where the timer fires. */
  public volatile int __cpu;

  /** Not set up yet. */
  public DelayedWork() {}

  /**
   * One that is a field of the given object: {@code container_of} finds that from it.
   *
   * @param container the object, usually {@code this} in its field's initializer
   */
  public static DelayedWork in(Object container) {
    return new In(container);
  }

  private static final class In extends DelayedWork implements Embedded {
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
