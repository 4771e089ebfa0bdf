package jiffy.linux;

import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Sched.MAX_SCHEDULE_TIMEOUT;
import static jiffy.linux.Sched.TASK_INTERRUPTIBLE;
import static jiffy.linux.Sched.TASK_KILLABLE;
import static jiffy.linux.Sched.TASK_UNINTERRUPTIBLE;

import java.util.function.BooleanSupplier;
import jiffy.kernel.Current;
import jiffy.kernel.SleepLockOps;
import jiffy.types.RwSemaphore;

/**
 * {@code linux/rwsem.h}: many readers or one writer, who may all sleep while they hold it.
 *
 * <p>Who has to wait stands in line: the first come is the first served, and readers next to each
 * other in the line are served together. So a task does not take it for reading twice: a writer may
 * have come between, and then both wait for ever. Who took it gives it back; giving back what is
 * not held is reported ({@code DEBUG_RWSEMS_WARN_ON}) and ignored. A writer who takes it again is
 * reported and waits for itself: rmmod, or the end of the tool, ends that.
 *
 * <p>Contexts: {@code down_read}, {@code down_write} and their forms that may be interrupted are
 * for process context with no spinlock held, and reported elsewhere. The others never sleep and are
 * for any context; a writer gives back where it took.
 */
public final class RwSemaphores {
  private RwSemaphores() {}

  /** {@code init_rwsem(sem)}: unlocked. Nobody may wait for it. */
  public static void init_rwsem(RwSemaphore sem) {
    sem.__count = 0;
    sem.__owner = 0;
    sem.__wait.__init();
  }

  /** {@code DECLARE_RWSEM(name)}: a new, unlocked one; callable from a static initializer. */
  public static RwSemaphore DECLARE_RWSEM() {
    return new RwSemaphore();
  }

  /** {@code void down_read(struct rw_semaphore *sem)}: takes it for reading. Process context. */
  public static void down_read(RwSemaphore sem) {
    downRead(sem, TASK_UNINTERRUPTIBLE);
  }

  /**
   * {@code int down_read_interruptible(struct rw_semaphore *sem)}. Process context.
   *
   * @return 0: taken; -EINTR: a signal came while it waited
   */
  public static int down_read_interruptible(RwSemaphore sem) {
    return downRead(sem, TASK_INTERRUPTIBLE);
  }

  /**
   * {@code int down_read_killable(struct rw_semaphore *sem)}. Process context.
   *
   * @return 0: taken; -EINTR: a fatal signal came while it waited
   */
  public static int down_read_killable(RwSemaphore sem) {
    return downRead(sem, TASK_KILLABLE);
  }

  /**
   * {@code int down_read_trylock(struct rw_semaphore *sem)}: never sleeps.
   *
   * @return whether it was taken; not if anybody waits for it
   */
  public static boolean down_read_trylock(RwSemaphore sem) {
    Current current = Current.get();
    return !WaitLine.isAwaited(sem.__wait) && current.kernel.sleepLocks.tryRead(current, sem);
  }

  /** {@code void up_read(struct rw_semaphore *sem)}: gives it back. */
  public static void up_read(RwSemaphore sem) {
    Current current = Current.get();
    if (current.kernel.sleepLocks.releaseRead(current, sem)) {
      Wait.wake_up(sem.__wait);
    }
  }

  /** {@code void down_write(struct rw_semaphore *sem)}: takes it for writing. Process context. */
  public static void down_write(RwSemaphore sem) {
    downWrite(sem, TASK_UNINTERRUPTIBLE);
  }

  /**
   * {@code int down_write_killable(struct rw_semaphore *sem)}. Process context.
   *
   * @return 0: taken; -EINTR: a fatal signal came while it waited
   */
  public static int down_write_killable(RwSemaphore sem) {
    return downWrite(sem, TASK_KILLABLE);
  }

  /**
   * {@code int down_write_trylock(struct rw_semaphore *sem)}: never sleeps.
   *
   * @return whether it was taken; not if anybody waits for it
   */
  public static boolean down_write_trylock(RwSemaphore sem) {
    Current current = Current.get();
    return !WaitLine.isAwaited(sem.__wait) && current.kernel.sleepLocks.tryWrite(current, sem);
  }

  /** {@code void up_write(struct rw_semaphore *sem)}: gives it back, by the task that took it. */
  public static void up_write(RwSemaphore sem) {
    Current current = Current.get();
    if (current.kernel.sleepLocks.releaseWrite(current, sem)) {
      Wait.wake_up(sem.__wait);
    }
  }

  /**
   * {@code void downgrade_write(struct rw_semaphore *sem)}: from now on held for reading, without
   * having been free in between.
   */
  public static void downgrade_write(RwSemaphore sem) {
    Current current = Current.get();
    if (current.kernel.sleepLocks.downgrade(current, sem)) {
      Wait.wake_up(sem.__wait);
    }
  }

  /** {@code int rwsem_is_locked(struct rw_semaphore *sem)}: whether anybody holds it just now. */
  public static boolean rwsem_is_locked(RwSemaphore sem) {
    return sem.__count != 0;
  }

  /** {@code int rwsem_is_contended(struct rw_semaphore *sem)}: whether anybody waits just now. */
  public static boolean rwsem_is_contended(RwSemaphore sem) {
    return WaitLine.isAwaited(sem.__wait);
  }

  private static int downRead(RwSemaphore sem, int state) {
    Sched.might_sleep();
    if (down_read_trylock(sem)) {
      return 0;
    }
    Current current = Current.get();
    return await(current, sem, () -> current.kernel.sleepLocks.tryRead(current, sem), state);
  }

  private static int downWrite(RwSemaphore sem, int state) {
    Sched.might_sleep();
    if (down_write_trylock(sem)) {
      return 0;
    }
    Current current = Current.get();
    return await(current, sem, () -> current.kernel.sleepLocks.tryWrite(current, sem), state);
  }

  private static int await(Current current, RwSemaphore sem, BooleanSupplier attempt, int state) {
    SleepLockOps locks = current.kernel.sleepLocks;
    int waitState = locks.beforeWait(current, sem, state);
    long left =
        WaitLine.await(
            sem.__wait, attempt, () -> sem.__count >= 0, waitState, MAX_SCHEDULE_TIMEOUT);
    return left > 0 ? 0 : -EINTR;
  }
}
