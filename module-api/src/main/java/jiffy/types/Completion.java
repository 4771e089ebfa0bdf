package jiffy.types;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * {@code struct completion}: "it is done", counted. Used through {@link jiffy.linux.Completions}.
 */
public class Completion {
  /** {@link #done} after {@code complete_all}: every wait passes. */
  public static final int UINT_MAX = -1;

  /** Access to {@link #done}. */
  public static final VarHandle __DONE;

  static {
    try {
      __DONE = MethodHandles.lookup().findVarHandle(Completion.class, "done", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** How many waits may pass; unsigned. */
  public volatile int done;

  /** Who waits. */
  public final WaitQueueHead __wait = new WaitQueueHead();
}
