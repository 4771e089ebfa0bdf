package jiffy.linux;

import java.util.Arrays;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import jiffy.kernel.Current;

/**
 * {@code linux/slab.h} and {@code gfp.h}: memory, as modules ask for it.
 *
 * <p>Memory is Java's: {@code p = kmalloc(sizeof(*p), GFP_ATOMIC)} is {@code p =
 * kmalloc(TTimerList::new, GFP_ATOMIC)}, always zeroed, and {@code kfree(p)} leaves it to the
 * garbage collector. What stays of C is what a module can do wrong:
 *
 * <ul>
 *   <li>{@link #GFP_KERNEL} may wait for memory: where sleeping is not allowed that is reported,
 *       {@code BUG: sleeping function called from invalid context}, and then done.
 *   <li>{@link #GFP_ATOMIC} may fail. It does if the kernel was booted with {@code
 *       failslab=INTERVAL,PROBABILITY,SPACE,TIMES}, as on Linux: each {@code INTERVAL}th
 *       allocation, of these so many percent, once {@code SPACE} bytes were had (an object counts
 *       as 64), at most so many {@code TIMES}, -1 for ever. Allocations that may wait are spared.
 *   <li>{@link #kfree} of a struct with a timer that is armed is reported, {@code ODEBUG: free
 *       active ... timer_list}, and the timer deleted.
 * </ul>
 *
 * <p>A want of memory is {@code null}, as in C.
 *
 * <p>Contexts: what allocates, process context with flags that may wait, {@link #GFP_KERNEL},
 * {@link #GFP_NOIO} and {@link #GFP_NOFS}, any context with the others; what frees or asks, any.
 * Thread safe.
 */
public final class Slab {
  /** May use the reserves. */
  public static final int __GFP_HIGH = 0x20;

  /** May start disk I/O. */
  public static final int __GFP_IO = 0x40;

  /** May call into file systems. */
  public static final int __GFP_FS = 0x80;

  /** Zeroed; here everything is. */
  public static final int __GFP_ZERO = 0x100;

  /** Cannot wait and is urgent. */
  public static final int __GFP_ATOMIC = 0x200;

  /** May wait until memory has been found. */
  public static final int __GFP_DIRECT_RECLAIM = 0x400;

  /** May have others look for memory. */
  public static final int __GFP_KSWAPD_RECLAIM = 0x800;

  /** Both ways of looking for memory. */
  public static final int __GFP_RECLAIM = __GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM;

  /** A failure is not reported. */
  public static final int __GFP_NOWARN = 0x2000;

  /** Must not fail: no faults are injected. */
  public static final int __GFP_NOFAIL = 0x8000;

  /** For contexts that must not sleep: timers, tasklets, interrupts, under a spinlock. */
  public static final int GFP_ATOMIC = __GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM;

  /** For process context: may sleep. */
  public static final int GFP_KERNEL = __GFP_RECLAIM | __GFP_IO | __GFP_FS;

  /** May not sleep, and may fail easily. */
  public static final int GFP_NOWAIT = __GFP_KSWAPD_RECLAIM;

  /** May sleep, but start no I/O. */
  public static final int GFP_NOIO = __GFP_RECLAIM;

  /** May sleep, but call no file system. */
  public static final int GFP_NOFS = __GFP_RECLAIM | __GFP_IO;

  /** {@code PAGE_SIZE}. */
  public static final int PAGE_SIZE = 4096;

  /** {@code KMALLOC_MAX_SIZE}: 4 MiB. */
  public static final int KMALLOC_MAX_SIZE = 1 << 22;

  /** What {@code kmalloc(0)} gives: not null, and nothing in it. Address 0x10. */
  public static final byte[] ZERO_SIZE_PTR = new byte[0];

  /** What an object counts as; Java does not tell. */
  private static final int OBJECT_SIZE = 64;

  private Slab() {}

  private static boolean mayAllocate(long size, int gfp) {
    Current current = Current.get();
    return current.kernel.memory.mayAllocate(current, size, gfp);
  }

  /** What the JVM has no room for is a failure like any other. */
  private static <T> T make(Supplier<T> type) {
    try {
      return type.get();
    } catch (OutOfMemoryError e) {
      return null;
    }
  }

  /**
   * {@code void *kmalloc(size_t size, gfp_t flags)} of a struct: {@code kmalloc(TTimerList::new,
   * GFP_ATOMIC)}.
   *
   * @param type makes it
   * @return the struct; null if there is no memory
   */
  public static <T> T kmalloc(Supplier<T> type, int gfp) {
    return mayAllocate(OBJECT_SIZE, gfp) ? make(type) : null;
  }

  /**
   * {@code void *kmalloc(size_t size, gfp_t flags)} of a buffer.
   *
   * @param size bytes
   * @return so many bytes, all 0; {@link #ZERO_SIZE_PTR} of 0; null if there is no memory, or of
   *     more than {@link #KMALLOC_MAX_SIZE}
   */
  public static byte[] kmalloc(long size, int gfp) {
    if (size == 0) {
      return ZERO_SIZE_PTR;
    }
    return mayAllocate(size, gfp) ? make(() -> new byte[(int) size]) : null;
  }

  /** {@code void *kzalloc(size_t size, gfp_t flags)} of a struct: as {@link #kmalloc}. */
  public static <T> T kzalloc(Supplier<T> type, int gfp) {
    return kmalloc(type, gfp | __GFP_ZERO);
  }

  /** {@code void *kzalloc(size_t size, gfp_t flags)} of a buffer: as {@link #kmalloc}. */
  public static byte[] kzalloc(long size, int gfp) {
    return kmalloc(size, gfp | __GFP_ZERO);
  }

  /**
   * {@code void *kcalloc(size_t n, size_t size, gfp_t flags)}: an array, {@code kcalloc(n,
   * long[]::new, GFP_KERNEL)}. Of an array of objects the elements are null.
   *
   * @param n elements
   * @param type makes it
   * @return the array; null if there is no memory, or n is negative
   */
  public static <T> T kcalloc(int n, IntFunction<T> type, int gfp) {
    boolean may = n >= 0 && mayAllocate((long) Long.BYTES * n, gfp | __GFP_ZERO);
    return may ? make(() -> type.apply(n)) : null;
  }

  /** {@code void *kmalloc_array(size_t n, size_t size, gfp_t flags)}: as {@link #kcalloc}. */
  public static <T> T kmalloc_array(int n, IntFunction<T> type, int gfp) {
    return kcalloc(n, type, gfp);
  }

  /**
   * {@code void *krealloc(const void *p, size_t new_size, gfp_t flags)}: a buffer of another size
   * with the same contents, as far as there is room.
   *
   * @param p null: as {@link #kmalloc}
   * @return the new buffer, and the old one is not to be used; {@link #ZERO_SIZE_PTR} of 0; null if
   *     there is no memory, and the old one stays
   */
  public static byte[] krealloc(byte[] p, long new_size, int gfp) {
    byte[] fresh = kmalloc(new_size, gfp);
    if (fresh != null && p != null) {
      System.arraycopy(p, 0, fresh, 0, Math.min(p.length, fresh.length));
    }
    return fresh;
  }

  /**
   * {@code void kfree(const void *objp)}: the module is done with it. A timer, hrtimer, tasklet or
   * work that is a final field of it, and so a part of it, must not be active any more; one in
   * another field is a pointer in C and is not looked at. Null and {@link #ZERO_SIZE_PTR} are fine.
   */
  public static void kfree(Object objp) {
    if (objp != null && objp != ZERO_SIZE_PTR) {
      Current current = Current.get();
      current.kernel.memory.free(current, objp);
    }
  }

  /** {@code void kfree_sensitive(const void *objp)}: overwrites it with zeros before. */
  public static void kfree_sensitive(byte[] objp) {
    if (objp != null) {
      Arrays.fill(objp, (byte) 0);
    }
    kfree(objp);
  }

  /** {@code ZERO_OR_NULL_PTR(x)}: whether there is nothing to be read or written there. */
  public static boolean ZERO_OR_NULL_PTR(Object x) {
    return x == null || x == ZERO_SIZE_PTR;
  }

  /**
   * {@code size_t ksize(const void *objp)}: how much room a buffer takes: 128 of 100 bytes. As
   * since Linux 6.2 only as many as were asked for may be used.
   *
   * @return bytes; 0 of null and {@link #ZERO_SIZE_PTR}
   */
  public static long ksize(byte[] objp) {
    if (ZERO_OR_NULL_PTR(objp)) {
      return 0;
    }
    int size = Math.max(8, objp.length);
    if (size > 64 && size <= 96) {
      return 96;
    }
    if (size > 128 && size <= 192) {
      return 192;
    }
    return Integer.highestOneBit(2 * size - 1);
  }

  /**
   * {@code unsigned long __get_free_page(gfp_t gfp_mask)}: a page to print on: where C has {@code
   * buf += sprintf(buf, ...)}, here it is {@code sprintf(buf, ...)}.
   *
   * @return an empty text with room for {@link #PAGE_SIZE} characters; null if there is no memory
   */
  public static StringBuilder __get_free_page(int gfp) {
    return mayAllocate(PAGE_SIZE, gfp) ? make(() -> new StringBuilder(PAGE_SIZE)) : null;
  }

  /** {@code unsigned long get_zeroed_page(gfp_t gfp_mask)}: as {@link #__get_free_page}. */
  public static StringBuilder get_zeroed_page(int gfp) {
    return __get_free_page(gfp | __GFP_ZERO);
  }

  /** {@code void free_page(unsigned long addr)}: the module is done with it; null is fine. */
  public static void free_page(StringBuilder addr) {
    // The garbage collector does it.
  }
}
