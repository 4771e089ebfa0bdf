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

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import jiffy.runtime.Machine;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Task;
import jiffy.types.RwlockT;
import jiffy.types.SpinlockT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rwlocks, and the spinlocks' forms that only try, beside truth/semprobe_sync.dmesg. */
@OnBothPlatforms
class RwLocksTest {
  /** The bits of the word: see RwLocks. */
  private static final int WAITS = 1 << 30;

  private static final int WRITER = 1 << 31;

  private final TestKernel kernel;
  private final Machine machine;
  private final RwlockT lock = DEFINE_RWLOCK();
  private final List<String> order = new CopyOnWriteArrayList<>();
  private volatile boolean mayGo;

  RwLocksTest(Platform platform) {
    kernel = TestKernel.boot(platform);
    machine = kernel.machine;
  }

  @AfterEach
  void halt() {
    mayGo = true;
    kernel.close();
  }

  private Task reader(String name) {
    return kernel.start(
        name,
        () -> {
          read_lock(lock);
          order.add(name);
          busyUntilItMayGo();
          read_unlock(lock);
          return 0;
        });
  }

  private Task writer(String name) {
    return kernel.start(
        name,
        () -> {
          write_lock(lock);
          order.add(name);
          busyUntilItMayGo();
          write_unlock(lock);
          return 0;
        });
  }

  private void busyUntilItMayGo() {
    while (!mayGo) {
      mdelay(1);
    }
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
    mayGo = true;
    read_lock(lock);
    Task writer = writer("writer");
    kernel.until("the writer waits", () -> lock.__word == (WAITS | 1));
    Task reader = reader("reader");
    kernel.until("both are parked", () -> lock.__waiters == 2);
    assertThat(order).isEmpty();
    assertThat(read_trylock(lock)).isFalse();
    local_bh_disable();
    assertThat(read_trylock(lock)).as("it may have interrupted a reader").isTrue();
    read_unlock(lock);
    local_bh_enable();
    mdelay(5);
    assertThat(order).isEmpty();
    read_unlock(lock);
    kernel.join(writer);
    kernel.join(reader);
    assertThat(order).containsExactlyInAnyOrder("writer", "reader");
    assertThat(lock.__word).isZero();
    assertThat(lock.__waiters).isZero();
  }

  @Test
  void read_lock_ofOneThatIsWritten_waits() {
    write_lock(lock);
    List<Task> readers = List.of(reader("r1"), reader("r2"));
    kernel.until("both are parked", () -> lock.__waiters == 2);
    assertThat(order).isEmpty();
    write_unlock(lock);
    kernel.until("both are inside", () -> lock.__word == 2 && order.size() == 2);
    assertThat(write_trylock(lock)).isFalse();
    mayGo = true;
    readers.forEach(kernel::join);
    assertThat(write_trylock(lock)).isTrue();
    write_unlock(lock);
    if (kernel.isSim()) {
      assertThat(bugs()).isEmpty();
    }
  }

  /** A writer who waited and is no more: see the head of RwLocks. */
  @Test
  void read_lock_keptOutByNobody_isReportedAndTakesIt() {
    lock.__word = WAITS;
    assertThat(read_trylock(lock)).isFalse();
    read_lock(lock);
    assertThat(lock.__word).isEqualTo(1);
    assertThat(bugs()).singleElement().asString().contains("BUG: rwlock lockup suspected on CPU#0");
    read_unlock(lock);
    lock.__word = WAITS;
    write_lock(lock);
    write_unlock(lock);
    assertThat(lock.__word).isZero();
  }

  @Test
  void write_lock_heldLongerThanASecond_namesTheHolder() {
    Task holder =
        kernel.start(
            "holder",
            () -> {
              write_lock(lock);
              for (int i = 0; i < 300 && bugs().isEmpty(); i++) {
                mdelay(100);
              }
              write_unlock(lock);
              return 0;
            });
    kernel.until("it is held", () -> lock.__word == WRITER);
    read_lock(lock);
    assertThat(bugs())
        .singleElement()
        .asString()
        .matches(".* BUG: rwlock lockup suspected on CPU#0, insmod/\\d+, ffff\\w+.*");
    assertThat(kernel.hasLogged("held by: holder/" + holder.struct.pid + ", of kernel")).isTrue();
  }

  @Test
  void write_lock_twiceByOneTask_isReportedAsRecursion() {
    RwlockT other = new RwlockT();
    List<Task> tasks =
        List.of(
            kernel.start(
                "self",
                () -> {
                  write_lock(lock);
                  write_lock(lock);
                  write_unlock(lock);
                  return 0;
                }),
            kernel.start(
                "other",
                () -> {
                  write_lock(other);
                  read_lock(other);
                  read_unlock(other);
                  return 0;
                }));
    kernel.until("both are reported", () -> bugs().size() >= 2);
    assertThat(bugs())
        .filteredOn(line -> !line.contains("lockup suspected")) // if this takes a second
        .hasSize(2)
        .allMatch(line -> line.contains("BUG: rwlock recursion on CPU#"));
    assertThat(tasks).noneMatch(Task::isEnded);
    rwlock_init(lock);
    rwlock_init(other);
    tasks.forEach(kernel::join);
  }

  @Test
  void unlock_ofWhatIsNotHeld_isReported() {
    preempt_disable();
    read_unlock(lock);
    preempt_disable();
    write_unlock(lock);
    assertThat(lock.__word).isZero();
    assertThat(bugs()).hasSize(2).allMatch(line -> line.contains("already unlocked on CPU#0"));
    writer("holder");
    kernel.until("it is held", () -> order.contains("holder"));
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
