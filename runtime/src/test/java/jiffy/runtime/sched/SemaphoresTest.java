package jiffy.runtime.sched;

import static jiffy.linux.Errno.EINTR;
import static jiffy.linux.Errno.ETIME;
import static jiffy.linux.Jiffies.jiffies;
import static jiffy.linux.RwSemaphores.DECLARE_RWSEM;
import static jiffy.linux.RwSemaphores.down_read;
import static jiffy.linux.RwSemaphores.down_read_interruptible;
import static jiffy.linux.RwSemaphores.down_read_killable;
import static jiffy.linux.RwSemaphores.down_read_trylock;
import static jiffy.linux.RwSemaphores.down_write;
import static jiffy.linux.RwSemaphores.down_write_killable;
import static jiffy.linux.RwSemaphores.down_write_trylock;
import static jiffy.linux.RwSemaphores.downgrade_write;
import static jiffy.linux.RwSemaphores.init_rwsem;
import static jiffy.linux.RwSemaphores.rwsem_is_contended;
import static jiffy.linux.RwSemaphores.rwsem_is_locked;
import static jiffy.linux.RwSemaphores.up_read;
import static jiffy.linux.RwSemaphores.up_write;
import static jiffy.linux.Semaphores.DEFINE_SEMAPHORE;
import static jiffy.linux.Semaphores.down;
import static jiffy.linux.Semaphores.down_interruptible;
import static jiffy.linux.Semaphores.down_killable;
import static jiffy.linux.Semaphores.down_timeout;
import static jiffy.linux.Semaphores.down_trylock;
import static jiffy.linux.Semaphores.sema_init;
import static jiffy.linux.Semaphores.up;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.types.RwSemaphore;
import jiffy.types.Semaphore;
import org.junit.jupiter.api.Test;

/** Semaphores and rw_semaphores, beside truth/semprobe_sync.dmesg. */
@OnBothPlatforms
class SemaphoresTest extends HoldersFixture {
  private final Semaphore sem = new Semaphore();
  private final RwSemaphore rwsem = DECLARE_RWSEM();

  SemaphoresTest(Platform platform) {
    super(platform);
  }

  private void reader(String name) {
    holders.keeper(name, () -> down_read(rwsem), () -> up_read(rwsem));
  }

  private Task writer(String name) {
    return holders.keeper(name, () -> down_write(rwsem), () -> up_write(rwsem));
  }

  @Test
  void down_trylock_ofACountOf2_passesTwice() {
    sema_init(sem, 2);
    assertThat(down_trylock(sem)).isZero();
    assertThat(down_trylock(sem)).isZero();
    assertThat(down_trylock(sem)).isEqualTo(1);
    up(sem);
    assertThat(down_trylock(sem)).isZero();
    assertThat(DEFINE_SEMAPHORE().count).isEqualTo(1);
  }

  @Test
  void down_timeout_ofABusyOne_returnsEtimeNotTooEarly() {
    long before = jiffies();
    assertThat(down_timeout(sem, 10)).isEqualTo(-ETIME);
    kernel.assertPassed(11, before);
    assertThat(down_timeout(sem, 0)).isEqualTo(-ETIME);
    assertThat(down_timeout(sem, -1)).isEqualTo(-ETIME);
    assertThat(sem.__wait.__entries).isEmpty();
    up(sem);
    assertThat(down_timeout(sem, 10)).isZero();
  }

  @Test
  void up_beyondTheInitialCount_counts() {
    up(sem);
    up(sem);
    up(sem);
    assertThat(sem.count).isEqualTo(3);
    assertThat(down_interruptible(sem)).isZero();
    assertThat(sem.count).isEqualTo(2);
    assertThat(down_killable(sem)).isZero();
    assertThat(down_timeout(sem, 10)).isZero();
    assertThat(sem.count).isZero();
  }

  @Test
  void up_inATimer_letsTheFirstComeFirstServedPass() {
    for (String name : List.of("a", "b", "c")) {
      holders.passer(name, () -> down(sem), () -> {});
    }
    kernel.inJiffies(1, () -> up(sem));
    holders.untilCount(1);
    assertThat(order).containsExactly("a");
    up(sem);
    assertThat(down_trylock(sem)).as("who comes later does not overtake").isEqualTo(1);
    up(sem);
    holders.untilCount(3);
    kernel.assertInOrder(order, "a", "b", "c");
    assertThat(sem.count).isZero();
    assertThat(sem.__wait.__entries).isEmpty();
  }

  @Test
  void down_timeout_inALine_isServedInTime() {
    Task first = kernel.task("first", () -> down_timeout(sem, TestKernel.FAR));
    Task late = kernel.task("late", () -> down_timeout(sem, 10));
    assertThat(kernel.join(late)).isEqualTo(-ETIME);
    up(sem);
    assertThat(kernel.join(first)).isZero();
  }

  @Test
  void down_interruptible_signalled_returnsEintrAndTheNextGetsItsTurn() {
    Task first = kernel.task("first", () -> down_interruptible(sem));
    Task killable = kernel.task("killable", () -> down_killable(sem));
    Task last = holders.passer("last", () -> down(sem), () -> {});
    kernel.signal(first, 1);
    kernel.signal(killable, 1);
    assertThat(kernel.join(first)).isEqualTo(-EINTR);
    kernel.settle();
    assertThat(killable.isEnded()).isFalse();
    up(sem); // wakes the one who is killed before he runs: then it is the next one's
    kernel.signal(killable, Scheduler.SIGKILL);
    if (kernel.join(killable) == 0) {
      assertThat(kernel.isSim()).as("he ran before he was killed").isFalse();
      up(sem);
    } else {
      assertThat(killable.exitValue()).isEqualTo(-EINTR);
    }
    kernel.join(last);
    assertThat(sem.count).isZero();
  }

  @Test
  void down_read_trylock_asOnLinux() {
    init_rwsem(rwsem);
    down_read(rwsem);
    assertThat(down_read_trylock(rwsem)).isTrue();
    assertThat(down_write_trylock(rwsem)).isFalse();
    up_read(rwsem);
    assertThat(rwsem_is_locked(rwsem)).isTrue();
    up_read(rwsem);
    assertThat(rwsem_is_locked(rwsem)).isFalse();
    assertThat(down_write_trylock(rwsem)).isTrue();
    assertThat(down_read_trylock(rwsem)).isFalse();
    up_write(rwsem);
    assertThat(down_read_interruptible(rwsem)).isZero();
    assertThat(down_read_killable(rwsem)).isZero();
    up_read(rwsem);
    up_read(rwsem);
    assertThat(down_write_killable(rwsem)).isZero();
    assertThat(machine.dmesg()).noneMatch(line -> line.contains("WARN"));
  }

  /** A reader who comes after a waiting writer waits behind him; neighbours read together. */
  @Test
  void rwsem_servesInTheOrderOfComing() {
    down_read(rwsem);
    writer("w1");
    reader("r1");
    reader("r2");
    writer("w2");
    reader("r3");
    assertThat(order).isEmpty();
    assertThat(rwsem_is_contended(rwsem)).isTrue();
    assertThat(down_read_trylock(rwsem)).as("somebody waits").isFalse();
    up_read(rwsem);
    holders.untilCount(1);
    assertThat(order).containsExactly("w1");
    holders.letGo("w1");
    holders.untilCount(3);
    kernel.assertInOrder(order, "w1", "r1", "r2");
    holders.letGo("r2");
    kernel.settle();
    assertThat(order).as("one of them still reads").hasSize(3);
    holders.letGo("r1");
    holders.untilCount(4);
    assertThat(order).hasSize(4).endsWith("w2");
    holders.letGo("w2");
    holders.untilCount(5);
    assertThat(order).endsWith("w2", "r3");
    holders.letGo("r3");
    kernel.until("it is free", () -> !rwsem_is_locked(rwsem));
    assertThat(rwsem.__wait.__entries).isEmpty();
  }

  @Test
  void downgrade_write_letsTheReadersInAndNoWriter() {
    down_write(rwsem);
    reader("r1");
    writer("w1");
    assertThat(order).isEmpty();
    downgrade_write(rwsem);
    holders.untilCount(1);
    assertThat(order).containsExactly("r1");
    holders.letGo("r1");
    kernel.settle();
    assertThat(order).as("it is still held for reading").containsExactly("r1");
    up_read(rwsem);
    holders.untilCount(2);
    assertThat(order).containsExactly("r1", "w1");
  }

  @Test
  void down_write_killable_killed_letsTheReadersBehindHimIn() {
    down_read(rwsem);
    Task writer = kernel.task("w1", () -> down_write_killable(rwsem));
    reader("r1");
    assertThat(order).isEmpty();
    kernel.signal(writer, Scheduler.SIGKILL);
    assertThat(kernel.join(writer)).isEqualTo(-EINTR);
    holders.untilCount(1);
    assertThat(order).containsExactly("r1");
  }

  @Test
  void down_write_twiceByOneTask_isReportedAndHangsUntilItIsKilled() {
    Task twice =
        kernel.task(
            "twice",
            () -> {
              down_write(rwsem);
              down_write(rwsem);
              up_write(rwsem);
              return 0;
            });
    kernel.settle();
    assertThat(twice.isEnded()).isFalse();
    assertThat(kernel.hasLogged("rw_semaphore: twice/" + twice.struct.pid + " waits for "))
        .isTrue();
    kernel.signal(twice, Scheduler.SIGKILL);
    kernel.join(twice);
    assertThat(rwsem_is_locked(rwsem)).isFalse();
  }

  @Test
  void up_ofWhatIsNotHeld_isReportedAndIgnored() {
    up_read(rwsem);
    up_write(rwsem);
    assertThat(rwsem_is_locked(rwsem)).isFalse();
    down_write(rwsem);
    up_read(rwsem);
    assertThat(down_read_trylock(rwsem)).as("still held").isFalse();
    downgrade_write(rwsem);
    up_write(rwsem);
    assertThat(rwsem_is_locked(rwsem)).isTrue();
    assertThat(machine.dmesg())
        .filteredOn(line -> line.contains("DEBUG_RWSEMS_WARN_ON("))
        .satisfiesExactly(
            line ->
                assertThat(line)
                    .contains("(!is_rwsem_reader_owned(sem)): up_read of ")
                    .endsWith(", held by nobody: ignored"),
            line ->
                assertThat(line)
                    .contains("(rwsem_owner(sem) != current): up_write of ")
                    .endsWith(", held by nobody: ignored"),
            line -> assertThat(line).contains("up_read of ").endsWith(", of kernel: ignored"),
            line -> assertThat(line).endsWith(", held by readers: ignored"));
  }

  @Test
  void up_write_byAnotherTask_isReportedAndUnlocks() {
    Task holder = writer("holder");
    up_write(rwsem);
    assertThat(rwsem_is_locked(rwsem)).isFalse();
    assertThat(
            kernel.hasLogged(
                ", held by holder/" + holder.struct.pid + ", of kernel: released all the same"))
        .isTrue();
  }
}
