package jiffy.linux;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * {@code EXPORT_SYMBOL(fn)}, on a public static method of a public class: other modules may call
 * it.
 *
 * <pre>{@code
 * @ExportSymbol
 * public static int TimerStop(long timer_id) { ... }
 * }</pre>
 *
 * <p>A user is compiled against the library's JAR, as C's against its header, but leaves it out of
 * its own. Of the library it then sees the classes that export something, of these only the
 * exported methods, and the types in the signatures of these, whole. When it is loaded each method
 * must be there, in that class and with that signature: else the load fails with a line a symbol in
 * the log, {@code ktuser: Unknown symbol TimerStart (err -2)}. Until the user has gone the library
 * is in use.
 *
 * <p>A symbol's name is the method's, and one in the whole kernel: a module that exports one that
 * is there already is refused.
 */
@Retention(RetentionPolicy.CLASS)
@Target(ElementType.METHOD)
public @interface ExportSymbol {
  /**
   * {@code EXPORT_SYMBOL_GPL(fn)}: not for modules whose licence taints the kernel; for these the
   * symbol is unknown.
   */
  boolean gpl() default false;
}
