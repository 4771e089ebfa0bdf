package jiffy.runtime.module.param;

import static jiffy.linux.Errno.EINVAL;
import static jiffy.linux.Errno.EPERM;
import static jiffy.linux.Moduleparam.KERNEL_PARAM_OPS_FL_NOARG;
import static jiffy.linux.Printk.pr_err;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.reflect.Array;
import jiffy.types.KernelParam;
import jiffy.types.KernelParamOps;

/**
 * A parameter, the static field behind it, and the functions that set and get it. Holds a class of
 * the module: dropped when that goes. Process context, {@code kernel_param_lock} held.
 */
public final class Param {
  /** What the class file declares. */
  public final ParamSpec spec;

  private final KernelParam kp;
  private final KernelParamOps ops;

  /** Of an array without a count of its own; else null. */
  private final VarHandle count;

  private Param(ParamSpec spec, KernelParam kp, KernelParamOps ops, VarHandle count) {
    this.spec = spec;
    this.kp = kp;
    this.ops = ops;
    this.count = count;
  }

  /**
   * Finds the fields; initializes their class, so that a default does not overwrite what is set.
   *
   * @throws ReflectiveOperationException if the class file promised a field that is not there
   */
  public static Param bind(ParamSpec spec, ClassLoader loader) throws ReflectiveOperationException {
    Class<?> type = Class.forName(spec.className(), true, loader);
    MethodHandles.Lookup lookup = MethodHandles.privateLookupIn(type, MethodHandles.lookup());
    VarHandle value = lookup.unreflectVarHandle(type.getDeclaredField(spec.fieldName()));
    KernelParamOps ops =
        spec.ops().isEmpty()
            ? spec.type().ops()
            : (KernelParamOps) lookup.unreflectVarHandle(type.getDeclaredField(spec.ops())).get();
    if (ops == null) {
      throw new IllegalStateException(
          spec.className() + "." + spec.ops() + ", the ops of a parameter, is null");
    }
    VarHandle count =
        spec.count().isEmpty()
            ? null
            : lookup.unreflectVarHandle(type.getDeclaredField(spec.count()));
    int maxlen = spec.len();
    if (spec.type() == ParamType.STRING && maxlen == 0) {
      maxlen = ((byte[]) value.get()).length;
    }
    Object arg = spec.isBare() ? null : value;
    return new Param(spec, new KernelParam(spec.name(), spec.perm(), arg, maxlen), ops, count);
  }

  /** Whether that is its name; {@code -} and {@code _} are one letter. */
  boolean isCalled(String name) {
    return spec.name().replace('-', '_').equals(name.replace('-', '_'));
  }

  /**
   * Sets it, from the command line or by a write to its file, which happens while the module runs.
   *
   * @param text null for the bare name
   * @return 0, or what {@link KernelParamOps.Set} returns
   * @throws Throwable what a callback throws
   */
  int set(String text) throws Throwable {
    if (text == null && (isPlainArray() || (ops.flags & KERNEL_PARAM_OPS_FL_NOARG) == 0)) {
      return -EINVAL;
    }
    if (ops.set == null) {
      return -EPERM;
    }
    return isPlainArray() ? setArray(text) : ops.set.set(text, kp);
  }

  private boolean isPlainArray() {
    return spec.isArray() && spec.ops().isEmpty();
  }

  /** {@code param_array}: what comes before a bad element stays stored. */
  private int setArray(String text) throws Throwable {
    String[] words = text.split(",", -1);
    Object array = kp.__load();
    if (array == null) {
      array = Array.newInstance(((VarHandle) kp.arg).varType().getComponentType(), words.length);
      kp.__store(array);
    }
    int capacity = Array.getLength(array);
    setCount(0);
    for (int i = 0; i < words.length; i++) {
      if (i == capacity) {
        pr_err("%s: can only take %d arguments\n", spec.name(), capacity);
        return -EINVAL;
      }
      KernelParam element = element(array, i);
      int error = ops.set.set(words[i], element);
      if (error != 0) {
        return error;
      }
      Array.set(array, i, element.__load());
      setCount(i + 1);
    }
    return 0;
  }

  /** A parameter whose value is a copy of an element. */
  private KernelParam element(Object array, int index) {
    Object one = Array.newInstance(array.getClass().getComponentType(), 1);
    Array.set(one, 0, Array.get(array, index));
    return new KernelParam(kp, one);
  }

  private void setCount(int elements) {
    if (count != null) {
      count.setVolatile(elements);
    }
  }

  /**
   * Appends its present value and a newline; of an array the elements that were set, if they are
   * counted.
   *
   * @return what {@link KernelParamOps.Get} returns
   * @throws Throwable what a callback throws
   */
  int get(StringBuilder buffer) throws Throwable {
    if (ops.get == null) {
      return -EPERM;
    }
    return isPlainArray() ? getArray(buffer) : ops.get.get(buffer, kp);
  }

  private int getArray(StringBuilder buffer) throws Throwable {
    Object array = kp.__load();
    int length = array == null ? 0 : Array.getLength(array);
    int shown = count == null ? length : Math.min(length, (int) count.getVolatile());
    int bytes = 0;
    for (int i = 0; i < shown; i++) {
      if (i > 0) {
        buffer.setCharAt(buffer.length() - 1, ','); // the newline of the one before
      }
      int got = ops.get.get(buffer, element(array, i));
      if (got < 0) {
        return got;
      }
      bytes += got;
    }
    return bytes;
  }

  /** Whether it wants to know when the module goes. */
  public boolean hasFree() {
    return ops.free != null;
  }

  /**
   * {@code destroy_params}: the module goes.
   *
   * @throws Throwable what a callback throws
   */
  public void free() throws Throwable {
    ops.free.free(kp.arg);
  }
}
