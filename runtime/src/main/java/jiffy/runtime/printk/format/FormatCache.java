package jiffy.runtime.printk.format;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Compiled formats by their text. Bounded: two formats of the same place push each other out, which
 * only costs compiling again.
 *
 * <p>Thread safety: any; a lost race compiles twice.
 */
public final class FormatCache {
  private static final int SIZE = 1024; // a power of two; a module has some tens of formats

  private final AtomicReferenceArray<FormatString> slots = new AtomicReferenceArray<>(2 * SIZE);

  /** The compiled format; of null, one that prints {@code (null)}. */
  public FormatString get(String format) {
    String source = format == null ? "(null)" : format;
    int hash = source.hashCode();
    int slot = (hash ^ hash >>> 10 ^ hash >>> 20) & SIZE - 1;
    FormatString first = slots.getAcquire(2 * slot);
    if (first != null && first.source().equals(source)) {
      return first;
    }
    FormatString second = slots.getAcquire(2 * slot + 1);
    if (second != null && second.source().equals(source)) {
      return second;
    }
    // The newest goes first, the one before it second.
    FormatString compiled = FormatString.compile(source);
    slots.setRelease(2 * slot + 1, first);
    slots.setRelease(2 * slot, compiled);
    return compiled;
  }
}
