package jiffy.linux;

import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_KILLABLE;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import jiffy.kernel.Current;
import jiffy.types.Mutex;

/**
 * {@code linux/mutex.h}: mutual exclusion for tasks.
 *
 * <p>Contexts: process context for taking one, with no spinlock held, and for giving it back; any
 * for making one and asking about it. A holder may sleep, preempt_count stays as it is, and waiters
 * sleep. So anywhere else taking one is reported ({@code BUG: sleeping function called from invalid
 * context}), and works. While the first waiter wakes up, others may overtake it; it is then handed
 * over to it at the next unlock.
 *
 * <p>Who took it gives it back. What breaks that is reported with the holder's name ({@code
 * DEBUG_LOCKS_WARN_ON}): unlocking another's mutex, which works as on Linux; unlocking a free one,
 * which is ignored; and taking it twice, by which a task waits for itself. On Linux that hangs
 * without a word and cannot be killed; here rmmod, or the end of the tool, ends it.
 */
public final class Mutexes {
  private Mutexes() {}

  /** {@code mutex_init(mutex)}: an unlocked mutex. Nobody may wait for it. */
  public static void mutex_init(Mutex mutex) {
    mutex.__word = 0;
    mutex.__wait.__init();
  }

  /** {@code DEFINE_MUTEX(name)}: a new, unlocked mutex; callable from a static initializer. */
  public static Mutex DEFINE_MUTEX() {
    return new Mutex();
  }

  /** {@code void mutex_lock(struct mutex *lock)}. Process context. */
  public static void mutex_lock(Mutex mutex) {
    Current current = Current.get();
    current.kernel.sleepLocks.lock(current, mutex, TASK_UNINTERRUPTIBLE);
  }

  /**
   * {@code int mutex_lock_interruptible(struct mutex *lock)}. Process context.
   *
   * @return 0: taken; -EINTR: a signal came while it waited, and it was not taken
   */
  public static int mutex_lock_interruptible(Mutex mutex) {
    Current current = Current.get();
    return current.kernel.sleepLocks.lock(current, mutex, TASK_INTERRUPTIBLE);
  }

  /**
   * {@code int mutex_lock_killable(struct mutex *lock)}. Process context.
   *
   * @return 0: taken; -EINTR: a fatal signal came while it waited, and it was not taken
   */
  public static int mutex_lock_killable(Mutex mutex) {
    Current current = Current.get();
    return current.kernel.sleepLocks.lock(current, mutex, TASK_KILLABLE);
  }

  /**
   * {@code int mutex_trylock(struct mutex *lock)}: never sleeps. Process context: the holder is a
   * task.
   *
   * @return whether it was taken: as {@link Spinlocks#spin_trylock}, and the opposite of {@link
   *     Semaphores#down_trylock}
   */
  public static boolean mutex_trylock(Mutex mutex) {
    Current current = Current.get();
    return current.kernel.sleepLocks.tryLock(current, mutex);
  }

  /** {@code void mutex_unlock(struct mutex *lock)}: by the task that took it. Process context. */
  public static void mutex_unlock(Mutex mutex) {
    Current current = Current.get();
    current.kernel.sleepLocks.unlock(current, mutex);
  }

  /** {@code bool mutex_is_locked(struct mutex *lock)}: whether anybody holds it at this moment. */
  public static boolean mutex_is_locked(Mutex mutex) {
    return (int) mutex.__word != 0;
  }
}
