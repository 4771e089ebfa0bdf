package jiffy.kernel;

/** What a kernel does for {@code jiffy.linux.Slab} and {@code Lists}; contracts are there. */
public interface MemoryOps {
  /**
   * What comes before each allocation: reports a context that must not wait if the flags say that
   * it may, and a size that is too large; makes it fail if faults are to be injected.
   *
   * @param size bytes, unsigned
   * @return whether it may be had
   */
  boolean mayAllocate(Current current, long size, int gfp);

  /** {@code kfree}: reports what of the object is still active, and takes that out. */
  void free(Current current, Object object);

  /** {@code CHECK_DATA_CORRUPTION}: reports it. */
  void corruption(Current current, String text);
}
