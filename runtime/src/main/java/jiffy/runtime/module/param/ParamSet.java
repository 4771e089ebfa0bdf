package jiffy.runtime.module.param;

import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Errno.ENODEV;
import static jiffy.linux.Jiffies.msecs_to_jiffies;
import static jiffy.linux.Mutexes.mutex_trylock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;
import static jiffy.linux.Sched.schedule_timeout;
import static jiffy.linux.Wait.DEFINE_WAIT;
import static jiffy.linux.Wait.finish_wait;
import static jiffy.linux.Wait.prepare_to_wait_exclusive;
import static jiffy.linux.Wait.wait_event_killable_exclusive;
import static jiffy.linux.Wait.wake_up;
import static jiffy.linux.Wait.wake_up_all;

import java.util.List;
import java.util.Optional;
import jiffy.types.Mutex;
import jiffy.types.WaitQueueEntry;

/**
 * The parameters of one load of one module, from when they are bound until it goes.
 *
 * <p>Thread safe; process context, for all is done with {@code kernel_param_lock} held. So whoever
 * closes it waits for the callback that runs, and none runs after that.
 *
 * <p>A holder that was given up never unlocks, for the kernel refuses it. So whoever comes for the
 * lock waits in the mutex's queue, as {@code mutex_lock} does, but for the end of the set as well.
 */
public final class ParamSet {
  /** {@link #close} waits no longer for who has the lock, in milliseconds. */
  public static final int CLOSE_WAIT_MSECS = 5_000;

  private final Mutex lock;

  /** Replaced as a whole, with the lock held once it is shown. */
  private volatile List<Param> params = List.of();

  private volatile boolean isShown;
  private volatile boolean isAbandoned;

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
   * @return what {@link Param#set} returns; -ENODEV: the module goes; -EINTR: the caller was killed
   * @throws Throwable what a callback throws
   */
  public int set(ParamSpec spec, String text) throws Throwable {
    int error = enter();
    if (error != 0) {
      return error;
    }
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
   * @return what {@link Param#get} returns; -ENODEV: the module goes; -EINTR: the caller was killed
   * @throws Throwable what a callback throws
   */
  public int get(ParamSpec spec, StringBuilder buffer) throws Throwable {
    int error = enter();
    if (error != 0) {
      return error;
    }
    try {
      Param param = find(spec);
      return param == null ? -ENODEV : param.get(buffer);
    } finally {
      mutex_unlock(lock);
    }
  }

  /** Takes the lock. @return 0; -ENODEV, -EINTR: not taken */
  private int enter() {
    boolean[] taken = {mutex_trylock(lock)};
    if (!taken[0]
        && wait_event_killable_exclusive(
                lock.__wait, () -> isAbandoned || (taken[0] = mutex_trylock(lock)))
            != 0) {
      wake_up(lock.__wait); // it may have been this one's turn
      return -EINTR;
    }
    return taken[0] ? 0 : -ENODEV;
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
   * @return them, to be freed: {@link Param#free}; empty: the lock was not to be had within {@link
   *     #CLOSE_WAIT_MSECS}, and all is as it was
   */
  public Optional<List<Param>> close() {
    if (params.isEmpty()) {
      return Optional.of(List.of()); // nobody can have come to the lock
    }
    if (!lockInTime()) {
      return Optional.empty();
    }
    try {
      List<Param> all = params;
      params = List.of();
      isShown = false;
      return Optional.of(all);
    } finally {
      mutex_unlock(lock);
    }
  }

  /** After those who came before: {@code wait_event_timeout} would let it pass them. */
  private boolean lockInTime() {
    if (mutex_trylock(lock)) {
      return true;
    }
    WaitQueueEntry place = DEFINE_WAIT();
    long left = msecs_to_jiffies(CLOSE_WAIT_MSECS);
    try {
      for (; ; ) {
        prepare_to_wait_exclusive(lock.__wait, place, TASK_UNINTERRUPTIBLE);
        if (mutex_trylock(lock)) {
          return true;
        }
        if (left == 0) {
          return false;
        }
        left = schedule_timeout(left);
      }
    } finally {
      finish_wait(lock.__wait, place);
    }
  }

  /**
   * As {@link #close} of a module that is given up, and might hold the lock for ever: who waits for
   * it gets -ENODEV.
   */
  public void abandon() {
    params = List.of();
    isShown = false;
    isAbandoned = true;
    wake_up_all(lock.__wait);
  }
}
