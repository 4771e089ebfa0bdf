package jiffy.runtime.locking;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Spinlocks.DEFINE_SPINLOCK;
import static jiffy.linux.Spinlocks.spin_is_locked;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_init;
import static jiffy.linux.Spinlocks.spin_trylock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Task;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Spinlocks, beside truth/semprobe_sync.dmesg. */
@OnBothPlatforms
class LocksTest {
  private static final String LOCKUP = "BUG: spinlock lockup suspected on CPU#";

  private final TestKernel kernel;
  private final Machine machine;
  private final SpinlockT lock = DEFINE_SPINLOCK();

  LocksTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  /** A task that has the lock until the condition holds. */
  private Task holder(BooleanSupplier condition) {
    Task holder =
        kernel.start(
            "holder",
            () -> {
              spin_lock(lock);
              busyUntil(condition);
              spin_unlock(lock);
              return 0;
            });
    kernel.until("it is held", () -> spin_is_locked(lock));
    return holder;
  }

  /** Not for ever: nothing ends a thread that spins. */
  private static void busyUntil(BooleanSupplier condition) {
    for (int millis = 0; millis < 30_000 && !condition.getAsBoolean(); millis++) {
      mdelay(1);
    }
  }

  @Test
  void spin_trylock_takesAFreeLockOnce() {
    assertThat(spin_trylock(lock)).isTrue();
    assertThat(preempt_count()).isEqualTo(1);
    assertThat(spin_is_locked(lock)).isTrue();
    assertThat(spin_trylock(lock)).isFalse();
    assertThat(preempt_count()).as("a failed try changes nothing").isEqualTo(1);
    spin_unlock(lock);
    assertThat(spin_is_locked(lock)).isFalse();
    assertThat(preempt_count()).isZero();
  }

  @Test
  void spin_lock_init_givesAnUnlockedLock() {
    spin_lock(lock);
    spin_lock_init(lock);
    assertThat(spin_is_locked(lock)).isFalse();
  }

  @Test
  void spin_lock_ofAHeldLock_waitsForItsHolder() {
    List<String> order = new CopyOnWriteArrayList<>();
    Task holder = holder(() -> lock.__waiters == 1 && order.add("holder"));
    spin_lock(lock);
    order.add("waiter");
    spin_unlock(lock);
    kernel.join(holder);
    assertThat(order).containsExactly("holder", "waiter");
    assertThat(lock.__waiters).isZero();
    if (kernel.isSim()) {
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("lockup"));
    }
  }

  @Test
  void spin_lock_heldForHalfASecond_parksWithoutAReport() {
    kernel.virtualTimeOnly("half a second may become two there");
    long start = machine.uptimeNanos();
    holder(() -> machine.uptimeNanos() - start > 500_000_000);
    spin_lock(lock);
    spin_unlock(lock);
    assertThat(machine.uptimeNanos() - start).isGreaterThan(500_000_000);
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("lockup"));
  }

  @Test
  void spin_lock_heldLongerThanASecond_namesTheHolderOnce() {
    Task holder =
        holder(
            () -> {
              boolean isReported = kernel.hasLogged(LOCKUP);
              mdelay(isReported ? 1_500 : 50); // longer: a second report would be due
              return isReported;
            });
    spin_lock(lock);
    spin_unlock(lock);
    kernel.join(holder);
    assertThat(machine.dmesg()).filteredOn(line -> line.contains(LOCKUP)).hasSize(1);
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.contains(".magic: dead4ead, .owner: holder/" + holder.struct.pid)
                    && line.contains("of kernel"));
  }

  @Test
  void spin_unlock_ofAFreeOrForeignLock_isReported() {
    spin_lock(lock);
    spin_unlock(lock);
    preempt_disable();
    spin_unlock(lock);
    assertThat(kernel.hasLogged("BUG: spinlock already unlocked on CPU#")).isTrue();

    Task holder = holder(() -> kernel.hasLogged("wrong owner"));
    preempt_disable();
    spin_unlock(lock);
    assertThat(kernel.hasLogged("BUG: spinlock wrong owner on CPU#")).isTrue();
    assertThat(kernel.hasLogged(".owner: holder/" + holder.struct.pid)).isTrue();
  }

  @Test
  void spin_lock_twiceByTheSameTask_isReportedAsRecursion() {
    Task self =
        kernel.start(
            "self",
            () -> {
              spin_lock(lock);
              spin_lock(lock);
              spin_unlock(lock);
              return 0;
            });
    kernel.until("it is reported", () -> kernel.hasLogged("BUG: spinlock recursion on CPU#"));
    kernel.settle();
    assertThat(self.isEnded()).isFalse();
    spin_lock_init(lock);
    kernel.join(self);
  }
}
