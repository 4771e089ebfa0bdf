package jiffy.runtime;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import jiffy.kernel.Current;
import jiffy.runtime.arch.Arch;

/**
 * Makes each call into a subsystem a choice point, on a machine that explores who runs when.
 * Between two calls the caller's steps are its own, or woven by the module loader; within a call
 * the subsystem gives its turn away only where it waits. So all interleavings of kernel calls are
 * reached, and no lock of the kernel's own is ever held by who is preempted.
 */
final class ChoicePoints {
  private ChoicePoints() {}

  /**
   * The subsystem as the API's functions call it.
   *
   * @return the target itself, where there is nothing to choose
   */
  static <T> T before(Arch arch, Class<T> type, T target) {
    if (!arch.hasChoicePoints()) {
      return target;
    }
    InvocationHandler handler = (proxy, method, arguments) -> call(target, method, arguments);
    return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
  }

  private static Object call(Object target, Method method, Object[] arguments) throws Throwable {
    if (arguments != null && arguments.length > 0 && arguments[0] instanceof Current) {
      ((Current) arguments[0]).choicePoint(method.getName());
    }
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
