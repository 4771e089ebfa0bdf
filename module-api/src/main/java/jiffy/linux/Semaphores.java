package jiffy.linux;

import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Errno.ETIME;
import static jiffy.linux.Sched.MAX_SCHEDULE_TIMEOUT;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_KILLABLE;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import jiffy.types.Semaphore;

/**
 * {@code linux/semaphore.h}: so many may pass at once, the others sleep.
 *
 * <p>The first come is the first to pass. It has no holder: whoever likes may call {@link #up}.
 *
 * <p>Contexts: what may sleep is for process context, with no spinlock held; elsewhere it is
 * reported. {@link #up}, {@link #down_trylock} and what makes one are for any.
 */
public final class Semaphores {
  private Semaphores() {}

  /** {@code void sema_init(struct semaphore *sem, int val)}: {@code val} may pass. */
  public static void sema_init(Semaphore sem, int val) {
    sem.count = val;
    sem.__wait.__init();
  }

  /**
   * {@code DEFINE_SEMAPHORE(name)}: a new one, of 1, as Linux 6.1 has it; for a static initializer.
   */
  public static Semaphore DEFINE_SEMAPHORE() {
    return new Semaphore(1);
  }

  /** {@code void down(struct semaphore *sem)}: passes, however long it has to sleep before. */
  public static void down(Semaphore sem) {
    down(sem, TASK_UNINTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * {@code int down_interruptible(struct semaphore *sem)}.
   *
   * @return 0: passed; -EINTR: a signal came while it waited
   */
  public static int down_interruptible(Semaphore sem) {
    return down(sem, TASK_INTERRUPTIBLE, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * {@code int down_killable(struct semaphore *sem)}.
   *
   * @return 0: passed; -EINTR: a fatal signal came while it waited
   */
  public static int down_killable(Semaphore sem) {
    return down(sem, TASK_KILLABLE, MAX_SCHEDULE_TIMEOUT);
  }

  /**
   * {@code int down_timeout(struct semaphore *sem, long timeout)}.
   *
   * @param timeoutJiffies as {@link Sched#schedule_timeout}: 10 take 11 jiffies
   * @return 0: passed; -ETIME: the time is over
   */
  public static int down_timeout(Semaphore sem, long timeoutJiffies) {
    return down(sem, TASK_UNINTERRUPTIBLE, Math.max(0, timeoutJiffies));
  }

  /**
   * {@code int down_trylock(struct semaphore *sem)}: never sleeps. Any context.
   *
   * @return 0: passed; 1: not. The opposite of {@link Mutexes#mutex_trylock}
   */
  public static int down_trylock(Semaphore sem) {
    return !WaitLine.isAwaited(sem.__wait) && take(sem) ? 0 : 1;
  }

  /** {@code void up(struct semaphore *sem)}: lets one more pass, whoever had. Any context. */
  public static void up(Semaphore sem) {
    Semaphore.__COUNT.getAndAdd(sem, 1);
    Wait.wake_up(sem.__wait);
  }

  private static int down(Semaphore sem, int state, long timeoutJiffies) {
    Sched.might_sleep();
    if (down_trylock(sem) == 0) {
      return 0;
    }
    long left =
        WaitLine.await(sem.__wait, () -> take(sem), () -> sem.count > 0, state, timeoutJiffies);
    return left > 0 ? 0 : left == 0 ? -ETIME : -EINTR;
  }

  private static boolean take(Semaphore sem) {
    for (; ; ) {
      int count = sem.count;
      if (count <= 0) {
        return false;
      }
      if (Semaphore.__COUNT.compareAndSet(sem, count, count - 1)) {
        return true;
      }
    }
  }
}
