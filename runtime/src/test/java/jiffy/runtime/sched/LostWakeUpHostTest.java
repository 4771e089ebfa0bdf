package jiffy.runtime.sched;

import static jiffy.linux.Mutexes.DEFINE_MUTEX;
import static jiffy.linux.Mutexes.mutex_is_locked;
import static jiffy.linux.Mutexes.mutex_lock;
import static jiffy.linux.Mutexes.mutex_unlock;
import static jiffy.linux.Sched.TASK_NORMAL;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.Mutex;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Waiters of a mutex whose wake-up was lost in a StackOverflowError of who gave it back. */
@Timeout(value = 60, unit = TimeUnit.SECONDS)
class LostWakeUpHostTest {
  private static final int HEIR_SHIFT = 32;

  private final Mutex mutex = DEFINE_MUTEX();

  /** It is free, and nobody was told. */
  @Test
  void waiter_whoseWakeUpIsLost_looksForHimself() {
    try (TestKernel kernel = TestKernel.boot(Platform.HOST)) {
      mutex_lock(mutex);
      Task waiter = kernel.task("waiter", this::lockAndUnlock);
      mutex.__word = 0;
      kernel.join(waiter);
      assertThat(mutex_is_locked(mutex)).isFalse();
    }
  }

  /** It is the heir's, and he was not told. */
  @Test
  void heir_whoseWakeUpIsLost_looksForHimself() {
    try (TestKernel kernel = TestKernel.boot(Platform.HOST)) {
      mutex_lock(mutex);
      Task heir = kernel.task("heir", this::lockAndUnlock);
      kernel.until(
          "the heir asks for it",
          () -> {
            kernel.machine.sched().wakeUp(heir.struct, TASK_NORMAL);
            return mutex.__word >>> HEIR_SHIFT != 0;
          });
      mutex.__word >>>= HEIR_SHIFT;
      kernel.join(heir);
      assertThat(mutex_is_locked(mutex)).isFalse();
    }
  }

  private int lockAndUnlock() {
    mutex_lock(mutex);
    mutex_unlock(mutex);
    return 0;
  }
}
