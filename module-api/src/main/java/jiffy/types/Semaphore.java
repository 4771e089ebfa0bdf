package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code struct semaphore}: so many may pass at once. Used through {@link jiffy.linux.Semaphores}.
 */
public class Semaphore {
  /** Access to {@link #count}. */
  public static final VarHandle __COUNT;

  static {
    try {
      __COUNT = MethodHandles.lookup().findVarHandle(Semaphore.class, "count", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How many may still pass. */
  public volatile int count;

  /** Who waits, the first come first. */
  public final WaitQueueHead __wait = new WaitQueueHead();

  /** Nobody may pass before {@code sema_init} or {@code up}. */
  public Semaphore() {}

  /** So many may pass. */
  public Semaphore(int count) {
    this.count = count;
  }
}
