package jiffy.kernel;

import jiffy.types.RatelimitState;

/**
 * What a kernel does for {@code jiffy.linux.Bug}, {@code Ratelimit} and {@code PrintkLimits};
 * contracts are there.
 *
 * <p>A call site is the place in the caller's code that called a function of {@code jiffy.linux}:
 * what C has a static variable for. Its state lives as long as the caller's class, in this kernel.
 */
public interface ReportOps {
  /** Whether the calling call site asks for the first time. */
  boolean once(Current current);

  /** As {@link #ratelimit}, for the calling call site's own state, of the default limits. */
  boolean ratelimited(Current current);

  /**
   * {@code __ratelimit(rs)}, by name of the calling function.
   *
   * @return whether the caller may print
   */
  boolean ratelimit(Current current, RatelimitState state);

  /** {@code printk_ratelimit()}: as {@link #ratelimit}, for the one limit that all share. */
  boolean printkRatelimit(Current current);

  /** {@code WARN(1, format, ...)}; a null format: {@code WARN_ON(1)}. */
  void warn(Current current, String format, Object[] arguments);

  /** {@code dump_stack()}. */
  void dumpStack(Current current);
}
