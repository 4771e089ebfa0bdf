package jiffy.linux;

import jiffy.types.ErrPtr;

/**
 * {@code linux/err.h}: an error where a pointer is expected. Only functions whose contract says so
 * return one; most of those that do in C return null here. Any context.
 */
public final class Err {
  private Err() {}

  /** {@code void *ERR_PTR(long error)}. @param error a negative errno */
  public static Object ERR_PTR(long error) {
    return new ErrPtr(error);
  }

  /** {@code long PTR_ERR(const void *ptr)}: the error; 0 if there is none in it. */
  public static long PTR_ERR(Object ptr) {
    return ptr instanceof ErrPtr ? ((ErrPtr) ptr).__error : 0;
  }

  /** {@code bool IS_ERR(const void *ptr)}. */
  public static boolean IS_ERR(Object ptr) {
    return ptr instanceof ErrPtr;
  }

  /** {@code bool IS_ERR_OR_NULL(const void *ptr)}. */
  public static boolean IS_ERR_OR_NULL(Object ptr) {
    return ptr == null || IS_ERR(ptr);
  }
}
