package jiffy.types;

import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;

/**
 * {@code struct kernel_param}: a parameter, as its {@link KernelParamOps} see it.
 *
 * <p>Thread safe, as far as what it refers to is.
 */
public final class KernelParam {
  /** Its name on the command line. */
  public final String name;

  /** Mode of its file; 0: none. */
  public final int perm;

  /**
   * {@code void *arg}: where the value is. Of a field with {@code @ModuleParam} something that the
   * functions of {@link jiffy.linux.Moduleparam} understand; or an array, whose first element is
   * meant; null for a parameter that has only callbacks.
   */
  public final Object arg;

  /** {@code kp->str->maxlen}: bytes of a string buffer, with the NUL; 0 for what is none. */
  public final int __maxlen;

  /**
   * @param arg an array, a VarHandle of a static field, or null
   * @param maxlen of a string buffer
   */
  public KernelParam(String name, int perm, Object arg, int maxlen) {
    this.name = name;
    this.perm = perm;
    this.arg = arg;
    this.__maxlen = maxlen;
  }

  /**
   * C's {@code struct kernel_param dummy = *kp; dummy.arg = &value;}: the same parameter with its
   * value elsewhere.
   *
   * @param arg an array: {@code int[] value = {0}}
   */
  public KernelParam(KernelParam kp, Object arg) {
    this(kp.name, kp.perm, arg, kp.__maxlen);
  }

  /** The value, boxed. */
  public Object __load() {
    return arg instanceof VarHandle ? ((VarHandle) arg).getVolatile() : Array.get(arg, 0);
  }

  /** Stores a value of the variable's own type, boxed. */
  public void __store(Object value) {
    if (arg instanceof VarHandle) {
      ((VarHandle) arg).setVolatile(value);
    } else {
      Array.set(arg, 0, value);
    }
  }

  /** Stores the lower bits of a number in a variable that may be narrower. */
  public void __storeNumber(long number) {
    Class<?> type =
        arg instanceof VarHandle ? ((VarHandle) arg).varType() : arg.getClass().getComponentType();
    if (type == byte.class) {
      __store((byte) number);
    } else if (type == short.class) {
      __store((short) number);
    } else if (type == int.class) {
      __store((int) number);
    } else {
      __store(number);
    }
  }
}
