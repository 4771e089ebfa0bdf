package jiffy.kernel;

/**
 * A thread made by a kernel's architecture: carries its context in a field, which is five times
 * faster to reach than a {@link ThreadLocal}.
 */
public class KernelThread extends Thread {
  Current current;

  /** As {@link Thread#Thread(Runnable, String)}. */
  public KernelThread(Runnable body, String name) {
    super(null, body, name, 0, false);
  }
}
