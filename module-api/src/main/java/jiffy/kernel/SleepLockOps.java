package jiffy.kernel;

import jiffy.types.Mutex;
import jiffy.types.RwSemaphore;

/**
 * What a kernel does for {@code jiffy.linux.Mutexes} and {@code RwSemaphores}, locks whose holder
 * it knows; contracts are there. Semaphores have no holder and are made of wait queues alone.
 */
public interface SleepLockOps {
  /**
   * Takes it, asleep in that state while another has it.
   *
   * @return 0, or -EINTR: a signal ends a sleep in this state
   */
  int lock(Current current, Mutex mutex, int state);

  /** {@code mutex_trylock}. */
  boolean tryLock(Current current, Mutex mutex);

  /** {@code mutex_unlock}. */
  void unlock(Current current, Mutex mutex);

  /** Takes it for reading if no writer has it. @return whether it did */
  boolean tryRead(Current current, RwSemaphore sem);

  /** Takes it for writing if it is free. @return whether it did */
  boolean tryWrite(Current current, RwSemaphore sem);

  /**
   * The caller is about to wait for it: reported if that would be for itself.
   *
   * @return the state to wait in: that one, or one in which it can be killed
   */
  int beforeWait(Current current, RwSemaphore sem, int state);

  /** {@code up_read} but for the wake-up. @return whether the next in line may try now */
  boolean releaseRead(Current current, RwSemaphore sem);

  /** {@code up_write} but for the wake-up. @return whether the next in line may try now */
  boolean releaseWrite(Current current, RwSemaphore sem);

  /** {@code downgrade_write} but for the wake-up. @return whether the next may try now */
  boolean downgrade(Current current, RwSemaphore sem);
}
