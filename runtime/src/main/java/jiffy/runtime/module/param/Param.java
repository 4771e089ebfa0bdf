package jiffy.runtime.module.param;

import static jiffy.linux.Errno.EINVAL;

import java.lang.reflect.Array;
import java.lang.reflect.Field;

/**
 * A parameter and the static field behind it. Holds a class of the module: dropped when it goes.
 * Thread safe, as far as the field is: a module that waits for a change makes it volatile.
 */
public final class Param {
  private static final int ALL = -1;

  /** What the class file declares. */
  public final ParamSpec spec;

  private final Field field;

  /** Of an array: how many elements were set; {@link #ALL} before the first time. */
  private int stored = ALL;

  private Param(ParamSpec spec, Field field) {
    this.spec = spec;
    this.field = field;
  }

  /**
   * Finds the field; initializes its class, so that a default does not overwrite what is set.
   *
   * @throws ReflectiveOperationException if the class file promised a field that is not there
   */
  public static Param bind(ParamSpec spec, ClassLoader loader) throws ReflectiveOperationException {
    Class<?> type = Class.forName(spec.className(), true, loader);
    Field field = type.getDeclaredField(spec.fieldName());
    field.setAccessible(true);
    return new Param(spec, field);
  }

  /** Whether that is its name; {@code -} and {@code _} are one letter. */
  boolean isCalled(String name) {
    return spec.name().replace('-', '_').equals(name.replace('-', '_'));
  }

  /**
   * Sets it, from the command line or by a write to its file, which happens while the module runs.
   *
   * @param text null for the bare name
   */
  public synchronized void set(String text) throws ParamException {
    try {
      if (spec.isArray()) {
        setArray(text);
      } else {
        field.set(null, boxed(field.getType(), spec.type().parse(spec.name(), text, get())));
      }
    } catch (IllegalAccessException e) {
      throw new ParamException(EINVAL, spec.name() + ": " + e.getMessage());
    }
  }

  /** {@code param_array}: what comes before a bad element stays stored. */
  private void setArray(String text) throws ParamException, IllegalAccessException {
    if (text == null) {
      throw new ParamException(EINVAL);
    }
    String[] words = text.split(",", -1);
    Class<?> elementType = field.getType().getComponentType();
    Object array = get();
    if (array == null) {
      array = Array.newInstance(elementType, words.length);
      field.set(null, array);
    }
    int capacity = Array.getLength(array);
    stored = 0;
    for (int i = 0; i < words.length; i++) {
      if (i == capacity) {
        throw new ParamException(
            EINVAL, spec.name() + ": can only take " + capacity + " arguments");
      }
      Object now = Array.get(array, i);
      Array.set(array, i, boxed(elementType, spec.type().parse(spec.name(), words[i], now)));
      stored++;
    }
  }

  /** Its present value as text, without a newline; of an array the elements that were set. */
  public synchronized String text() {
    try {
      Object value = get();
      if (!spec.isArray()) {
        return spec.type().format(value);
      }
      StringBuilder text = new StringBuilder();
      int length = value == null ? 0 : Array.getLength(value);
      for (int i = 0; i < (stored == ALL ? length : Math.min(stored, length)); i++) {
        text.append(i == 0 ? "" : ",").append(spec.type().format(Array.get(value, i)));
      }
      return text.toString();
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(spec.name() + " cannot be read", e);
    }
  }

  private Object get() throws IllegalAccessException {
    return field.get(null);
  }

  private static Object boxed(Class<?> type, Object value) {
    if (!(value instanceof Long)) {
      return value;
    }
    long number = (Long) value;
    if (type == byte.class) {
      return (byte) number;
    } else if (type == short.class) {
      return (short) number;
    } else if (type == int.class) {
      return (int) number;
    }
    return number;
  }
}
