package jiffy.testkit;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;

/**
 * Asserts that class loaders, or anything else that is held weakly, are collected. Forces garbage
 * collections: for tests only.
 *
 * <p>One collection is enough where nothing else runs. But a JIT compiler holds every class that it
 * looks at until its method is done, two at each call whose profile it follows, and a thread holds
 * what is on its stack until it is gone; on a busy machine either lasts for seconds. So what is
 * still there is looked at again for a time that neither needs, and then it is a leak.
 */
public final class LoaderLeaks {
  private static final long PATIENCE_SECONDS = 60;
  private static final long WAIT_MILLIS = 200;
  private static final int AT_ONCE = 5;

  private LoaderLeaks() {}

  /** Fails, naming it, if the referent is still there after several collections. */
  public static void assertCollected(Reference<?> reference) {
    assertCollected(List.of(reference));
  }

  /** Fails, naming them, if any referent is still there after several collections. */
  public static void assertCollected(Collection<? extends Reference<?>> references) {
    collectUntil(() -> leaked(references).isEmpty());
    List<String> leaked = leaked(references);
    if (!leaked.isEmpty()) {
      Assertions.fail(
          leaked.size()
              + " of "
              + references.size()
              + " are still reachable: "
              + leaked.stream().limit(10).collect(Collectors.joining(", ")));
    }
  }

  /**
   * Collects until the condition holds, without a pause at first, or until it has had time enough.
   * The caller asserts.
   */
  public static void collectUntil(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    for (int i = 0; !condition.getAsBoolean() && System.nanoTime() < end; i++) {
      collect();
      if (i >= AT_ONCE) {
        await(new ReferenceQueue<>());
      }
    }
  }

  /** One full collection; returns once the collector has told of it, or after a while. */
  public static void collect() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    Reference<?> canary = new PhantomReference<>(new Object(), queue);
    System.gc();
    await(queue);
    Reference.reachabilityFence(canary);
  }

  private static void await(ReferenceQueue<Object> queue) {
    try {
      queue.remove(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static List<String> leaked(Collection<? extends Reference<?>> references) {
    return references.stream()
        .map(Reference::get)
        .filter(referent -> referent != null)
        .map(String::valueOf)
        .toList();
  }
}
