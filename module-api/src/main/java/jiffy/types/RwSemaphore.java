package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code struct rw_semaphore}: many readers or one writer, who may sleep while they hold it. Used
 * through {@link jiffy.linux.RwSemaphores}. A fresh object is unlocked.
 */
public class RwSemaphore {
  /** Access to {@link #__count}. */
  public static final VarHandle __COUNT;

  static {
    try {
      __COUNT = MethodHandles.lookup().findVarHandle(RwSemaphore.class, "__count", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** 0 when free, the number of readers, or -1: a writer. */
  public volatile int __count;

  /** Id of the context that holds it for writing; else 0, or soon. */
  public volatile int __owner;

  /** Who waits, the first come first. */
  public final WaitQueueHead __wait = new WaitQueueHead();
}
