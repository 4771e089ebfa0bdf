package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code struct mutex}: mutual exclusion for tasks, which may sleep while they hold it. Used
 * through {@link jiffy.linux.Mutexes}. A fresh object is unlocked.
 */
public class Mutex {
  /** Access to {@link #__word}. */
  public static final VarHandle __WORD;

  static {
    try {
      __WORD = MethodHandles.lookup().findVarHandle(Mutex.class, "__word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /**
   * Bits 0-31: id of the context that holds it, 0 when free; bits 32-63: id of the waiter that is
   * to have it next, 0 for whoever comes. See {@code jiffy.runtime.sched.Mutexes}.
   */
  public volatile long __word;

  /** Who waits, the first come first. */
  public final WaitQueueHead __wait = new WaitQueueHead();
}
