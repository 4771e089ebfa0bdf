package jiffy.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code MODULE_LICENSE}, {@code MODULE_AUTHOR} and the like, on the class that extends {@link
 * KernelModule}.
 *
 * <p>Read out of the class file by the loader, {@code modinfo} and {@code depmod}; the module's
 * code is not run for it, and nothing of it is there at run time.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.TYPE)
public @interface ModuleInfo {
  /** Module name as lsmod shows it; empty: the JAR's file name without version and suffix. */
  String name() default "";

  /** {@code MODULE_LICENSE}: {@code GPL}, {@code Dual MIT/GPL}, ... or {@code Proprietary}. */
  String license();

  /** {@code MODULE_AUTHOR}, one a string. */
  String[] author() default {};

  /** {@code MODULE_DESCRIPTION}. */
  String description() default "";

  /** {@code MODULE_VERSION}. */
  String version() default "";

  /** {@code MODULE_ALIAS}, one a string. */
  String[] alias() default {};

  /** {@code MODULE_SOFTDEP}, one a string: {@code "pre: a b post: c"}. */
  String[] softdep() default {};

  /** {@code MODULE_WEAKDEP}, one a string: names of modules that this one may ask for itself. */
  String[] weakdep() default {};

  /**
   * {@code MODULE_INFO(tag, info)}, one a string: {@code "key=value"}, shown by modinfo as it is.
   * Of what modinfo finds out itself ({@code srcversion}, {@code depends}, {@code vermagic}) a pair
   * of that key takes the place.
   */
  String[] info() default {};
}
