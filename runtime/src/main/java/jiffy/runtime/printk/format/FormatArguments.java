package jiffy.runtime.printk.format;

/**
 * The arguments of one printk, consumed from left to right: up to three longs or objects without
 * boxing, or an array. Reused; {@link #clear} lets go of the objects.
 *
 * <p>The shape says what the three are: bits 0-1 how many, bit 4 + i whether argument i is the
 * object.
 */
final class FormatArguments {
  private static final int COUNT_MASK = 3;
  private static final int OBJECT_BIT = 4;

  private int count;
  private int next;
  private int shape;
  private long a;
  private long b;
  private long c;
  private Object x;
  private Object y;
  private Object z;
  private Object[] array;

  /**
   * Whether an object may be held: most printks pass none, and a store of a reference costs the
   * collector's barrier even if it stores null.
   */
  private boolean holds;

  void set(int newShape, long a, long b, long c, Object x, Object y, Object z) {
    clear();
    this.a = a;
    this.b = b;
    this.c = c;
    if (newShape >> OBJECT_BIT != 0) {
      holds = true;
      this.x = x;
      this.y = y;
      this.z = z;
    }
    shape = newShape;
    count = newShape & COUNT_MASK;
    next = 0;
  }

  void set(Object[] args) {
    clear();
    holds = true;
    array = args;
    count = args == null ? 0 : args.length;
    next = 0;
  }

  void clear() {
    count = 0;
    if (holds) {
      x = null;
      y = null;
      z = null;
      array = null;
      holds = false;
    }
  }

  boolean hasNext() {
    return next < count;
  }

  /** Whether the next argument is a plain long: then it is read by {@link #nextLong}. */
  boolean nextIsLong() {
    return array == null && (shape >> OBJECT_BIT + next & 1) == 0;
  }

  long nextLong() {
    int i = next++;
    return i == 0 ? a : i == 1 ? b : c;
  }

  Object nextObject() {
    int i = next++;
    if (array != null) {
      return array[i];
    }
    return i == 0 ? x : i == 1 ? y : z;
  }
}
