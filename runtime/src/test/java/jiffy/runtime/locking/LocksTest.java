package jiffy.runtime.locking;

import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Spinlocks.DEFINE_SPINLOCK;
import static jiffy.linux.Spinlocks.spin_is_locked;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_init;
import static jiffy.linux.Spinlocks.spin_trylock;
import static jiffy.linux.Spinlocks.spin_unlock;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.arch.Arch;
import jiffy.runtime.context.Context;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LocksTest {
  private final Machine machine = Machine.simulate("nr_cpus=2");
  private final Attachment test = machine.attach("test");
  private final SpinlockT lock = DEFINE_SPINLOCK();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
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
    List<String> order = new ArrayList<>();
    AtomicBoolean held = new AtomicBoolean();
    machine
        .tasks()
        .spawn(
            "holder",
            Owner.CORE,
            () -> {
              spin_lock(lock);
              held.set(true);
              mdelay(0);
              jiffy.linux.Delay.udelay(500);
              order.add("holder");
              spin_unlock(lock);
              return 0;
            });
    machine.simulation().orElseThrow().runUntil(held::get);
    spin_lock(lock);
    order.add("waiter");
    spin_unlock(lock);
    assertThat(order).containsExactly("holder", "waiter");
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("lockup"));
  }

  @Test
  void spin_lock_heldForHalfASecond_parksWithoutAReport() {
    contendWithHolder(500);
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("lockup"));
  }

  /** Takes the lock while another task holds it, busy for that long. @return that task */
  private Task contendWithHolder(int millis) {
    Task holder =
        machine
            .tasks()
            .spawn(
                "holder",
                Owner.CORE,
                () -> {
                  spin_lock(lock);
                  ((Context) jiffy.kernel.Current.get()).park(50_000_000);
                  mdelay(millis);
                  spin_unlock(lock);
                  return 0;
                });
    machine.simulation().orElseThrow().runUntil(() -> spin_is_locked(lock));
    spin_lock(lock);
    spin_unlock(lock);
    return holder;
  }

  @Test
  void spin_lock_heldLongerThanASecond_namesTheHolderOnce() {
    Task holder = contendWithHolder(2_500);
    assertThat(holder.isEnded() || holder.context() != null).isTrue();
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("BUG: spinlock lockup suspected on CPU#"))
        .hasSize(1);
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
    jiffy.linux.Preempt.preempt_disable();
    spin_unlock(lock);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("BUG: spinlock already unlocked on CPU#"));

    Task holder =
        machine
            .tasks()
            .spawn(
                "holder",
                Owner.CORE,
                () -> {
                  spin_lock(lock);
                  ((Context) jiffy.kernel.Current.get()).park(Arch.NEVER);
                  return 0;
                });
    machine.simulation().orElseThrow().runUntil(() -> spin_is_locked(lock));
    jiffy.linux.Preempt.preempt_disable();
    spin_unlock(lock);
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("BUG: spinlock wrong owner on CPU#"))
        .anyMatch(line -> line.contains(".owner: holder/" + holder.struct.pid));
  }

  @Test
  void spin_lock_twiceByTheSameTask_isReportedAsRecursion() {
    machine
        .tasks()
        .spawn(
            "self",
            Owner.CORE,
            () -> {
              spin_lock(lock);
              spin_lock(lock);
              return 0;
            });
    machine.simulation().orElseThrow().advance(java.time.Duration.ofMillis(100));
    assertThat(machine.dmesg()).anyMatch(line -> line.contains("BUG: spinlock recursion on CPU#"));
  }
}
