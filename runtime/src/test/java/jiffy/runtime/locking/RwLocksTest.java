package jiffy.runtime.locking;

import static jiffy.linux.BottomHalf.local_bh_disable;
import static jiffy.linux.BottomHalf.local_bh_enable;
import static jiffy.linux.Delay.mdelay;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Preempt.preempt_disable;
import static jiffy.linux.Rwlocks.DEFINE_RWLOCK;
import static jiffy.linux.Rwlocks.read_lock;
import static jiffy.linux.Rwlocks.read_lock_bh;
import static jiffy.linux.Rwlocks.read_lock_irq;
import static jiffy.linux.Rwlocks.read_lock_irqsave;
import static jiffy.linux.Rwlocks.read_trylock;
import static jiffy.linux.Rwlocks.read_unlock;
import static jiffy.linux.Rwlocks.read_unlock_bh;
import static jiffy.linux.Rwlocks.read_unlock_irq;
import static jiffy.linux.Rwlocks.read_unlock_irqrestore;
import static jiffy.linux.Rwlocks.rwlock_init;
import static jiffy.linux.Rwlocks.write_lock;
import static jiffy.linux.Rwlocks.write_lock_bh;
import static jiffy.linux.Rwlocks.write_lock_irq;
import static jiffy.linux.Rwlocks.write_lock_irqsave;
import static jiffy.linux.Rwlocks.write_trylock;
import static jiffy.linux.Rwlocks.write_trylock_irqsave;
import static jiffy.linux.Rwlocks.write_unlock;
import static jiffy.linux.Rwlocks.write_unlock_bh;
import static jiffy.linux.Rwlocks.write_unlock_irq;
import static jiffy.linux.Rwlocks.write_unlock_irqrestore;
import static jiffy.linux.Spinlocks.spin_lock;
import static jiffy.linux.Spinlocks.spin_lock_irqsave;
import static jiffy.linux.Spinlocks.spin_trylock_bh;
import static jiffy.linux.Spinlocks.spin_trylock_irq;
import static jiffy.linux.Spinlocks.spin_trylock_irqsave;
import static jiffy.linux.Spinlocks.spin_unlock;
import static jiffy.linux.Spinlocks.spin_unlock_bh;
import static jiffy.linux.Spinlocks.spin_unlock_irq;
import static jiffy.linux.Spinlocks.spin_unlock_irqrestore;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.runtime.sched.Attachment;
import jiffy.runtime.sched.Task;
import jiffy.types.RwlockT;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rwlocks, and the spinlocks' forms that only try, beside truth/semprobe_sync.dmesg. */
class RwLocksTest {
  private final Machine machine = Machine.simulate("nr_cpus=2");
  private final Attachment test = machine.attach("test", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final RwlockT lock = DEFINE_RWLOCK();
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void halt() {
    test.close();
    machine.close();
  }

  private Task task(String name, Task.Body body) {
    Task task = machine.tasks().spawn(name, Owner.CORE, body);
    sim.advance(Duration.ofNanos(100_000));
    return task;
  }

  private List<String> bugs() {
    return machine.dmesg().stream().filter(line -> line.contains("BUG: rwlock")).toList();
  }

  @Test
  void trylocks_asOnLinux() {
    rwlock_init(lock);
    read_lock(lock);
    assertThat(read_trylock(lock)).isTrue();
    assertThat(preempt_count()).isEqualTo(2);
    assertThat(write_trylock(lock)).isFalse();
    assertThat(write_trylock_irqsave(lock)).isEqualTo(-1);
    assertThat(preempt_count()).isEqualTo(2);
    assertThat(irqs_disabled()).isFalse();
    read_unlock(lock);
    read_unlock(lock);
    write_lock(lock);
    assertThat(read_trylock(lock)).isFalse();
    assertThat(write_trylock(lock)).isFalse();
    assertThat(preempt_count()).isEqualTo(1);
    write_unlock(lock);
    assertThat(preempt_count()).isZero();
    assertThat(lock.__word).isZero();
    assertThat(bugs()).isEmpty();
  }

  @Test
  void locks_withBhOrIrqs_disableAndEnableThem() {
    read_lock_bh(lock);
    assertThat(preempt_count()).isEqualTo(0x201);
    read_unlock_bh(lock);
    write_lock_bh(lock);
    assertThat(preempt_count()).isEqualTo(0x201);
    write_unlock_bh(lock);
    assertThat(preempt_count()).isZero();
    read_lock_irq(lock);
    assertThat(irqs_disabled()).isTrue();
    read_unlock_irq(lock);
    assertThat(irqs_disabled()).isFalse();
    write_lock_irq(lock);
    assertThat(irqs_disabled()).isTrue();
    write_unlock_irq(lock);
    assertThat(irqs_disabled()).isFalse();
    RwlockT inner = new RwlockT();
    long outerFlags = read_lock_irqsave(lock);
    long flags = write_lock_irqsave(inner);
    write_unlock_irqrestore(inner, flags);
    flags = write_trylock_irqsave(inner);
    assertThat(flags).isNotNegative();
    write_unlock_irqrestore(inner, flags);
    assertThat(irqs_disabled()).isTrue();
    read_unlock_irqrestore(lock, outerFlags);
    assertThat(irqs_disabled()).isFalse();
    assertThat(preempt_count()).isZero();
  }

  @Test
  void write_lock_whileReadersAreInside_waitsForThemAndKeepsNewOnesOut() {
    read_lock(lock);
    task(
        "writer",
        () -> {
          write_lock(lock);
          order.add("writer");
          write_unlock(lock);
          return 0;
        });
    task(
        "reader",
        () -> {
          read_lock(lock);
          order.add("reader");
          read_unlock(lock);
          return 0;
        });
    assertThat(order).isEmpty();
    assertThat(read_trylock(lock)).isFalse();
    local_bh_disable();
    assertThat(read_trylock(lock)).as("it may have interrupted a reader").isTrue();
    read_unlock(lock);
    local_bh_enable();
    mdelay(5);
    assertThat(order).isEmpty();
    read_unlock(lock);
    sim.advance(Duration.ofMillis(5));
    assertThat(order).containsExactlyInAnyOrder("writer", "reader");
    assertThat(lock.__word).isZero();
    assertThat(lock.__waiters).isZero();
  }

  @Test
  void read_lock_ofOneThatIsWritten_waits() {
    write_lock(lock);
    for (String name : List.of("r1", "r2")) {
      task(
          name,
          () -> {
            read_lock(lock);
            order.add(name);
            mdelay(3);
            read_unlock(lock);
            return 0;
          });
    }
    mdelay(5);
    assertThat(order).isEmpty();
    write_unlock(lock);
    sim.advance(Duration.ofMillis(1));
    assertThat(order).as("both are inside").containsExactlyInAnyOrder("r1", "r2");
    assertThat(write_trylock(lock)).isFalse();
    sim.advance(Duration.ofMillis(5));
    assertThat(write_trylock(lock)).isTrue();
    assertThat(bugs()).isEmpty();
  }

  /** A writer who waited and is no more: see the head of RwLocks. */
  @Test
  void read_lock_keptOutByNobody_isReportedAndTakesIt() {
    lock.__word = 1 << 30;
    assertThat(read_trylock(lock)).isFalse();
    read_lock(lock);
    assertThat(lock.__word).isEqualTo(1);
    assertThat(bugs()).singleElement().asString().contains("BUG: rwlock lockup suspected on CPU#0");
    read_unlock(lock);
    lock.__word = 1 << 30;
    write_lock(lock);
    write_unlock(lock);
    assertThat(lock.__word).isZero();
  }

  @Test
  void write_lock_heldLongerThanASecond_namesTheHolder() {
    Task holder =
        task(
            "holder",
            () -> {
              write_lock(lock);
              mdelay(2_500);
              write_unlock(lock);
              return 0;
            });
    read_lock(lock);
    assertThat(bugs())
        .singleElement()
        .asString()
        .matches(".* BUG: rwlock lockup suspected on CPU#0, test/\\d+, ffff\\w+.*");
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("held by: holder/" + holder.struct.pid + ", of kernel"));
  }

  @Test
  void write_lock_twiceByOneTask_isReportedAsRecursion() {
    task(
        "self",
        () -> {
          write_lock(lock);
          write_lock(lock);
          return 0;
        });
    RwlockT other = new RwlockT();
    task(
        "other",
        () -> {
          write_lock(other);
          read_lock(other);
          return 0;
        });
    assertThat(bugs()).hasSize(2).allMatch(line -> line.contains("BUG: rwlock recursion on CPU#"));
  }

  @Test
  void unlock_ofWhatIsNotHeld_isReported() {
    preempt_disable();
    read_unlock(lock);
    preempt_disable();
    write_unlock(lock);
    assertThat(lock.__word).isZero();
    assertThat(bugs()).hasSize(2).allMatch(line -> line.contains("already unlocked on CPU#0"));
    task(
        "holder",
        () -> {
          write_lock(lock);
          mdelay(100);
          return 0;
        });
    preempt_disable();
    write_unlock(lock);
    assertThat(bugs()).hasSize(3).last().asString().contains("BUG: rwlock wrong owner on CPU#0");
    assertThat(lock.__word).isZero();
  }

  @Test
  void spin_trylocks_withBhOrIrqs_changeNothingIfTheyFail() {
    SpinlockT spinlock = new SpinlockT();
    spin_lock(spinlock);
    assertThat(spin_trylock_bh(spinlock)).isFalse();
    assertThat(spin_trylock_irqsave(spinlock)).isEqualTo(-1);
    assertThat(spin_trylock_irq(spinlock)).isFalse();
    assertThat(preempt_count()).isEqualTo(1);
    assertThat(irqs_disabled()).isFalse();
    spin_unlock(spinlock);
    assertThat(spin_trylock_bh(spinlock)).isTrue();
    assertThat(preempt_count()).isEqualTo(0x201);
    spin_unlock_bh(spinlock);
    assertThat(spin_trylock_irq(spinlock)).isTrue();
    assertThat(irqs_disabled()).isTrue();
    spin_unlock_irq(spinlock);
    long flags = spin_trylock_irqsave(spinlock);
    assertThat(flags).isNotNegative();
    assertThat(irqs_disabled()).isTrue();
    SpinlockT held = new SpinlockT();
    long heldFlags = spin_lock_irqsave(held);
    assertThat(spin_trylock_irqsave(held)).isEqualTo(-1);
    assertThat(irqs_disabled()).as("as before").isTrue();
    spin_unlock_irqrestore(held, heldFlags);
    spin_unlock_irqrestore(spinlock, flags);
    assertThat(irqs_disabled()).isFalse();
    assertThat(preempt_count()).isZero();
  }
}
