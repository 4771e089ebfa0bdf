package jiffy.runtime.locking;

import static jiffy.linux.Rwlocks.read_lock;
import static jiffy.linux.Rwlocks.read_lock_bh;
import static jiffy.linux.Rwlocks.read_trylock;
import static jiffy.linux.Rwlocks.read_unlock;
import static jiffy.linux.Rwlocks.read_unlock_bh;
import static jiffy.linux.Rwlocks.write_lock;
import static jiffy.linux.Rwlocks.write_trylock;
import static jiffy.linux.Rwlocks.write_unlock;
import static jiffy.linux.Seqlocks.read_seqbegin;
import static jiffy.linux.Seqlocks.read_seqretry;
import static jiffy.linux.Seqlocks.write_seqlock;
import static jiffy.linux.Seqlocks.write_sequnlock;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.types.RwlockT;
import jiffy.types.SeqlockT;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Readers and writers of plain fields, on real threads. Forbidden: a reader under a rwlock, or one
 * whose read_seqretry says that he may use what he read, who sees half of what a writer did; a lost
 * increment; somebody who never gets in. Length: {@code -Djiffy.stress=SECONDS}.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RwLockStressTest {
  private static final int TASKS = 4;

  private final AtomicInteger torn = new AtomicInteger();
  private final AtomicLong writes = new AtomicLong();
  private final AtomicLong reads = new AtomicLong();
  private long left;
  private long middle;
  private long right;

  private void write() {
    left++;
    middle++;
    right++;
    writes.incrementAndGet();
  }

  @Test
  void rwlock_underManyTasks_hasReadersOrOneWriter() {
    RwlockT lock = new RwlockT();
    try (Machine machine = Machine.boot("nr_cpus=2")) {
      StressTasks.run(
          machine,
          TASKS,
          (seed, until) -> {
            Random random = new Random(seed);
            while (machine.uptimeNanos() < until) {
              readOrWrite(lock, random.nextInt(8));
            }
            return 0;
          });
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("BUG"));
    }
    assertThat(torn).hasValue(0);
    assertThat(left).isEqualTo(writes.get()).isPositive();
    assertThat(reads.get()).isPositive();
    assertThat(lock.__word).isZero();
    assertThat(lock.__waiters).isZero();
  }

  @Test
  void rwlock_whoseReadersNeverPause_letsAWriterIn() {
    RwlockT lock = new RwlockT();
    AtomicInteger whileTheyRead = new AtomicInteger();
    try (Machine machine = Machine.boot("nr_cpus=2")) {
      StressTasks.run(
          machine,
          TASKS,
          (seed, until) -> {
            while (machine.uptimeNanos() < until) {
              if (seed == 0) {
                write_lock(lock);
                write();
                write_unlock(lock);
                whileTheyRead.incrementAndGet();
              } else {
                read_lock(lock);
                read();
                read_unlock(lock);
              }
            }
            return 0;
          });
    }
    assertThat(torn).hasValue(0);
    assertThat(whileTheyRead.get()).as("one could be after the readers").isGreaterThan(2);
  }

  private void readOrWrite(RwlockT lock, int what) {
    if (what == 0) {
      write_lock(lock);
      write();
      write_unlock(lock);
    } else if (what == 1) {
      if (write_trylock(lock)) {
        write();
        write_unlock(lock);
      }
    } else if (what == 2) {
      if (read_trylock(lock)) {
        read();
        read_unlock(lock);
      }
    } else if (what == 3) {
      read_lock_bh(lock);
      read();
      read_unlock_bh(lock);
    } else {
      read_lock(lock);
      read();
      read_unlock(lock);
    }
  }

  private void read() {
    if (left != middle || middle != right) {
      torn.incrementAndGet();
    }
    reads.incrementAndGet();
  }

  @Test
  void seqlock_underManyTasks_acceptsNoTornRead() {
    SeqlockT lock = new SeqlockT();
    try (Machine machine = Machine.boot("nr_cpus=2")) {
      StressTasks.run(
          machine,
          TASKS,
          (seed, until) -> {
            while (machine.uptimeNanos() < until) {
              for (int i = 0; i < 100; i++) {
                if (seed < 2) {
                  write_seqlock(lock);
                  write();
                  write_sequnlock(lock);
                } else {
                  readWithRetry(lock);
                }
              }
            }
            return 0;
          });
    }
    assertThat(torn).hasValue(0);
    assertThat(left).isEqualTo(writes.get()).isPositive();
    assertThat(reads.get()).isPositive();
    assertThat(lock.seqcount.sequence).isEqualTo((int) (2 * writes.get()));
  }

  private void readWithRetry(SeqlockT lock) {
    long first;
    long second;
    long third;
    int seq;
    do {
      seq = read_seqbegin(lock);
      first = left;
      second = middle;
      third = right;
    } while (read_seqretry(lock, seq));
    if (first != second || second != third) {
      torn.incrementAndGet();
    }
    reads.incrementAndGet();
  }
}
