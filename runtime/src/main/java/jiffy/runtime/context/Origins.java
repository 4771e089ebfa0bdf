package jiffy.runtime.context;

import com.google.common.collect.MapMaker;
import java.io.Serializable;
import java.lang.StackWalker.StackFrame;
import java.lang.invoke.SerializedLambda;
import java.lang.reflect.Method;
import java.util.Optional;
import java.util.concurrent.ConcurrentMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import jiffy.kernel.Kernel;
import jiffy.kernel.Origin;
import jiffy.kernel.OwnedLoader;
import jiffy.kernel.Owner;

/**
 * Resolves a callback to its {@link Origin}: the module whose class loader defined its class, its
 * name, and the line that set it up.
 *
 * <p>Done once for each callback class of a module and kept by the module's loader; so a timer that
 * is set up a million times is resolved once. One a kernel. Thread safe.
 */
public final class Origins {
  private static final StackWalker STACK = StackWalker.getInstance();

  /** How javac names a lambda's method; a serializable one has a hash before its number. */
  private static final Pattern LAMBDA = Pattern.compile("lambda\\$(.+?)(\\$[0-9a-f]{1,8})?\\$\\d+");

  private final ConcurrentMap<Class<?>, Origin> ofCore = new MapMaker().weakKeys().makeMap();

  /**
   * The origin of a callback.
   *
   * @param context who sets it up: owner where the callback's class is of no module
   * @param callback the function object; null for none yet
   */
  public Origin of(Context context, Object callback) {
    return of(context.kernel, context.owner(), callback);
  }

  /** As above; the owner is that of who sets it up. */
  public Origin of(Kernel kernel, Owner owner, Object callback) {
    if (callback == null) {
      return new Origin(kernel, owner, "(null)", site());
    }
    ClassLoader loader = callback.getClass().getClassLoader();
    if (loader instanceof OwnedLoader) {
      OwnedLoader owned = (OwnedLoader) loader;
      return owned.origin(callback.getClass(), type -> resolve(kernel, owned.owner(), callback));
    }
    return owner == Owner.CORE
        ? ofCore.computeIfAbsent(callback.getClass(), t -> resolve(kernel, owner, callback))
        : resolve(kernel, owner, callback);
  }

  private static Origin resolve(Kernel kernel, Owner owner, Object callback) {
    return new Origin(kernel, owner, nameOf(callback), site());
  }

  /**
   * The method behind a function object: {@code timer_callback} for {@code Kt::timer_callback},
   * {@code kt_init.lambda} for a lambda in {@code kt_init}, the class and method for others.
   */
  public static String nameOf(Object callback) {
    Class<?> type = callback.getClass();
    if (type.isSynthetic() && callback instanceof Serializable) {
      try {
        Method writeReplace = type.getDeclaredMethod("writeReplace");
        writeReplace.setAccessible(true);
        SerializedLambda lambda = (SerializedLambda) writeReplace.invoke(callback);
        return pretty(lambda.getImplMethodName());
      } catch (ReflectiveOperationException | RuntimeException e) {
        return simpleName(type);
      }
    }
    return simpleName(type);
  }

  private static String pretty(String method) {
    Matcher lambda = LAMBDA.matcher(method);
    return lambda.matches() ? lambda.group(1) + ".lambda" : method;
  }

  private static String simpleName(Class<?> type) {
    String name = type.getName();
    int slash = name.indexOf('/');
    String plain = slash < 0 ? name : name.substring(0, slash);
    return plain.substring(plain.lastIndexOf('.') + 1);
  }

  /** The innermost frame that is not the kernel's: {@code kt_init_timer (Kt.java:41)}. */
  private static String site() {
    Optional<StackFrame> caller =
        STACK.walk(frames -> frames.filter(frame -> !ofKernel(frame.getClassName())).findFirst());
    return caller
        .map(f -> f.getMethodName() + " (" + f.getFileName() + ":" + f.getLineNumber() + ")")
        .orElse("(unknown)");
  }

  private static boolean ofKernel(String className) {
    return className.startsWith("jiffy.runtime.")
        || className.startsWith("jiffy.linux.")
        || className.startsWith("jiffy.kernel.")
        || className.startsWith("java.")
        || className.startsWith("jdk."); // proxies
  }
}
