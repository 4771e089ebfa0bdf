package jiffy.benchmarks;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import jiffy.kernel.KernelThread;

/**
 * Lets JMH measure on threads that carry their context in a field, as a kernel's own do: {@code
 * -Djmh.executor=CUSTOM -Djmh.executor.class=jiffy.benchmarks.KernelThreads}.
 *
 * <p>Neither more nor fewer threads than JMH asks for: a benchmark that has joined a kernel must
 * stay on its thread from one iteration to the next.
 */
public final class KernelThreads extends ThreadPoolExecutor {
  /** Called by JMH. */
  public KernelThreads(int maxThreads, String prefix) {
    super(
        maxThreads,
        maxThreads,
        0,
        TimeUnit.SECONDS,
        new LinkedBlockingQueue<>(),
        body -> new KernelThread(body, prefix + "-kernel"));
  }
}
