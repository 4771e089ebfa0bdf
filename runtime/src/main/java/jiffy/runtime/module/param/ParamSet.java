package jiffy.runtime.module.param;

import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_unlock;

import java.util.ArrayList;
import java.util.List;
import jiffy.types.Mutex;

/**
 * The parameters of one load of one module, from when they are bound until it goes.
 *
 * <p>Thread safe; process context, for all is done with {@code kernel_param_lock} held. So whoever
 * closes it waits for the callback that runs, and none runs after that.
 */
public final class ParamSet {
  private final Mutex lock;

  /** Replaced as a whole, with the lock held once it is shown. */
  private volatile List<Param> params = List.of();

  private volatile boolean isShown;

  /**
   * @param lock the module's {@code param_lock}
   */
  public ParamSet(Mutex lock) {
    this.lock = lock;
  }

  /** Once, by who loads the module. */
  public void bind(List<Param> bound) {
    params = List.copyOf(bound);
  }

  /** They have their first values: from here on others may read and write them. */
  public void show() {
    isShown = true;
  }

  /** Whether others may read and write them. */
  public boolean isShown() {
    return isShown;
  }

  /**
   * {@code parse_args}.
   *
   * @param module for messages
   * @return 0 or a negative errno
   */
  public int apply(String module, String line, ParamLine.Log log) throws Throwable {
    return ParamLine.apply(module, line, params, lock, log);
  }

  /**
   * {@code param_attr_store}.
   *
   * @return what {@link Param#set} returns; -ENODEV: the module goes
   * @throws Throwable what a callback throws
   */
  public int set(ParamSpec spec, String text) throws Throwable {
    mutex_lock(lock);
    try {
      Param param = find(spec);
      return param == null ? -ENODEV : param.set(text);
    } finally {
      mutex_unlock(lock);
    }
  }

  /**
   * {@code param_attr_show}.
   *
   * @return what {@link Param#get} returns; -ENODEV: the module goes
   * @throws Throwable what a callback throws
   */
  public int get(ParamSpec spec, StringBuilder buffer) throws Throwable {
    mutex_lock(lock);
    try {
      Param param = find(spec);
      return param == null ? -ENODEV : param.get(buffer);
    } finally {
      mutex_unlock(lock);
    }
  }

  private Param find(ParamSpec spec) {
    for (Param param : isShown ? params : List.<Param>of()) {
      if (param.spec == spec) {
        return param;
      }
    }
    return null;
  }

  /**
   * Waits until nobody sets or gets one; from then on nobody does.
   *
   * @return them, to be freed: {@link Param#free}
   */
  public List<Param> close() {
    if (params.isEmpty()) {
      return List.of(); // nobody can have come to the lock
    }
    mutex_lock(lock);
    try {
      List<Param> all = new ArrayList<>(params);
      params = List.of();
      isShown = false;
      return all;
    } finally {
      mutex_unlock(lock);
    }
  }

  /** As {@link #close} of a module that is given up, and might hold the lock for ever. */
  public void abandon() {
    params = List.of();
    isShown = false;
  }
}
