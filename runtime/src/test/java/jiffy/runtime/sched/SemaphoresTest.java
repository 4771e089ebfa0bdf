package jiffy.runtime.sched;

import static jiffy.linux.Delay.msleep;
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
import static jiffy.linux.Timers.mod_timer;
import static jiffy.linux.Timers.timer_setup;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import jiffy.kernel.Owner;
import jiffy.runtime.Machine;
import jiffy.runtime.Simulation;
import jiffy.types.RwSemaphore;
import jiffy.types.Semaphore;
import jiffy.types.TimerList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Semaphores and rw_semaphores, beside truth/semprobe_sync.dmesg. */
class SemaphoresTest {
  private final Machine machine = Machine.simulate("hz=250 nr_cpus=2");
  private final Attachment self = machine.attach("insmod", 0);
  private final Simulation sim = machine.simulation().orElseThrow();
  private final Semaphore sem = new Semaphore();
  private final RwSemaphore rwsem = DECLARE_RWSEM();
  private final List<String> order = new ArrayList<>();

  @AfterEach
  void halt() {
    machine.close();
    self.close();
  }

  private Task task(String name, Task.Body body) {
    Task task = machine.tasks().spawn(name, Owner.CORE, body);
    sim.advance(Duration.ofMillis(1));
    return task;
  }

  private void settle() {
    sim.advance(Duration.ofMillis(1));
  }

  private Task reader(String name, int millis) {
    return task(
        name,
        () -> {
          down_read(rwsem);
          order.add(name);
          msleep(millis);
          up_read(rwsem);
          return 0;
        });
  }

  private Task writer(String name, int millis) {
    return task(
        name,
        () -> {
          down_write(rwsem);
          order.add(name);
          msleep(millis);
          up_write(rwsem);
          return 0;
        });
  }

  @Test
  void down_trylock_ofACountOf2_passesTwice() {
    sema_init(sem, 2);
    assertThat(down_trylock(sem)).isZero();
    assertThat(down_trylock(sem)).isZero();
    assertThat(down_trylock(sem)).isEqualTo(1);
    long before = jiffies();
    assertThat(down_timeout(sem, 10)).isEqualTo(-ETIME);
    assertThat(jiffies() - before).isEqualTo(11);
    assertThat(down_timeout(sem, 0)).isEqualTo(-ETIME);
    assertThat(down_timeout(sem, -1)).isEqualTo(-ETIME);
    assertThat(sem.__wait.__entries).isEmpty();
    up(sem);
    up(sem);
    up(sem);
    assertThat(sem.count).isEqualTo(3);
    assertThat(down_interruptible(sem)).isZero();
    assertThat(down_killable(sem)).isZero();
    assertThat(down_timeout(sem, 10)).isZero();
    assertThat(DEFINE_SEMAPHORE().count).isEqualTo(1);
  }

  @Test
  void up_inATimer_letsTheFirstComeFirstServedPass() {
    for (String name : List.of("a", "b", "c")) {
      task(
          name,
          () -> {
            down(sem);
            order.add(name);
            return 0;
          });
    }
    TimerList timer = new TimerList();
    timer_setup(timer, t -> up(sem), 0);
    mod_timer(timer, jiffies() + 1);
    msleep(20);
    assertThat(order).containsExactly("a");
    up(sem);
    assertThat(down_trylock(sem)).as("who comes later does not overtake").isEqualTo(1);
    up(sem);
    settle();
    assertThat(order).containsExactly("a", "b", "c");
    assertThat(sem.count).isZero();
    assertThat(sem.__wait.__entries).isEmpty();
  }

  @Test
  void down_timeout_inALine_isServedInTime() {
    Task first = task("first", () -> down_timeout(sem, 100));
    Task late = task("late", () -> down_timeout(sem, 10));
    msleep(60);
    assertThat(late.isEnded()).isTrue();
    assertThat(late.exitValue()).isEqualTo(-ETIME);
    up(sem);
    settle();
    assertThat(first.isEnded()).isTrue();
    assertThat(first.exitValue()).isZero();
  }

  @Test
  void down_interruptible_signalled_returnsEintrAndTheNextGetsItsTurn() {
    Task first = task("first", () -> down_interruptible(sem));
    Task killable = task("killable", () -> down_killable(sem));
    Task last =
        task(
            "last",
            () -> {
              down(sem);
              return 7;
            });
    machine.scheduler().signal(first.struct, 1);
    machine.scheduler().signal(killable.struct, 1);
    settle();
    assertThat(first.exitValue()).isEqualTo(-EINTR);
    assertThat(killable.isEnded()).isFalse();
    up(sem); // wakes the one who is killed before he runs: then it is the next one's
    machine.scheduler().signal(killable.struct, Scheduler.SIGKILL);
    settle();
    assertThat(killable.isEnded()).isTrue();
    assertThat(killable.exitValue()).isEqualTo(-EINTR);
    assertThat(last.isEnded()).isTrue();
    assertThat(last.exitValue()).isEqualTo(7);
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
    writer("w1", 10);
    reader("r1", 10);
    reader("r2", 10);
    writer("w2", 10);
    reader("r3", 10);
    assertThat(order).isEmpty();
    assertThat(rwsem_is_contended(rwsem)).isTrue();
    assertThat(down_read_trylock(rwsem)).as("somebody waits").isFalse();
    up_read(rwsem);
    settle();
    assertThat(order).containsExactly("w1");
    msleep(16);
    assertThat(order).containsExactly("w1", "r1", "r2");
    msleep(100);
    assertThat(order).containsExactly("w1", "r1", "r2", "w2", "r3");
    assertThat(rwsem_is_locked(rwsem)).isFalse();
    assertThat(rwsem.__wait.__entries).isEmpty();
  }

  @Test
  void downgrade_write_letsTheReadersInAndNoWriter() {
    down_write(rwsem);
    reader("r1", 10);
    writer("w1", 10);
    assertThat(order).isEmpty();
    downgrade_write(rwsem);
    settle();
    assertThat(order).containsExactly("r1");
    msleep(100);
    assertThat(order).as("it is still held for reading").containsExactly("r1");
    up_read(rwsem);
    settle();
    assertThat(order).containsExactly("r1", "w1");
  }

  @Test
  void down_write_killable_killed_letsTheReadersBehindHimIn() {
    down_read(rwsem);
    Task writer = task("w1", () -> down_write_killable(rwsem));
    reader("r1", 10);
    assertThat(order).isEmpty();
    machine.scheduler().signal(writer.struct, Scheduler.SIGKILL);
    settle();
    assertThat(writer.exitValue()).isEqualTo(-EINTR);
    assertThat(order).containsExactly("r1");
  }

  @Test
  void down_write_twiceByOneTask_isReportedAndHangsUntilItIsKilled() {
    Task twice =
        task(
            "twice",
            () -> {
              down_write(rwsem);
              down_write(rwsem);
              up_write(rwsem);
              return 0;
            });
    sim.advance(Duration.ofSeconds(40));
    assertThat(twice.isEnded()).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(line -> line.contains("rw_semaphore: twice/" + twice.struct.pid + " waits for "));
    machine.scheduler().signal(twice.struct, Scheduler.SIGKILL);
    settle();
    assertThat(twice.isEnded()).isTrue();
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
    Task holder =
        task(
            "holder",
            () -> {
              down_write(rwsem);
              msleep(1_000_000);
              return 0;
            });
    up_write(rwsem);
    assertThat(rwsem_is_locked(rwsem)).isFalse();
    assertThat(machine.dmesg())
        .anyMatch(
            line ->
                line.endsWith(
                    ", held by holder/"
                        + holder.struct.pid
                        + ", of kernel: released all the same"));
  }
}
