package jiffy.linux;

import jiffy.types.ErrPtr;

/**
 * {@code linux/err.h}: an error where a pointer is expected. Only functions whose contract says so
 * return one; most of those that do in C return null here.
 *
 * <p>Contexts: any.
 */
public final class Err {
  private Err() {}

  /**
   * {@code void *ERR_PTR(long error)}.
   *
   * @param error a negative errno
   * @return what {@link #IS_ERR} knows and {@link #PTR_ERR} reads
   */
  public static Object ERR_PTR(long error) {
    return new ErrPtr(error);
  }

  /** {@code long PTR_ERR(const void *ptr)}: the error; 0 if there is none in it. */
  public static long PTR_ERR(Object ptr) {
    return ptr instanceof ErrPtr ? ((ErrPtr) ptr).__error : 0;
  }

  /**
   * {@code bool IS_ERR(const void *ptr)}.
   *
   * @return whether it is an error
   */
  public static boolean IS_ERR(Object ptr) {
    return ptr instanceof ErrPtr;
  }

  /**
   * {@code bool IS_ERR_OR_NULL(const void *ptr)}.
   *
   * @return whether it is an error or null
   */
  public static boolean IS_ERR_OR_NULL(Object ptr) {
    return ptr == null || IS_ERR(ptr);
  }
}
