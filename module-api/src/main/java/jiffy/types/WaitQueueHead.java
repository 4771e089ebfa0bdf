package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code wait_queue_head_t}: tasks that wait for a condition. Used through {@link
 * jiffy.linux.Wait}. A fresh object is an empty queue.
 */
public class WaitQueueHead {
  /** Access to {@link #__entries}, which is replaced and never changed. */
  public static final VarHandle __ENTRIES;

  private static final WaitQueueEntry[] EMPTY = {};

  static {
    try {
      __ENTRIES =
          MethodHandles.lookup()
              .findVarHandle(WaitQueueHead.class, "__entries", WaitQueueEntry[].class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Who waits, in the order in which they are woken. */
  public volatile WaitQueueEntry[] __entries = EMPTY;

  /** The first that waits; null if nobody does. Skips a place whose task has lost it. */
  public WaitQueueEntry __first() {
    for (WaitQueueEntry entry : __entries) {
      if (entry.__private != null) {
        return entry;
      }
    }
    return null;
  }

  /** Makes it empty. */
  public void __init() {
    __entries = EMPTY;
  }
}
