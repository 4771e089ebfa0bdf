package jiffy.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code module_param} and {@code MODULE_PARM_DESC}, on a static field of a module's class.
 *
 * <p>The field's Java type says the parameter's: {@code byte short int long boolean String}, or an
 * array of one of these. Its initial value is the default. The value given to insmod is stored
 * before init runs, after the same rules as Linux's (base from {@code 0x} or {@code 0}, {@code
 * Y/N}, quotes); a value that does not fit fails the load with EINVAL or ERANGE and says so in the
 * log.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.FIELD)
public @interface ModuleParam {
  /** {@code MODULE_PARM_DESC}: one line for modinfo. */
  String value() default "";

  /** Name on the command line; empty: the field's. */
  String name() default "";

  /**
   * Type where the Java type leaves it open: {@code uint ushort ulong byte hexint invbool
   * bool_enable_only}; empty: as the field's Java type says.
   */
  String type() default "";

  /**
   * Mode of its file in {@code /sys/module/NAME/parameters}; 0: none. With 0200 in it the value may
   * be changed while the module runs; who waits in a loop for that makes the field volatile.
   */
  int perm() default 0444;
}
