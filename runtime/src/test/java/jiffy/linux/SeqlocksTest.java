package jiffy.linux;

import static jiffy.linux.Delay.udelay;
import static jiffy.linux.Irqflags.irqs_disabled;
import static jiffy.linux.Preempt.preempt_count;
import static jiffy.linux.Seqlocks.DEFINE_SEQLOCK;
import static jiffy.linux.Seqlocks.SEQCNT_ZERO;
import static jiffy.linux.Seqlocks.read_seqbegin;
import static jiffy.linux.Seqlocks.read_seqcount_begin;
import static jiffy.linux.Seqlocks.read_seqcount_retry;
import static jiffy.linux.Seqlocks.read_seqlock_excl;
import static jiffy.linux.Seqlocks.read_seqretry;
import static jiffy.linux.Seqlocks.read_sequnlock_excl;
import static jiffy.linux.Seqlocks.seqcount_init;
import static jiffy.linux.Seqlocks.seqlock_init;
import static jiffy.linux.Seqlocks.write_seqcount_begin;
import static jiffy.linux.Seqlocks.write_seqcount_end;
import static jiffy.linux.Seqlocks.write_seqlock;
import static jiffy.linux.Seqlocks.write_seqlock_bh;
import static jiffy.linux.Seqlocks.write_seqlock_irq;
import static jiffy.linux.Seqlocks.write_seqlock_irqsave;
import static jiffy.linux.Seqlocks.write_sequnlock;
import static jiffy.linux.Seqlocks.write_sequnlock_bh;
import static jiffy.linux.Seqlocks.write_sequnlock_irq;
import static jiffy.linux.Seqlocks.write_sequnlock_irqrestore;
import static org.assertj.core.api.Assertions.assertThat;

import jiffy.runtime.OnBothPlatforms;
import jiffy.runtime.Platform;
import jiffy.runtime.TestKernel;
import jiffy.runtime.sched.Task;
import jiffy.types.SeqcountT;
import jiffy.types.SeqlockT;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Sequence counters and locks. */
@OnBothPlatforms
class SeqlocksTest {
  private final TestKernel kernel;
  private final SeqlockT lock = DEFINE_SEQLOCK();

  SeqlocksTest(Platform platform) {
    kernel = TestKernel.boot(platform);
  }

  @AfterEach
  void halt() {
    kernel.close();
  }

  @Test
  void read_seqretry_afterAWriter_isTrue() {
    int seq = read_seqbegin(lock);
    assertThat(read_seqretry(lock, seq)).isFalse();
    write_seqlock(lock);
    assertThat(read_seqretry(lock, seq)).isTrue();
    assertThat(preempt_count()).isEqualTo(1);
    write_sequnlock(lock);
    assertThat(preempt_count()).isZero();
    assertThat(read_seqretry(lock, seq)).isTrue();
    assertThat(read_seqretry(lock, read_seqbegin(lock))).isFalse();
    read_seqlock_excl(lock);
    assertThat(preempt_count()).isEqualTo(1);
    read_sequnlock_excl(lock);
    assertThat(lock.seqcount.sequence).isEqualTo(2);
    seqlock_init(lock);
    assertThat(lock.seqcount.sequence).isZero();
  }

  @Test
  void write_seqlock_withBhOrIrqs_disablesAndEnablesThem() {
    write_seqlock_bh(lock);
    assertThat(preempt_count()).isEqualTo(0x201);
    write_sequnlock_bh(lock);
    write_seqlock_irq(lock);
    assertThat(irqs_disabled()).isTrue();
    write_sequnlock_irq(lock);
    assertThat(irqs_disabled()).isFalse();
    long flags = write_seqlock_irqsave(lock);
    assertThat(irqs_disabled()).isTrue();
    write_sequnlock_irqrestore(lock, flags);
    assertThat(irqs_disabled()).isFalse();
    assertThat(preempt_count()).isZero();
    assertThat(lock.seqcount.sequence).isEqualTo(6);
  }

  @Test
  void read_seqcount_begin_whileAWriterIsAtWork_waitsForHim() {
    SeqcountT count = SEQCNT_ZERO();
    int[] data = {0};
    Task writer =
        kernel.start(
            "writer",
            () -> {
              write_seqcount_begin(count);
              udelay(5_000);
              data[0] = 1;
              write_seqcount_end(count);
              return 0;
            });
    kernel.until("the writer is at work", () -> count.sequence != 0);
    int seq = read_seqcount_begin(count);
    assertThat(data[0]).isEqualTo(1);
    assertThat(read_seqcount_retry(count, seq)).isFalse();
    kernel.join(writer);
    seqcount_init(count);
    assertThat(count.sequence).isZero();
  }
}
