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
 * Y/N}, quotes); a value that does not fit fails the load with EINVAL, ERANGE or ENOSPC and says so
 * in the log.
 *
 * <pre>{@code
 * @ModuleParam("an int") static int a = 3;                            // module_param(a, int, 0444)
 * @ModuleParam(type = "uint", perm = 0644) static int b;              // module_param(b, uint, 0644)
 * @ModuleParam(name = "c") static int d;                              // module_param_named(c, d, int, 0444)
 * @ModuleParam(len = 8) static String e = "abc";                      // module_param_string(e, e, 8, 0444)
 * @ModuleParam(count = "n") static int[] f = new int[4];              // module_param_array(f, int, &n, 0444)
 * @ModuleParam(ops = "g_ops", perm = 0644) static int g;              // module_param_cb(g, &g_ops, &g, 0644)
 * @ModuleParam(perm = 0200) static final KernelParamOps h = ...;      // module_param_cb(h, &h, NULL, 0200)
 * }</pre>
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.FIELD)
public @interface ModuleParam {
  /** {@code MODULE_PARM_DESC}: one line for modinfo. */
  String value() default "";

  /** Name on the command line; empty: the field's. */
  String name() default "";

  /**
   * Type where the Java type leaves it open: {@code byte ushort uint ulong ullong hexint bint
   * invbool bool_enable_only string}; empty: as the field's Java type says. The field may be wider
   * than the type; an unsigned number keeps its bits.
   */
  String type() default "";

  /**
   * Mode of its file in {@code /sys/module/NAME/parameters}; 0: none. With 0200 in it the value may
   * be changed while the module runs; who waits in a loop for that makes the field volatile. Who
   * may do something is in Linux's order, owner, group, others, and others may never write.
   */
  int perm() default 0444;

  /**
   * Of a string buffer, {@code module_param_string}: its bytes with the NUL, so that one less is
   * the longest text. A {@code byte[]} of type {@code string} has its own.
   */
  int len() default 0;

  /**
   * Of an array: name of a static int of the same class, which is set to the number of elements
   * given, and says how many are read. Empty: all are, always.
   */
  String count() default "";

  /**
   * Name of a static field of the same class of type {@link jiffy.types.KernelParamOps}, whose
   * functions set and get this one, which may then be of any Java type; empty: those of the type
   * do.
   */
  String ops() default "";
}
