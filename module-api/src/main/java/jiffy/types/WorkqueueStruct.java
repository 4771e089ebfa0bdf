package jiffy.types;

/**
 * {@code struct workqueue_struct}: where work items are queued. Made by {@code alloc_workqueue} and
 * its sisters of {@link jiffy.linux.Workqueues}; opaque.
 */
public abstract class WorkqueueStruct {
  /** As given to {@code alloc_workqueue}. */
  public final String name;

  /** For the runtime. */
  protected WorkqueueStruct(String name) {
    this.name = name;
  }

  @Override
  public String toString() {
    return name;
  }
}
