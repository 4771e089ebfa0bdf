package jiffy.testkit;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.assertj.core.api.Assertions;

/**
 * Asserts that class loaders, or anything else that is held weakly, are collected. Forces garbage
 * collections: for tests only.
 */
public final class LoaderLeaks {
  /** One is enough but for objects with a cleaner, which need two. */
  private static final int COLLECTIONS = 20;

  private static final long WAIT_MILLIS = 200;

  private LoaderLeaks() {}

  /** Fails, naming it, if the referent is still there after several collections. */
  public static void assertCollected(Reference<?> reference) {
    assertCollected(List.of(reference));
  }

  /** Fails, naming them, if any referent is still there after several collections. */
  public static void assertCollected(Collection<? extends Reference<?>> references) {
    for (int i = 0; i < COLLECTIONS && !leaked(references).isEmpty(); i++) {
      collect();
    }
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

  /** One full collection; returns once the collector has told of it, or after a while. */
  public static void collect() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    Reference<?> canary = new PhantomReference<>(new Object(), queue);
    System.gc();
    try {
      queue.remove(WAIT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Reference.reachabilityFence(canary);
  }

  private static List<String> leaked(Collection<? extends Reference<?>> references) {
    return references.stream()
        .map(Reference::get)
        .filter(referent -> referent != null)
        .map(String::valueOf)
        .toList();
  }
}
