package jiffy.runtime.sched;

import jiffy.kernel.Current;
import jiffy.kernel.SleepLockOps;
import jiffy.runtime.context.Addresses;
import jiffy.runtime.context.Context;
import jiffy.runtime.context.Contexts;
import jiffy.runtime.context.KernelLog;
import jiffy.runtime.context.Splat;
import jiffy.types.Mutex;
import jiffy.types.RwSemaphore;

/** The locks of the API whose waiters sleep and whose holder is known. Thread safe. */
public final class SleepLocks implements SleepLockOps {
  private final Mutexes mutexes;
  private final RwSemaphores rwSemaphores;

  /**
   * @param addresses names locks in reports
   * @param splat gets the reports of misuse
   * @param log gets the others
   */
  public SleepLocks(
      Contexts contexts, Scheduler scheduler, Addresses addresses, Splat splat, KernelLog log) {
    LockReports reports = new LockReports(contexts, addresses, splat, log);
    this.mutexes = new Mutexes(contexts, scheduler, splat, reports);
    this.rwSemaphores = new RwSemaphores(reports);
  }

  @Override
  public int lock(Current current, Mutex mutex, int state) {
    return mutexes.lock((Context) current, mutex, state);
  }

  @Override
  public boolean tryLock(Current current, Mutex mutex) {
    return mutexes.tryLock((Context) current, mutex);
  }

  @Override
  public void unlock(Current current, Mutex mutex) {
    mutexes.unlock((Context) current, mutex);
  }

  @Override
  public boolean tryRead(Current current, RwSemaphore sem) {
    return rwSemaphores.tryRead(sem);
  }

  @Override
  public boolean tryWrite(Current current, RwSemaphore sem) {
    return rwSemaphores.tryWrite((Context) current, sem);
  }

  @Override
  public int beforeWait(Current current, RwSemaphore sem, int state) {
    return rwSemaphores.beforeWait((Context) current, sem, state);
  }

  @Override
  public boolean releaseRead(Current current, RwSemaphore sem) {
    return rwSemaphores.releaseRead((Context) current, sem);
  }

  @Override
  public boolean releaseWrite(Current current, RwSemaphore sem) {
    return rwSemaphores.releaseWrite((Context) current, sem);
  }

  @Override
  public boolean downgrade(Current current, RwSemaphore sem) {
    return rwSemaphores.downgrade((Context) current, sem);
  }
}
