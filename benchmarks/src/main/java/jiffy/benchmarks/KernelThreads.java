package jiffy.benchmarks;

import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jiffy.kernel.KernelThread;

/**
 * Lets JMH measure on threads that carry their context in a field, as a kernel's own do: {@code
 * -Djmh.executor=CUSTOM -Djmh.executor.class=jiffy.benchmarks.KernelThreads}.
 */
public final class KernelThreads extends ThreadPoolExecutor {
  /** Called by JMH. */
  public KernelThreads(int maxThreads, String prefix) {
    super(
        0,
        Integer.MAX_VALUE,
        60,
        TimeUnit.SECONDS,
        new SynchronousQueue<>(),
        body -> new KernelThread(body, prefix + "-kernel"));
  }
}
