package jiffy.kernel;

import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;

/**
 * A class loader whose classes belong to one {@link Owner}: how a callback's class tells which
 * module answers for it.
 */
public interface OwnedLoader {
  /** The module whose classes this loader defines. */
  Owner owner();

  /**
   * The origin of a callback class of this loader, made once.
   *
   * @param callback the class of the function object
   * @param resolve makes it at the first call
   * @return the same object at each call
   */
  Origin origin(Class<?> callback, Function<Class<?>, Origin> resolve);

  /** What the kernel keeps of places in this loader's code, by place; goes with the loader. */
  ConcurrentMap<Object, Object> sites();
}
