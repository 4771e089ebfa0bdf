package jiffy.runtime.printk.ring;

import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * The formats of a log: compiled ones by their text, and those that records refer to, by number.
 *
 * <p>Thread safety: any; nothing here waits.
 */
public final class LineFormats {
  /*
   * Two tables. In the first, formats of the same place push each other out, which only costs
   * compiling again: texts that a program puts together come and go through it. In the second,
   * the place is the number, and nothing ever leaves, for a record may refer to it; so only formats
   * get there whose very String is printed again, which is a constant as a rule, and each text once.
   * If one finds no place, its lines are stored as text.
   */
  private static final int CACHED = 1024; // a power of two; a module has some tens of formats
  private static final int NUMBERED = 4096; // a power of two
  private static final int PROBES = 8;

  private final AtomicReferenceArray<LineFormat> cached = new AtomicReferenceArray<>(2 * CACHED);
  private final AtomicReferenceArray<LineFormat> numbered = new AtomicReferenceArray<>(NUMBERED);

  /** The compiled format; of null, one that prints {@code (null)}. */
  public LineFormat get(String format) {
    String source = format == null ? "(null)" : format;
    int slot = 2 * (spread(source) & CACHED - 1);
    LineFormat first = cached.getAcquire(slot);
    if (first != null && first.source.equals(source)) {
      return first;
    }
    LineFormat second = cached.getAcquire(slot + 1);
    if (second != null && second.source.equals(source)) {
      return second;
    }
    // The newest goes first, the one before it second.
    LineFormat compiled = new LineFormat(this, source);
    cached.setRelease(slot + 1, first);
    cached.setRelease(slot, compiled);
    return compiled;
  }

  /**
   * Gives it a number, above 0, or that of its equal; {@link LineFormat#AS_TEXT} if all are gone.
   */
  int add(LineFormat format) {
    int hash = spread(format.source);
    for (int i = 0; i < PROBES; i++) {
      int place = hash + i & NUMBERED - 1;
      LineFormat there = numbered.get(place);
      if (there == null && numbered.compareAndSet(place, null, format)) {
        return place + 1;
      }
      if (numbered.get(place).source.equals(format.source)) {
        return place + 1;
      }
    }
    return LineFormat.AS_TEXT;
  }

  /** The format of that number, which {@link #add} has returned. */
  LineFormat numbered(int number) {
    return numbered.get(number - 1);
  }

  private static int spread(String source) {
    int hash = source.hashCode();
    return hash ^ hash >>> 10 ^ hash >>> 20;
  }
}
