package jiffy.runtime.proc;

import static jiffy.linux.Errno.EIO;
import static jiffy.linux.Errno.ENOENT;
import static jiffy.linux.Fs.O_RDONLY;
import static jiffy.linux.Fs.O_RDWR;
import static jiffy.linux.ProcFs.proc_create;
import static jiffy.linux.ProcFs.remove_proc_entry;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import jiffy.kernel.Current;
import jiffy.runtime.Machine;
import jiffy.runtime.StressTasks;
import jiffy.runtime.context.Context;
import jiffy.types.File;
import jiffy.types.Inode;
import jiffy.types.ProcOps;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A file that is made and removed while others open, read, write and close it, on real threads.
 * Forbidden: one of its functions running once remove_proc_entry has returned; an opening that is
 * not released, or twice; a result that is none of those there are. Length: {@code
 * -Djiffy.stress=SECONDS}.
 */
@Timeout(value = 3, unit = TimeUnit.MINUTES)
class RemovalStressTest {
  private static final int USERS = 3;

  /** What one making of the file has seen. */
  private static final class Life {
    final AtomicInteger uses = new AtomicInteger();
    final AtomicInteger opens = new AtomicInteger();
    final AtomicInteger releases = new AtomicInteger();
    volatile boolean removed;
  }

  private final AtomicInteger late = new AtomicInteger();
  private final AtomicInteger twice = new AtomicInteger();
  private final AtomicLong reads = new AtomicLong();
  private final AtomicLong unreleased = new AtomicLong();

  @Test
  void remove_whileOthersUseTheFile_isTheEndOfItsFunctions() {
    try (Machine machine = Machine.boot("hz=1000 nr_cpus=2")) {
      StressTasks.run(
          machine,
          1 + USERS,
          (seed, until) -> seed == 0 ? makeAndRemove(machine, until) : use(machine, until));
      assertThat(machine.dmesg()).noneMatch(line -> line.contains("Oops"));
    }
    assertThat(late).as("calls after the removal").hasValue(0);
    assertThat(twice).as("second releases").hasValue(0);
    assertThat(unreleased).as("openings that were never released").hasValue(0);
    assertThat(reads).hasPositiveValue();
  }

  /** Removes it when it has been used so many times, which differs, or after 2 ms. */
  private int makeAndRemove(Machine machine, long until) {
    for (int i = 0; machine.uptimeNanos() < until; i++) {
      Life life = new Life();
      proc_create("now", 0644, null, opsOf(life));
      long end = machine.uptimeNanos() + 2_000_000;
      while (life.uses.get() < i % 9 && machine.uptimeNanos() < end) {
        Thread.yield();
      }
      remove_proc_entry("now", null);
      life.removed = true;
      unreleased.addAndGet(life.opens.get() - life.releases.get());
    }
    return 0;
  }

  private ProcOps opsOf(Life life) {
    ProcOps ops = new ProcOps();
    ops.proc_open = (inode, file) -> opened(life, file);
    ops.proc_read = (file, buf, count, pos) -> used(life, file);
    ops.proc_write = (file, buf, count, pos) -> used(life, file);
    ops.proc_release = (inode, file) -> released(life, inode, file);
    return ops;
  }

  private int opened(Life life, File file) {
    used(life, file);
    file.private_data = new AtomicInteger();
    life.opens.incrementAndGet();
    return 0;
  }

  private long used(Life life, File file) {
    late.addAndGet(life.removed ? 1 : 0);
    life.uses.incrementAndGet();
    Thread.yield();
    late.addAndGet(life.removed ? 1 : 0);
    return file.f_mode;
  }

  private int released(Life life, Inode inode, File file) {
    twice.addAndGet(((AtomicInteger) file.private_data).getAndIncrement());
    life.releases.incrementAndGet();
    return (int) used(life, file);
  }

  private int use(Machine machine, long until) {
    Context self = (Context) Current.get();
    byte[] some = new byte[8];
    for (int i = 0; machine.uptimeNanos() < until; i++) {
      try (OpenFile file = machine.proc().open(self, "/proc/now", i % 2 == 0 ? O_RDONLY : O_RDWR)) {
        if (file.error() != 0) {
          assertThat(file.error()).isEqualTo(-ENOENT);
          continue;
        }
        for (int n = 0; n < 3; n++) {
          long got = i % 2 == 0 ? file.read(self, some, 8) : file.write(self, some, 0, 8);
          reads.addAndGet(got > 0 ? 1 : 0);
          assertThat(got).isIn((long) -EIO, 1L, 3L);
        }
      }
    }
    return 0;
  }
}
